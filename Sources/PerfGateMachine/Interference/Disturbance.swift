/// One reason not to trust a round. Each comes from a counter, never from the round's own time: an
/// outlier is not removed for being one.
package enum Disturbance: Hashable, Sendable, Codable, CustomStringConvertible {
  /// The hypervisor gave a used CPU to another guest.
  case steal(cpu: Int, ticks: UInt64, share: Double)
  /// A worker was ready to run but waited for its CPU.
  case runDelay(thread: Int, nanoseconds: UInt64, share: Double)
  /// Pages came from disk.
  case majorFaults(count: UInt64)
  /// Threads of this process that are not workers used CPU time.
  case otherThreads(nanoseconds: UInt64, share: Double)
  /// A CPU that shares a core with a worker was busy with something else.
  case siblingBusy(cpu: Int, ticks: UInt64, share: Double)
  /// A control group's quota stopped the process.
  case throttled(count: UInt64)
  /// The spin probe's times, in seconds, differ before and after the round.
  case spinDrift(before: Double, after: Double)
  /// A counter became unreadable, so nothing is known.
  case lostCounter(name: String)

  /// The disturbance's name, for programs.
  package var name: String {
    switch self {
    case .steal: "steal"
    case .runDelay: "runDelay"
    case .majorFaults: "majorFaults"
    case .otherThreads: "otherThreads"
    case .siblingBusy: "siblingBusy"
    case .throttled: "throttled"
    case .spinDrift: "spinDrift"
    case .lostCounter: "lostCounter"
    }
  }

  /// One line with the numbers.
  package var description: String {
    switch self {
    case .steal(let cpu, let ticks, let share):
      "the hypervisor gave cpu \(cpu) to another guest for \(ticks) ticks (\(percent(share)))"
    case .runDelay(let thread, let nanoseconds, let share):
      "worker thread \(thread) waited \(milliseconds(nanoseconds)) for its cpu (\(percent(share)))"
    case .majorFaults(let count):
      "\(count) page \(count == 1 ? "fault" : "faults") waited for a disk"
    case .otherThreads(let nanoseconds, let share):
      "other threads of this process ran for \(milliseconds(nanoseconds)) (\(percent(share)))"
    case .siblingBusy(let cpu, let ticks, let share):
      "cpu \(cpu), a sibling of a worker's cpu, was busy for \(ticks) ticks (\(percent(share)))"
    case .throttled(let count):
      "the cgroup's quota stopped the process \(count == 1 ? "once" : "\(count) times")"
    case .spinDrift(let before, let after):
      "the spin probe took \(milliseconds(before * 1e9)) before and \(milliseconds(after * 1e9)) after"
        + " (\(percent(abs(after / before - 1))))"
    case .lostCounter(let name):
      "\(name) can no longer be read"
    }
  }
}

/// How much of each disturbance a round may have.
package struct DisturbanceLimits: Hashable, Sendable, Codable {
  /// Ticks below which a share means nothing, because the counter is that coarse.
  package var ticks: UInt64 = 2
  /// The share of a used CPU's time that the hypervisor may take, 0 to 1.
  package var steal = 0.01
  /// The share of the round that a worker may wait for its CPU, 0 to 1.
  package var runDelay = 0.01
  /// How long a worker may wait in any case, in ns: it wakes up once a round, which exceeds the
  /// share in rounds of microseconds.
  package var runDelayNanoseconds: UInt64 = 100_000
  /// The share of the round that threads other than workers may run, 0 to 1.
  package var otherThreads = 0.01
  /// CPU time of other threads, in ns, below which their share means nothing: a waiting caller
  /// wakes up now and then, which is a large share of a short round.
  package var otherThreadsNanoseconds: UInt64 = 500_000
  /// The share of the round that an idle sibling may be busy, 0 to 1.
  package var siblings = 0.01
  /// The tolerated change of the spin probe's time; 0.03 is 3 %.
  package var spinDrift = 0.03

  /// The limits of the measuring engine.
  package init() {}
}

extension Disturbance {
  /// What disturbed the time between two snapshots of the same probe.
  package static func causes(
    from start: InterferenceSnapshot, to end: InterferenceSnapshot,
    limits: DisturbanceLimits = DisturbanceLimits()
  ) -> [Disturbance] {
    let elapsed = Double(grown(start.nanoseconds, end.nanoseconds))
    guard elapsed > 0 else { return [] }
    let elapsedTicks = elapsed / 1e9 * Double(end.ticksPerSecond)
    var causes = end.lost.map { Disturbance.lostCounter(name: $0) }

    func ticks(
      _ before: [InterferenceSnapshot.CPUTicks], _ after: [InterferenceSnapshot.CPUTicks],
      _ share: Double, _ counter: KeyPath<InterferenceSnapshot.CPUTicks, UInt64>,
      _ cause: (Int, UInt64, Double) -> Disturbance
    ) {
      for (first, last) in zip(before, after) where first.cpu == last.cpu {
        let grown = grown(first[keyPath: counter], last[keyPath: counter])
        guard grown >= limits.ticks, Double(grown) >= share * elapsedTicks else { continue }
        causes.append(cause(last.cpu, grown, Double(grown) / elapsedTicks))
      }
    }
    ticks(start.used, end.used, limits.steal, \.steal) { .steal(cpu: $0, ticks: $1, share: $2) }
    ticks(start.idleSiblings, end.idleSiblings, limits.siblings, \.busy) {
      .siblingBusy(cpu: $0, ticks: $1, share: $2)
    }

    var workersCPU: UInt64 = 0
    for (first, last) in zip(start.workers, end.workers) where first.thread == last.thread {
      let delay = grown(first.delayNanoseconds, last.delayNanoseconds)
      workersCPU += grown(first.cpuNanoseconds, last.cpuNanoseconds)
      if delay >= limits.runDelayNanoseconds, Double(delay) >= limits.runDelay * elapsed {
        causes.append(
          .runDelay(thread: last.thread, nanoseconds: delay, share: Double(delay) / elapsed))
      }
    }
    if let before = start.processCPUNanoseconds, let after = end.processCPUNanoseconds {
      let others = grown(workersCPU, grown(before, after))
      if others >= limits.otherThreadsNanoseconds,
        Double(others) >= limits.otherThreads * elapsed
      {
        causes.append(.otherThreads(nanoseconds: others, share: Double(others) / elapsed))
      }
    }
    let faults = grown(start.majorFaults, end.majorFaults)
    if faults > 0 { causes.append(.majorFaults(count: faults)) }
    if let before = start.throttled, let after = end.throttled, after > before {
      causes.append(.throttled(count: after - before))
    }
    return causes
  }

  /// How much a counter grew; 0 if it stepped back, as idle time does on some kernels.
  private static func grown(_ before: UInt64, _ after: UInt64) -> UInt64 {
    after > before ? after - before : 0
  }
}

private func percent(_ share: Double) -> String { "\(oneDecimal(share * 100)) %" }

private func milliseconds(_ nanoseconds: UInt64) -> String { milliseconds(Double(nanoseconds)) }

private func milliseconds(_ nanoseconds: Double) -> String { "\(oneDecimal(nanoseconds / 1e6)) ms" }

private func oneDecimal(_ value: Double) -> String {
  guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
  let tenths = Int((value * 10).rounded())
  return "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
}
