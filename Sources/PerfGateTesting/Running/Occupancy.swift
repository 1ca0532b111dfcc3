import PerfGate
import PerfGateMachine

struct Occupancy: Hashable, Sendable {
  /// How many CPUs other processes use.
  var others: Double
  /// How many CPUs the threads of this process use, except the workers.
  var own: Double
  /// How many CPUs this process may use.
  var cpus: Int

  /// Why a claim cannot be measured now.
  enum Obstacle: Hashable, Sendable {
    /// Other tests of this process are running, so every round would be dropped.
    case ownProcess
    /// Other processes leave less than one CPU for each worker.
    case otherProcesses
  }

  /// The share of a CPU that other threads of this process may use. The gate drops rounds with
  /// more.
  static let ownShare = 0.01
  /// The share of a CPU that may be missing: short jobs come and go, and cost only a round or two.
  static let tolerance = 0.25

  /// What prevents measuring with this many workers; `nil`: nothing.
  ///
  /// A busy process that leaves a CPU for each worker does not: the system runs it elsewhere.
  func obstacle(workers: Int) -> Obstacle? {
    if own > Self.ownShare { return .ownProcess }
    return Double(cpus) - others < Double(workers) - Self.tolerance ? .otherProcesses : nil
  }

  /// The occupancy between two readings of counters that watch all allowed CPUs and all workers.
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

  init(others: Double, own: Double, cpus: Int) {
    self.others = others
    self.own = own
    self.cpus = cpus
  }
}

/// Waits until the other tests of this process have ended and enough CPUs are idle.
struct QuietWait {
  /// How long one check takes, in seconds. CPU time is counted in ticks of 10 ms.
  static let look = 0.2
  /// How long to watch which processes are busy, in seconds.
  private static let namingLook = 0.5

  /// Checks the occupancy once, for a number of seconds.
  var occupancy: (_ seconds: Double) -> Occupancy
  /// The current time, and how to wait.
  var clock: any MeasurementClock
  /// Finds the processes that use the CPUs.
  var busiest: (_ obstacle: Occupancy.Obstacle) -> [RunningProcesses.Busy]
  /// Whether a process belongs to this run of `swift test`, which with `--parallel` has many.
  var isOfThisRun: (RunningProcesses.Busy) -> Bool

  /// Watches the real machine.
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

  /// Watches values that a test provides.
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

  /// Waits for idle CPUs, at most for a number of seconds.
  ///
  /// - Parameter report: called once if the first check finds the machine busy.
  /// - Returns: which processes are still busy, and what to do; `nil` if enough CPUs are idle.
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
    let who = names.isEmpty ? "processes that are not visible here" : names
    switch obstacle {
    case .ownProcess:
      return "other tests of this process are busy: \(who); \(Self.apart), or \(Self.longer)"
    case .otherProcesses:
      let remedy = busy.contains(where: isOfThisRun) ? Self.apart : "end them"
      return "other processes leave less than \(workers == 1 ? "a CPU" : "\(workers) CPUs"): "
        + "\(who); \(remedy), or \(Self.longer)"
    }
  }

  /// The advice if other tests of the suite keep the machine busy.
  static let apart =
    "run claims separately: swift test --skip <claims>, then --filter <claims> --no-parallel"
  private static let longer = "wait longer: PERFGATE_QUIET_WAIT=60"
}
