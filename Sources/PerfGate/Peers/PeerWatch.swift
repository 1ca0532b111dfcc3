import PerfGateMachine

/// Watches the CPUs and the threads of another program while it runs an arm.
///
/// A program in another language has threads of its own: collectors, compilers, a thread that hands
/// out tasks. They may wait for each other, so only what *other* programs used of the CPUs is a
/// disturbance, and where tasks run in a plain loop the wait of the thread that did the work.
final class PeerWatch {
  /// The counters before or after an arm.
  struct Reading {
    var counters: InterferenceSnapshot
    var threads: [ProcessTree.Thread]
  }

  private let cpus: [CPUSet]
  private let siblings: [CPUSet]
  private let throttleFiles: [String]
  private var probes: [Int: Interference] = [:]

  /// The kind of a disturbance by programs that are not measured.
  static let otherPrograms = "otherPrograms"
  /// The clock ticks of each CPU below which its time means nothing.
  private static let coarseTicks = 2.0
  /// The share of a CPU's time that others may use; ticks are samples, and not exact.
  private static let tolerableShare = 0.05
  /// How long the only worker may wait in any case, in nanoseconds: it is woken up for each request,
  /// before its time begins.
  private static let tolerableDelay: UInt64 = 1_000_000

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

  func read(_ tree: ProcessTree, workers: Int) -> Reading {
    Reading(counters: probe(workers).snapshot(), threads: tree.threads)
  }

  /// What disturbed the time between two readings.
  ///
  /// - Parameter isLoop: whether one thread ran all tasks.
  func causes(from start: Reading, to end: Reading, isLoop: Bool) -> [DropCause] {
    var (before, after) = (start.counters, end.counters)
    let known = Dictionary(
      start.threads.map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
    let pairs = end.threads.map { (known[$0.number] ?? Self.none($0.number), $0) }
    if isLoop, let busiest = pairs.max(by: { Self.cpu($0) < Self.cpu($1) }) {
      before.workers = [Self.times(busiest.0)]
      after.workers = [Self.times(busiest.1)]
    }
    var limits = DisturbanceLimits()
    limits.runDelayNanoseconds = Self.tolerableDelay
    let causes = Disturbance.causes(from: before, to: after, limits: limits)
      .map { DropCause($0) }
    return causes + others(before, after, used: pairs.reduce(0) { $0 + Self.cpu($1) })
  }

  /// How long workers waited for a CPU, in seconds; of several the longest.
  func delaySeconds(from start: Reading, to end: Reading) -> Double {
    let known = Dictionary(
      start.threads.map { ($0.number, $0.delayNanoseconds) },
      uniquingKeysWith: { first, _ in first })
    let delays = end.threads.map { thread in
      let before = known[thread.number] ?? 0
      return thread.delayNanoseconds > before ? thread.delayNanoseconds - before : 0
    }
    return Double(delays.max() ?? 0) * 1e-9
  }

  /// What the CPUs ran beyond this program.
  private func others(
    _ before: InterferenceSnapshot, _ after: InterferenceSnapshot, used: UInt64
  ) -> [DropCause] {
    guard !after.used.isEmpty, after.nanoseconds > before.nanoseconds else { return [] }
    let elapsed = Double(after.nanoseconds - before.nanoseconds) * 1e-9
    let busy = zip(before.used, after.used).reduce(0.0) {
      $0 + Double($1.1.busy > $1.0.busy ? $1.1.busy - $1.0.busy : 0)
    }
    let seconds = busy / Double(max(after.ticksPerSecond, 1)) - Double(used) * 1e-9
    let cpus = Double(after.used.count)
    let coarse = Self.coarseTicks * cpus / Double(max(after.ticksPerSecond, 1))
    guard seconds > coarse, seconds > Self.tolerableShare * elapsed * cpus else { return [] }
    let milliseconds = Int((seconds * 1000).rounded())
    return [
      DropCause(
        kind: Self.otherPrograms, text: "other programs used its CPUs for \(milliseconds) ms")
    ]
  }

  private func probe(_ workers: Int) -> Interference {
    if let probe = probes[workers] { return probe }
    let cpus = cpus(of: workers) ?? CPUSet()
    let probe = Interference(
      cpus: cpus,
      siblings: siblings.prefix(max(1, workers)).reduce(into: CPUSet()) { $0.formUnion($1) },
      throttleFiles: throttleFiles, threads: [])
    probes[workers] = probe
    return probe
  }

  private static func none(_ number: Int) -> ProcessTree.Thread {
    ProcessTree.Thread(number: number, cpuNanoseconds: 0, delayNanoseconds: 0)
  }

  private static func cpu(_ pair: (ProcessTree.Thread, ProcessTree.Thread)) -> UInt64 {
    let (before, after) = (pair.0.cpuNanoseconds, pair.1.cpuNanoseconds)
    return after > before ? after - before : 0
  }

  private static func times(_ thread: ProcessTree.Thread) -> InterferenceSnapshot.ThreadTimes {
    InterferenceSnapshot.ThreadTimes(
      thread: thread.number, cpuNanoseconds: thread.cpuNanoseconds,
      delayNanoseconds: thread.delayNanoseconds)
  }
}
