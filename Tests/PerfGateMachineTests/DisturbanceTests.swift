import PerfGateMachine
import Testing

/// From counters to causes: each planted disturbance is found, and what is below its limit is not.
@Suite struct DisturbanceTests {
  private typealias Snapshot = InterferenceSnapshot

  /// 200 ms, so 20 ticks: one hundredth is below the two ticks that a counter needs.
  private let start = Snapshot(
    nanoseconds: 1_000_000_000,
    used: [.init(cpu: 0, busy: 100, steal: 5), .init(cpu: 1, busy: 200, steal: 0)],
    idleSiblings: [.init(cpu: 2, busy: 50, steal: 0)],
    workers: [
      .init(thread: 11, cpuNanoseconds: 7_000_000, delayNanoseconds: 900),
      .init(thread: 12, cpuNanoseconds: 8_000_000, delayNanoseconds: 0),
    ],
    processCPUNanoseconds: 20_000_000, majorFaults: 3, throttled: 4)

  private func after(_ change: (inout Snapshot) -> Void) -> [Disturbance] {
    var end = start
    end.nanoseconds += 200_000_000
    for index in end.workers.indices { end.workers[index].cpuNanoseconds += 199_000_000 }
    end.processCPUNanoseconds = 20_000_000 + 2 * 199_000_000
    change(&end)
    return Disturbance.causes(from: start, to: end)
  }

  @Test func aQuietRound() {
    #expect(after { _ in }.isEmpty)
    #expect(Disturbance.causes(from: start, to: start).isEmpty)
  }

  @Test func steal() {
    #expect(after { $0.used[0].steal += 1 }.isEmpty)
    #expect(after { $0.used[0].steal += 2 } == [.steal(cpu: 0, ticks: 2, share: 0.1)])
    #expect(after { $0.used[0].busy += 20 }.isEmpty)
    #expect(
      "\(after { $0.used[1].steal += 3 }[0])"
        == "the hypervisor gave cpu 1 to another guest for 3 ticks (15.0 %)")
    // In a long round two ticks are less than a hundredth.
    #expect(
      after {
        $0.nanoseconds += 5_000_000_000
        $0.used[0].steal += 2
      }.isEmpty)
  }

  @Test func runDelay() {
    #expect(after { $0.workers[1].delayNanoseconds += 1_999_999 }.isEmpty)
    let causes = after { $0.workers[1].delayNanoseconds += 3_000_000 }
    #expect(causes == [.runDelay(thread: 12, nanoseconds: 3_000_000, share: 0.015)])
    #expect("\(causes[0])" == "worker thread 12 waited 3.0 ms for its cpu (1.5 %)")
  }

  @Test func majorFaults() {
    #expect(after { $0.majorFaults += 1 }.map(\.description) == ["1 page fault waited for a disk"])
  }

  @Test func otherThreads() {
    #expect(after { $0.processCPUNanoseconds = 419_500_000 }.isEmpty)
    #expect(
      after { $0.processCPUNanoseconds = 458_000_000 }.map(\.description)
        == ["other threads of this process ran for 40.0 ms (20.0 %)"])
    #expect(after { $0.processCPUNanoseconds = nil }.isEmpty)
  }

  @Test func busySiblings() {
    #expect(after { $0.idleSiblings[0].busy += 1 }.isEmpty)
    #expect(
      after { $0.idleSiblings[0].busy += 4 }.map(\.description)
        == ["cpu 2, a sibling of a worker's cpu, was busy for 4 ticks (20.0 %)"])
  }

  @Test func throttling() {
    #expect(
      after { $0.throttled = 5 }.map(\.description) == [
        "the cgroup's quota stopped the process once"
      ])
    #expect(after { $0.throttled = nil }.isEmpty)
  }

  @Test func countersThatStepBackOrDisappear() {
    #expect(after { $0.idleSiblings[0].busy = 0 }.isEmpty)
    #expect(after { $0.majorFaults = 0 }.isEmpty)
    #expect(after { $0.used = [] }.isEmpty)
    #expect(
      after { $0.lost = ["/proc/stat"] }.map(\.description) == ["/proc/stat can no longer be read"])
  }

  @Test func severalAtOnce() {
    let causes = after {
      $0.used[0].steal += 9
      $0.majorFaults += 2
      $0.throttled = 6
    }
    #expect(causes.count == 3)
  }

  @Test func spinDrift() {
    #expect(SpinProbe.disturbance(before: 0.0200, after: 0.0205) == nil)
    #expect(SpinProbe.disturbance(before: 0.0205, after: 0.0200) == nil)
    #expect(
      SpinProbe.disturbance(before: 0.02, after: 0.021)?.description
        == "the spin probe took 20.0 ms before and 21.0 ms after (5.0 %)")
    #expect(SpinProbe.disturbance(before: 0.021, after: 0.02) != nil)
    #expect(SpinProbe.disturbance(before: 0, after: 0.02) == nil)
  }
}
