import PerfGate
import PerfGateMachine

/// How busy the allowed CPUs are while no claim is measured.
struct Occupancy: Hashable, Sendable {
  /// CPUs' worth of time that other processes use.
  var others: Double
  /// CPUs' worth of time that threads of this process use that are no workers.
  var own: Double
  /// How many CPUs may be used.
  var cpus: Int

  /// Why a claim cannot be measured now.
  enum Obstacle: Hashable, Sendable {
    /// Other tests of this process run: each round would be dropped.
    case ownProcess
    /// Other processes leave less than a CPU for each worker.
    case otherProcesses
  }

  /// The share of a CPU that this process's other threads may use; the gate drops rounds with more.
  static let ownShare = 0.01
  /// How much of a CPU may be missing: short jobs come and go, and cost a round or two.
  static let tolerance = 0.25

  /// What is in the way of a claim at so many workers.
  ///
  /// A neighbour that leaves a CPU for each worker is not: the system puts it there.
  func obstacle(workers: Int) -> Obstacle? {
    if own > Self.ownShare { return .ownProcess }
    return Double(cpus) - others < Double(workers) - Self.tolerance ? .otherProcesses : nil
  }

  /// What the counters of two moments tell; they watch all allowed CPUs and all workers.
  init(from start: InterferenceSnapshot, to end: InterferenceSnapshot) {
    cpus = end.used.count
    let elapsed = Double(end.nanoseconds &- start.nanoseconds) * 1e-9
    guard elapsed > 0 else {
      (others, own) = (0, 0)
      return
    }
    let ticks = zip(start.used, end.used).reduce(0.0) {
      $0 + Double($1.1.busy) - Double($1.0.busy)
    }
    let workers = zip(start.workers, end.workers).reduce(0.0) {
      $0 + Double($1.1.cpuNanoseconds) - Double($1.0.cpuNanoseconds)
    }
    let process =
      if let before = start.processCPUNanoseconds, let after = end.processCPUNanoseconds {
        max(0, Double(after) - Double(before)) * 1e-9
      } else { 0.0 }
    own = max(0, process - workers * 1e-9) / elapsed
    others = max(0, ticks / Double(max(end.ticksPerSecond, 1)) - process) / elapsed
  }

  /// An occupancy from its numbers.
  init(others: Double, own: Double, cpus: Int) {
    self.others = others
    self.own = own
    self.cpus = cpus
  }
}

/// Waits until the other tests of this process are done and the machine has room.
struct QuietWait {
  /// How long one look lasts; ticks are 10 ms.
  static let look = 0.2
  /// How long it is looked who it is.
  private static let namingLook = 0.5

  /// Looks once, for so many seconds.
  var occupancy: (_ seconds: Double) -> Occupancy
  /// What time it is, and waiting.
  var clock: any MeasurementClock
  /// Who uses the CPUs.
  var busiest: (_ obstacle: Occupancy.Obstacle) -> [RunningProcesses.Busy]
  /// Whether a process is one of this `swift test`, which with `--parallel` has many.
  var isOfThisRun: (RunningProcesses.Busy) -> Bool

  /// Looks at the real machine.
  init(machine: Machine, threads: [Int]) {
    let probe = Interference(machine: machine, cpus: machine.allowed.cpus, threads: threads)
    let clock = SystemClock()
    self.clock = clock
    isOfThisRun = { TestRun.includes(process: $0.number) }
    occupancy = { seconds in
      let start = probe.snapshot()
      clock.sleep(seconds: seconds)
      return Occupancy(from: start, to: probe.snapshot())
    }
    busiest = { obstacle in
      switch obstacle {
      case .ownProcess:
        RunningProcesses.busiestThreads(except: Set(threads), seconds: Self.namingLook)
      case .otherProcesses: RunningProcesses.busiest(seconds: Self.namingLook)
      }
    }
  }

  /// Looks at what a test makes up.
  init(
    clock: any MeasurementClock, occupancy: @escaping (_ seconds: Double) -> Occupancy,
    busiest: @escaping (_ obstacle: Occupancy.Obstacle) -> [RunningProcesses.Busy],
    isOfThisRun: @escaping (RunningProcesses.Busy) -> Bool = { _ in false }
  ) {
    self.isOfThisRun = isOfThisRun
    self.clock = clock
    self.occupancy = occupancy
    self.busiest = busiest
  }

  /// Waits, at most so long.
  ///
  /// - Parameter report: called once, when it is not quiet at the first look.
  /// - Returns: who is busy when the time is over, and what to do; `nil` when there is room.
  func wait(workers: Int, atMost seconds: Double, report: (String) -> Void) -> String? {
    let end = clock.seconds + seconds
    var isTold = false
    while let obstacle = occupancy(Self.look).obstacle(workers: workers) {
      if clock.seconds >= end { return describe(obstacle, workers: workers) }
      if !isTold {
        report(
          "waiting until \(obstacle == .ownProcess ? "other tests of this process are" : "the machine is") "
            + "quiet, \(Int(seconds)) s at most")
        isTold = true
      }
      clock.sleep(seconds: Self.look)
    }
    return nil
  }

  private func describe(_ obstacle: Occupancy.Obstacle, workers: Int) -> String {
    let busy = busiest(obstacle)
    let names = busy.map(\.description).joined(separator: ", ")
    let who = names.isEmpty ? "none that can be seen" : names
    switch obstacle {
    case .ownProcess:
      return "other tests of this process are busy: \(who); \(Self.apart), or \(Self.longer)"
    case .otherProcesses:
      let remedy = busy.contains(where: isOfThisRun) ? Self.apart : "let them end"
      return "other processes leave less than \(workers == 1 ? "a CPU" : "\(workers) CPUs"): "
        + "\(who); \(remedy), or \(Self.longer)"
    }
  }

  /// For suites whose other tests keep the machine busy.
  static let apart =
    "run them apart: swift test --skip <claims>, then swift test --filter <claims> --no-parallel"
  private static let longer = "wait longer: PERFGATE_QUIET_WAIT=60"
}
