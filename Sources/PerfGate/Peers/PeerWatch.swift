import PerfGateMachine

/// Watches the CPUs and the threads of another program while it runs an arm.
///
/// A program in another language has threads of its own: collectors, compilers, a thread that hands
/// out tasks. They may wait for each other, so only what *other* programs used of the CPUs is a
/// disturbance, and where tasks run in a plain loop the wait of the thread that did the work.
final class PeerWatch {
  /// What happened while an arm ran.
  struct Finding: Equatable {
    /// What disturbed it.
    var causes: [DropCause] = []
    /// CPU time of the thread that computed most, in seconds.
    var busiestSeconds = 0.0
    /// How long that thread waited for a CPU during the run, in seconds; 0 unless it ran all tasks.
    var delaySeconds = 0.0
  }

  private let cpus: [CPUSet]
  private let siblings: [CPUSet]
  private let throttleFiles: [String]
  private var probes: [Int: Interference] = [:]

  /// - Parameters:
  ///   - cpus: for each number of workers, from 1, the CPUs of all of them.
  ///   - siblings: for each worker the CPUs of its core.
  init(cpus: [CPUSet], siblings: [CPUSet], throttleFiles: [String]) {
    self.cpus = cpus
    self.siblings = siblings
    self.throttleFiles = throttleFiles
  }

  /// The CPUs of this many workers; `nil` if they are not pinned.
  func cpus(of workers: Int) -> CPUSet? {
    cpus.isEmpty ? nil : cpus[min(max(workers, 1), cpus.count) - 1]
  }

  /// The counters of the CPUs, and the times of all threads of a program.
  func read(_ tree: ProcessTree, workers: Int) -> InterferenceSnapshot {
    var snapshot = probe(workers).snapshot()
    snapshot.workers = tree.threads
    return snapshot
  }

  /// What happened between two readings.
  ///
  /// - Parameters:
  ///   - told: the times that the program told of the run.
  ///   - isLoop: whether one thread ran all tasks.
  func finding(
    from start: InterferenceSnapshot, to end: InterferenceSnapshot, told: ArmSample, isLoop: Bool
  ) -> Finding {
    let known = Dictionary(
      start.workers.map { ($0.thread, $0) }, uniquingKeysWith: { first, _ in first })
    let pairs = end.workers.map { after in
      (
        before: known[after.thread]
          ?? .init(thread: after.thread, cpuNanoseconds: 0, delayNanoseconds: 0), after: after
      )
    }
    var (before, after) = (start, end)
    (before.workers, after.workers) = ([], [])
    var finding = Finding(
      causes: Disturbance.causes(from: before, to: after).map { DropCause($0) })
    let used = pairs.reduce(0) { $0 + Self.cpu($1) }
    if let others = OtherPrograms.cause(from: before, to: after, used: used) {
      finding.causes.append(others)
    }
    guard let busiest = pairs.max(by: { Self.cpu($0) < Self.cpu($1) }) else { return finding }
    finding.busiestSeconds = Double(Self.cpu(busiest)) * 1e-9
    guard isLoop else { return finding }
    // It also waits when it is woken up for a request, before its time begins: during the run it can
    // have waited no longer than it did not compute.
    let idle = max(0, told.seconds - told.cpuSeconds)
    finding.delaySeconds = min(idle, Double(Self.delay(busiest)) * 1e-9)
    let limits = DisturbanceLimits()
    if finding.delaySeconds >= limits.runDelay * told.seconds,
      finding.delaySeconds >= Double(limits.runDelayNanoseconds) * 1e-9
    {
      let delay = Disturbance.runDelay(
        thread: busiest.after.thread, nanoseconds: UInt64(finding.delaySeconds * 1e9),
        share: finding.delaySeconds / told.seconds)
      finding.causes.append(DropCause(delay))
    }
    return finding
  }

  private func probe(_ workers: Int) -> Interference {
    if let probe = probes[workers] { return probe }
    let probe = Interference(
      cpus: cpus(of: workers) ?? CPUSet(),
      siblings: siblings.prefix(max(1, workers)).reduce(into: CPUSet()) { $0.formUnion($1) },
      throttleFiles: throttleFiles, threads: [])
    probes[workers] = probe
    return probe
  }

  private typealias Pair = (
    before: InterferenceSnapshot.ThreadTimes, after: InterferenceSnapshot.ThreadTimes
  )

  private static func cpu(_ pair: Pair) -> UInt64 {
    let (before, after) = (pair.before.cpuNanoseconds, pair.after.cpuNanoseconds)
    return after > before ? after - before : 0
  }

  private static func delay(_ pair: Pair) -> UInt64 {
    let (before, after) = (pair.before.delayNanoseconds, pair.after.delayNanoseconds)
    return after > before ? after - before : 0
  }
}
