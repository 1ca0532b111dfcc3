import PerfGate
import PerfGateMachine
import Testing

@testable import PerfGateTesting

@Suite struct OccupancyTests {
  private final class VirtualClock: MeasurementClock {
    var seconds = 0.0
    func sleep(seconds: Double) { self.seconds += seconds }
  }

  private func wait(
    _ looks: [Occupancy], workers: Int, atMost seconds: Double, ownRun: Bool = false
  ) -> (busy: String?, told: [String], waited: Double) {
    let clock = VirtualClock()
    var index = 0
    let wait = QuietWait(
      clock: clock,
      occupancy: { seconds in
        clock.seconds += seconds
        defer { index += 1 }
        return looks[min(index, looks.count - 1)]
      },
      busiest: { obstacle in
        obstacle == .ownProcess
          ? [RunningProcesses.Busy(.thread, number: 8, name: "xctest", share: 0.5)]
          : [RunningProcesses.Busy(number: 7, name: "clang -c x.c", share: 0.98)]
      }, isOfThisRun: { $0.number == 7 && ownRun })
    var told: [String] = []
    let busy = wait.wait(workers: workers, atMost: seconds) { told.append($0) }
    return (busy, told, clock.seconds)
  }

  @Test func aNeighborThatLeavesRoomIsNoObstacle() {
    let occupancy = Occupancy(others: 0.9, own: 0, cpus: 2)
    #expect(occupancy.obstacle(workers: 1) == nil)
    #expect(occupancy.obstacle(workers: 2) == .otherProcesses)
    #expect(Occupancy(others: 0, own: 0, cpus: 2).obstacle(workers: 2) == nil)
    #expect(Occupancy(others: 0, own: 0.2, cpus: 8).obstacle(workers: 1) == .ownProcess)
  }

  @Test func quietIsNotWaitedForNorTold() {
    let result = wait([Occupancy(others: 0, own: 0, cpus: 2)], workers: 2, atMost: 30)
    #expect(result.busy == nil && result.told == [] && result.waited < 0.5)
  }

  @Test func testsThatEndAreWaitedFor() {
    let busy = [Occupancy](repeating: Occupancy(others: 0, own: 0.8, cpus: 2), count: 9)
    let result = wait(busy + [Occupancy(others: 0, own: 0, cpus: 2)], workers: 1, atMost: 30)
    #expect(result.busy == nil)
    #expect(
      result.told == ["waiting until other tests of this process are quiet, 30 s at most"])
    #expect(result.waited < 10)
  }

  @Test func waitingEndsAndNamesWhoIsBusy() throws {
    let others = wait([Occupancy(others: 1.8, own: 0, cpus: 2)], workers: 2, atMost: 3)
    #expect(others.waited < 4)
    let text = try #require(others.busy)
    #expect(text.contains("leave less than 2 CPUs: pid 7 (clang -c x.c) 98 %"))
    #expect(text.contains("; end them, or wait longer: PERFGATE_QUIET_WAIT="))
    #expect(!text.contains("swift test --skip"))
  }

  /// Only who has tests running can run them apart.
  @Test func ownTestsAreRunApart() throws {
    let own = wait([Occupancy(others: 0, own: 1, cpus: 2)], workers: 1, atMost: 3)
    let text = try #require(own.busy)
    #expect(text.hasPrefix("other tests of this process are busy: thread 8 (xctest) 50 %"))
    #expect(text.contains("swift test --skip") && text.contains("--no-parallel"))
    let children = wait(
      [Occupancy(others: 1.8, own: 0, cpus: 2)], workers: 2, atMost: 3, ownRun: true)
    #expect(children.busy?.contains("swift test --skip") == true)
  }

  @Test func countersBecomeShares() {
    typealias Ticks = InterferenceSnapshot.CPUTicks
    func snapshot(_ seconds: Double, busy: [UInt64], own: UInt64, worker: UInt64)
      -> InterferenceSnapshot
    {
      InterferenceSnapshot(
        nanoseconds: UInt64(seconds * 1e9),
        used: busy.enumerated().map { Ticks(cpu: $0.offset, busy: $0.element, steal: 0) },
        workers: [.init(thread: 1, cpuNanoseconds: worker, delayNanoseconds: 0)],
        processCPUNanoseconds: own)
    }
    // One second of two CPUs: 150 ticks busy; of these 0.5 s of this process, 0.1 s of its worker.
    let occupancy = Occupancy(
      from: snapshot(1, busy: [100, 200], own: 0, worker: 0),
      to: snapshot(2, busy: [200, 250], own: 500_000_000, worker: 100_000_000))
    #expect(abs(occupancy.others - 1) < 1e-9)
    #expect(abs(occupancy.own - 0.4) < 1e-9)
    #expect(occupancy.cpus == 2)
  }
}
