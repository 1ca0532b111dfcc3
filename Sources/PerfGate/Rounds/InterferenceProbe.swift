import CPerfGateSystem
import PerfGateMachine
import PerfGateWorkers

/// The computer's own monotonic clock.
package final class SystemClock: MeasurementClock {
  package init() {}

  /// Seconds since an arbitrary moment, such as the start of the machine.
  package var seconds: Double { Double(pgp_monotonic_ns()) * 1e-9 }

  /// Blocks for this time; a signal that asks the program to stop ends it early.
  package func sleep(seconds: Double) {
    let end = self.seconds + seconds
    while self.seconds < end, ProcessSignals.interruptSignal == nil {
      pgp_sleep_ns(UInt64(max(0, min(0.05, end - self.seconds)) * 1e9))
    }
  }
}

/// Watches the real machine: steal, run delay, faults, other threads, throttling, clock rate.
package final class InterferenceProbe: RoundProbe, ArmWatch {
  private let machine: Machine
  private let pool: any Executor
  private let clock = SystemClock()
  private let spin: SpinProbe
  private var probes: [Watched: Interference] = [:]
  private var current: (probe: Interference, start: InterferenceSnapshot, workers: Int)?
  private var spinBefore = 0.0

  /// The first `workers` workers of an executor.
  private struct Watched: Hashable {
    var executor: ObjectIdentifier
    var workers: Int
  }

  /// The share of a CPU's time that others may use while it still counts as quiet.
  package static let quietShare = 0.05
  /// The number of equal pieces of the spin probe, 20 ms in total; the shortest counts.
  package static let spinPieces = 5

  /// Creates a probe of the CPUs that workers run on.
  ///
  /// - Parameter pool: its first worker runs the spin probe; arms may run on other executors.
  package init(machine: Machine, pool: any Executor) {
    self.machine = machine
    self.pool = pool
    spin = SpinProbe.calibrated(seconds: 0.02 / Double(Self.spinPieces))
  }

  /// Reads the counters before an arm.
  package func begin(on executor: any Executor, workers: Int) {
    let probe = probe(executor, workers)
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
    let cpus = Set(pool.slots.prefix(workers).compactMap(\.cpu))
    return workers > (cpus.isEmpty ? machine.allowed.cpus.count : cpus.count)
  }

  /// Times the spin probe on the first worker.
  package func beginRound() throws(MeasurementError) { spinBefore = try spinSeconds() }

  /// Times it again; a changed clock rate disturbs the round.
  package func endRound() throws(MeasurementError) -> [DropCause] {
    let after = try spinSeconds()
    return SpinProbe.disturbance(before: spinBefore, after: after).map { [DropCause($0)] } ?? []
  }

  private func spinSeconds() throws(MeasurementError) -> Double {
    let spin = spin
    do {
      _ = try pool.run(tasks: 1, workers: 1, label: "the spin probe") { _ in
        spin.shortestSeconds(of: Self.spinPieces).bitPattern
      }
    } catch { throw .worker(error) }
    var seconds = 0.0
    pool.forEachResult { _, results in seconds = Double(bitPattern: results[0]) }
    return seconds
  }

  /// Checks for 100 ms at a time, while the workers sleep, whether anything uses their CPUs. Blocks
  /// until nothing does, or for `seconds`.
  package func waitUntilQuiet(seconds: Double) -> String? {
    let probe = probe(pool, pool.slots.count)
    let end = clock.seconds + seconds
    var busy: String?
    repeat {
      let start = probe.snapshot()
      clock.sleep(seconds: 0.1)
      busy = Self.busy(from: start, to: probe.snapshot())
      if busy == nil { return nil }
    } while clock.seconds < end && ProcessSignals.interruptSignal == nil
    return busy
  }

  /// Finds the busiest processes; blocks for 0.3 s.
  package func neighbors() -> [String] {
    RunningProcesses.busiest(seconds: 0.3).map(\.description)
  }

  private static func busy(
    from start: InterferenceSnapshot, to end: InterferenceSnapshot
  ) -> String? {
    let ticks = Double(end.nanoseconds - start.nanoseconds) * 1e-9 * Double(end.ticksPerSecond)
    for (before, after) in zip(start.used, end.used) where after.busy > before.busy + 1 {
      let share = Double(after.busy - before.busy) / max(ticks, 1)
      if share > quietShare {
        return
          "others use cpu \(after.cpu) for \(Int((share * 100).rounded())) % of its time"
      }
    }
    let others = Disturbance.causes(from: start, to: end).first {
      if case .otherThreads = $0 { true } else { false }
    }
    return others?.description
  }

  private func probe(_ executor: any Executor, _ workers: Int) -> Interference {
    let watched = Watched(executor: ObjectIdentifier(executor), workers: workers)
    if let probe = probes[watched] { return probe }
    let cpus = CPUSet(executor.slots.prefix(workers).compactMap(\.cpu))
    let probe = Interference(
      machine: machine, cpus: cpus, threads: executor.threadIDs.prefix(workers).map(Int.init))
    probes[watched] = probe
    return probe
  }
}

extension DropCause {
  /// The form in which a record stores a disturbance.
  init(_ disturbance: Disturbance) {
    self.init(kind: disturbance.name, text: disturbance.description)
  }
}
