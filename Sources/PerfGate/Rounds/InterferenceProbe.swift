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
  private let pool: any Executor
  private let clock = SystemClock()
  private let spin: SpinProbe
  private let counters: CounterWatch
  private var spinBefore = 0.0

  /// The share of a CPU's time that others may use while it still counts as quiet.
  package static let quietShare = 0.05
  /// The number of equal pieces of the spin probe; the shortest counts.
  package static let spinPieces = 5

  /// Creates a probe of the CPUs that workers run on.
  ///
  /// - Parameters:
  ///   - pool: its first worker runs the spin probe; arms may run on other executors.
  ///   - spinSeconds: how long the spin probe takes before and after a round, in seconds.
  package init(machine: Machine, pool: any Executor, spinSeconds: Double = 0.01) {
    self.pool = pool
    counters = CounterWatch(machine: machine)
    spin = SpinProbe.calibrated(seconds: spinSeconds / Double(Self.spinPieces))
  }

  /// Reads the counters before an arm.
  package func begin(on executor: any Executor, workers: Int) {
    counters.begin(on: executor, workers: workers)
  }

  /// Reads the counters after an arm and returns those that grew too much.
  package func end() -> [DropCause] { counters.end() }

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
    let probe = counters.probe(pool, pool.slots.count)
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
}

extension DropCause {
  /// The form in which a record stores a disturbance.
  init(_ disturbance: Disturbance) {
    self.init(kind: disturbance.name, text: disturbance.description)
  }
}
