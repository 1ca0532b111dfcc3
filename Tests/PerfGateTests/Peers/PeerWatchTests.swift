import PerfGateMachine
import Testing

@testable import PerfGate

/// What counts as a disturbance of a program in another language.
@Suite struct PeerWatchTests {
  private let watch = PeerWatch(cpus: [[0], [0, 1]], siblings: [], throttleFiles: [])

  /// A reading at a time in milliseconds, with clock ticks of 10 ms.
  private func reading(
    _ milliseconds: UInt64, busy: [UInt64], threads: [(cpu: UInt64, delay: UInt64)]
  ) -> PeerWatch.Reading {
    PeerWatch.Reading(
      counters: InterferenceSnapshot(
        nanoseconds: milliseconds * 1_000_000,
        used: busy.enumerated().map { .init(cpu: $0, busy: $1, steal: 0) }),
      threads: threads.enumerated().map {
        ProcessTree.Thread(
          number: 100 + $0, cpuNanoseconds: $1.cpu * 1_000_000,
          delayNanoseconds: $1.delay * 1_000_000)
      })
  }

  private func kinds(
    _ end: PeerWatch.Reading, isLoop: Bool, cpus: Int = 1
  ) -> [String] {
    let start = reading(
      0, busy: Array(repeating: 0, count: cpus), threads: end.threads.map { _ in (0, 0) })
    return watch.causes(from: start, to: end, isLoop: isLoop).map(\.kind)
  }

  @Test func aWorkerThatHasItsCPUIsUndisturbed() {
    #expect(kinds(reading(100, busy: [10], threads: [(100, 0)]), isLoop: true) == [])
  }

  @Test func aWaitOfTheOnlyWorkerDisturbs() {
    #expect(kinds(reading(100, busy: [10], threads: [(95, 5)]), isLoop: true) == ["runDelay"])
  }

  /// It wakes up for a request before its time begins.
  @Test func aShortWaitOfAShortLoopDoesNot() {
    #expect(kinds(reading(1, busy: [0], threads: [(0, 0)]), isLoop: true) == [])
    let woken = PeerWatch.Reading(
      counters: InterferenceSnapshot(
        nanoseconds: 200_000, used: [.init(cpu: 0, busy: 0, steal: 0)]),
      threads: [
        ProcessTree.Thread(number: 100, cpuNanoseconds: 60_000, delayNanoseconds: 120_000)
      ])
    #expect(kinds(woken, isLoop: true) == [])
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
    #expect(kinds(end, isLoop: false, cpus: 2) == [PeerWatch.otherPrograms])
    // Clock ticks are that coarse.
    let close = reading(100, busy: [10, 10], threads: [(100, 0), (65, 35)])
    #expect(kinds(close, isLoop: false, cpus: 2) == [])
  }

  @Test func aThreadThatBeganMeanwhileCounts() {
    let start = reading(0, busy: [0], threads: [])
    let end = reading(100, busy: [10], threads: [(99, 0)])
    #expect(watch.causes(from: start, to: end, isLoop: true).isEmpty)
    #expect(watch.delaySeconds(from: start, to: reading(1, busy: [0], threads: [(0, 3)])) == 0.003)
  }

  @Test func theFirstWorkersHaveTheFirstCPUs() {
    #expect(watch.cpus(of: 1) == [0] && watch.cpus(of: 2) == [0, 1])
    #expect(watch.cpus(of: 9) == [0, 1])
    #expect(PeerWatch(cpus: [], siblings: [], throttleFiles: []).cpus(of: 1) == nil)
  }
}
