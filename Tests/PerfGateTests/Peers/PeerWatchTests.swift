import PerfGateMachine
import Testing

@testable import PerfGate

/// What counts as a disturbance of a program in another language.
@Suite struct PeerWatchTests {
  private let watch = PeerWatch(cpus: [[0], [0, 1]], siblings: [], throttleFiles: [])

  /// A reading at a time in milliseconds, with clock ticks of 10 ms.
  private func reading(
    _ milliseconds: UInt64, busy: [UInt64], threads: [(cpu: UInt64, delay: UInt64)]
  ) -> InterferenceSnapshot {
    InterferenceSnapshot(
      nanoseconds: milliseconds * 1_000_000,
      used: busy.enumerated().map { .init(cpu: $0, busy: $1, steal: 0) },
      workers: threads.enumerated().map {
        .init(
          thread: 100 + $0, cpuNanoseconds: $1.cpu * 1_000_000,
          delayNanoseconds: $1.delay * 1_000_000)
      })
  }

  /// What disturbs a run that took all the time of its reading.
  private func kinds(
    _ end: InterferenceSnapshot, isLoop: Bool, cpus: Int = 1, told: ArmSample? = nil
  ) -> [String] {
    let start = reading(
      0, busy: Array(repeating: 0, count: cpus), threads: end.workers.map { _ in (0, 0) })
    let cpuSeconds = Double(end.workers.first?.cpuNanoseconds ?? 0) * 1e-9
    let told = told ?? ArmSample(seconds: Double(end.nanoseconds) * 1e-9, cpuSeconds: cpuSeconds)
    return watch.finding(from: start, to: end, told: told, isLoop: isLoop).causes.map(\.kind)
  }

  @Test func aWorkerThatHasItsCPUIsUndisturbed() {
    #expect(kinds(reading(100, busy: [10], threads: [(100, 0)]), isLoop: true) == [])
  }

  @Test func aWaitOfTheOnlyWorkerDisturbs() {
    #expect(kinds(reading(100, busy: [10], threads: [(95, 5)]), isLoop: true) == ["runDelay"])
  }

  /// It wakes up for a request before its time begins.
  @Test func aWaitOutsideOfTheRunDoesNot() {
    let woken = InterferenceSnapshot(
      nanoseconds: 200_000, used: [.init(cpu: 0, busy: 0, steal: 0)],
      workers: [.init(thread: 100, cpuNanoseconds: 60_000, delayNanoseconds: 120_000)])
    let told = ArmSample(seconds: 0.000_050, cpuSeconds: 0.000_048)
    #expect(kinds(woken, isLoop: true, told: told) == [])
    // In the run, a tenth of a millisecond is a lot.
    #expect(
      kinds(woken, isLoop: true, told: ArmSample(seconds: 0.000_180, cpuSeconds: 0.000_060))
        == ["runDelay"])
  }

  /// A collector that waits for the worker, on the same CPU.
  @Test func aWaitOfAnotherThreadDoesNot() {
    #expect(kinds(reading(100, busy: [10], threads: [(97, 0), (2, 40)]), isLoop: true) == [])
  }

  /// Whoever hands out tasks shares the CPU of the only worker.
  @Test func workersMayWaitForEachOther() {
    #expect(kinds(reading(100, busy: [10], threads: [(60, 20), (40, 50)]), isLoop: false) == [])
    let end = reading(200, busy: [20, 20], threads: [(200, 0), (190, 10), (8, 100)])
    #expect(kinds(end, isLoop: false, cpus: 2) == [])
  }

  @Test func anotherProgramOnItsCPUsDisturbs() {
    let end = reading(1000, busy: [100, 100], threads: [(1000, 0), (800, 200)])
    #expect(kinds(end, isLoop: false, cpus: 2) == [OtherPrograms.kind])
    // Clock ticks are that coarse.
    let close = reading(100, busy: [10, 10], threads: [(100, 0), (65, 35)])
    #expect(kinds(close, isLoop: false, cpus: 2) == [])
  }

  @Test func aThreadThatBeganMeanwhileCounts() {
    let start = reading(0, busy: [0], threads: [])
    let end = reading(100, busy: [10], threads: [(99, 0)])
    let told = ArmSample(seconds: 0.1, cpuSeconds: 0.099)
    #expect(
      watch.finding(from: start, to: end, told: told, isLoop: true)
        == PeerWatch.Finding(busiestSeconds: 0.099))
    let waited = watch.finding(
      from: start, to: reading(5, busy: [0], threads: [(1, 3)]),
      told: ArmSample(seconds: 0.0045, cpuSeconds: 0.001), isLoop: true)
    #expect(waited.delaySeconds == 0.003 && waited.causes.map(\.kind) == ["runDelay"])
  }

  /// Whoever lies about a time is compared with what this program sees.
  @Test func aTimeThatCannotBeIsALie() {
    let seen = SeenTime(wallSeconds: 0.12, loopSeconds: 0.1)
    func lie(_ seconds: Double, _ cpuSeconds: Double) -> String? {
      seen.contradiction(of: ArmSample(seconds: seconds, cpuSeconds: cpuSeconds))
    }
    #expect(lie(0.1, 0.1) == nil && lie(0.119, 0.1) == nil && lie(0.08, 0.08) == nil)
    #expect(lie(0.13, 0.1) == "told a time of 0.13 s, but answered after 0.12 s")
    #expect(lie(0.05, 0.1) == "told a time of 0.05 s, but computed for 0.1 s")
    #expect(lie(0.1, 0.05) == "told a time of 0.05 s, but computed for 0.1 s")
    // Where workers took part nobody sees how long each computed.
    let workers = SeenTime(wallSeconds: 0.12, loopSeconds: 0)
    #expect(workers.contradiction(of: ArmSample(seconds: 0.01, cpuSeconds: 0.01)) == nil)
  }

  @Test func theFirstWorkersHaveTheFirstCPUs() {
    #expect(watch.cpus(of: 1) == [0] && watch.cpus(of: 2) == [0, 1])
    #expect(watch.cpus(of: 9) == [0, 1])
    #expect(PeerWatch(cpus: [], siblings: [], throttleFiles: []).cpus(of: 1) == nil)
  }
}
