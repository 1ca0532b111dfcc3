import CPerfGateSystem
import PerfGateMachine
import PerfGateWorkers

/// Watches the counters of the machine while workers run an arm.
package final class CounterWatch: ArmWatch {
  private let allowedCPUs: Int
  private let throttleFiles: [String]
  private let siblings: (ArraySlice<WorkerSlot>) -> CPUSet
  private var probes: [Watched: Interference] = [:]
  private var current: (probe: Interference, start: InterferenceSnapshot, workers: Int)?
  private weak var executor: (any Executor)?
  /// The CPU time of this program before the arm, in ns.
  private var programBefore: UInt64 = 0

  /// The first `workers` workers of an executor.
  private struct Watched: Hashable {
    var executor: ObjectIdentifier
    var workers: Int
  }

  /// Watches the CPUs of workers on a machine, their siblings, and its control groups.
  package init(machine: Machine) {
    allowedCPUs = machine.allowed.cpus.count
    throttleFiles = machine.allowed.throttleFiles
    siblings = { slots in
      slots.compactMap(\.cpu).reduce(into: CPUSet()) {
        $0.formUnion(machine.topology.siblings(of: $1))
      }
    }
  }

  /// Watches without reading the machine.
  ///
  /// - Parameters:
  ///   - siblings: for each worker in order, the other CPUs of its core; a single set holds for any
  ///     number of workers.
  ///   - throttleFiles: the `cpu.stat` files of the control groups.
  ///   - allowedCPUs: how many CPUs workers that are not pinned may use.
  package init(siblings: [CPUSet], throttleFiles: [String], allowedCPUs: Int) {
    self.allowedCPUs = allowedCPUs
    self.throttleFiles = throttleFiles
    self.siblings = { slots in
      siblings.prefix(siblings.count == 1 ? 1 : slots.count).reduce(into: CPUSet()) {
        $0.formUnion($1)
      }
    }
  }

  /// Reads the counters before an arm.
  package func begin(on executor: any Executor, workers: Int) {
    let probe = probe(executor, workers)
    self.executor = executor
    current = (probe, probe.snapshot(), workers)
    programBefore = pgp_process_cpu_ns()
  }

  /// Reads the counters after an arm and returns those that grew too much.
  package func end() -> [DropCause] {
    guard let (probe, start, workers) = current else { return [] }
    current = nil
    var limits = DisturbanceLimits()
    // Workers that share a CPU wait for each other, as requested.
    if isOversubscribed(workers) { limits.runDelay = .infinity }
    let end = probe.snapshot()
    let found = probe.disturbance(from: start, to: end, limits: limits)
    let elapsed = Double(end.nanoseconds - start.nanoseconds) * 1e-9
    let causes = (found + Self.delays(executor?.runDelays ?? [], of: elapsed, limits))
      .map { DropCause($0) }
    guard executor?.threadIDs.isEmpty == true else { return causes }
    let used = pgp_process_cpu_ns() - programBefore + (executor?.otherProcessNanoseconds ?? 0)
    return causes + [OtherPrograms.cause(from: start, to: end, used: used)].compactMap(\.self)
  }

  /// The threads of a runtime that waited too long for their CPUs; nobody knew them before the round.
  private static func delays(
    _ delays: [RunDelay], of elapsed: Double, _ limits: DisturbanceLimits
  ) -> [Disturbance] {
    delays.compactMap { delay in
      guard delay.seconds >= Double(limits.runDelayNanoseconds) * 1e-9,
        delay.seconds >= limits.runDelay * elapsed
      else { return nil }
      return .runDelay(
        thread: Int(delay.thread), nanoseconds: UInt64(delay.seconds * 1e9),
        share: delay.seconds / elapsed)
    }
  }

  private func isOversubscribed(_ workers: Int) -> Bool {
    let cpus = Set((executor?.slots ?? []).prefix(workers).compactMap(\.cpu))
    return workers > (cpus.isEmpty ? allowedCPUs : cpus.count)
  }

  /// The counters of the first workers of an executor, which must live as long as this object.
  func probe(_ executor: any Executor, _ workers: Int) -> Interference {
    let watched = Watched(executor: ObjectIdentifier(executor), workers: workers)
    if let probe = probes[watched] { return probe }
    let slots = executor.slots.prefix(workers)
    let probe = Interference(
      cpus: CPUSet(slots.compactMap(\.cpu)), siblings: siblings(slots),
      throttleFiles: throttleFiles, threads: executor.threadIDs.prefix(workers).map(Int.init))
    probes[watched] = probe
    return probe
  }
}
