import PerfGateMachine
import PerfGateWorkers

/// Watches the counters of the machine while workers run an arm.
package final class CounterWatch: ArmWatch {
  private let allowedCPUs: Int
  private let throttleFiles: [String]
  private let siblings: (ArraySlice<WorkerSlot>) -> CPUSet
  private var probes: [Watched: Interference] = [:]
  private var current: (probe: Interference, start: InterferenceSnapshot, workers: Int)?
  private var slots: [WorkerSlot] = []

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
    slots = executor.slots
    current = (probe, probe.snapshot(), workers)
  }

  /// Reads the counters after an arm and returns those that grew too much.
  package func end() -> [DropCause] {
    guard let (probe, start, workers) = current else { return [] }
    current = nil
    var limits = DisturbanceLimits()
    // Workers that share a CPU wait for each other, as requested.
    if isOversubscribed(workers) { limits.runDelay = .infinity }
    return probe.disturbance(from: start, to: probe.snapshot(), limits: limits)
      .map(DropCause.init(_:))
  }

  private func isOversubscribed(_ workers: Int) -> Bool {
    let cpus = Set(slots.prefix(workers).compactMap(\.cpu))
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
