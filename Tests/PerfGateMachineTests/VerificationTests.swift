import PerfGateMachine
import Testing

/// Each fault that a run may have is planted and must be found.
@Suite struct VerificationTests {
  private func plan(_ cpus: [Int?], memory: MemoryTarget = .node(0), shares: Bool = false)
    -> PlacementPlan
  {
    PlacementPlan(
      slots: cpus.enumerated().map { WorkerSlot(worker: $0.offset, cpu: $0.element, node: 0) },
      memory: cpus.map { _ in memory }, places: .cores, bind: .close, memoryPolicy: .local,
      sharesCPUs: shares)
  }

  private func seen(
    _ worker: Int, _ cpu: Int, mask: CPUSet? = nil, after: Int? = nil, migrations: Int? = 0,
    pages: [Int: Int] = [0: 8]
  ) -> PlacementObservation {
    PlacementObservation(
      worker: worker, thread: 100 + worker, mask: mask ?? [cpu], cpuBefore: cpu,
      cpuAfter: after ?? cpu, migrations: migrations,
      residency: PageResidency(pagesByNode: pages, method: .movePages))
  }

  private func findings(_ plan: PlacementPlan, _ seen: [PlacementObservation]) -> [String] {
    PlacementVerification.check(plan, seen).findings.map(\.description)
  }

  @Test func aRunAsPlanned() {
    let check = PlacementVerification.check(plan([0, 1]), [seen(1, 1), seen(0, 0)])
    #expect(check.isVerified && check.unchecked.isEmpty && check.text == "verified")
  }

  @Test func aPlannerThatGivesOneCPUTwice() {
    #expect(
      findings(plan([0, 0]), [seen(0, 0), seen(1, 0)])
        == ["workers 0-1 share cpu 0 although there are enough cpus"])
    #expect(findings(plan([0, 0], shares: true), [seen(0, 0), seen(1, 0)]).isEmpty)
  }

  @Test func aPinThatIsSilentlyIntersected() {
    #expect(
      findings(plan([1]), [seen(0, 0, mask: [0])])
        == [
          "worker 0 was planned on cpu 1 but may run on cpus 0",
          "worker 0 was planned on cpu 1 but ran on cpu 0",
        ])
    #expect(
      findings(plan([0]), [seen(0, 0, mask: [0, 1])])
        == ["worker 0 was planned on cpu 0 but may run on cpus 0-1"])
  }

  @Test func twoWorkersOnOneCPUAgainstThePlan() {
    #expect(
      findings(plan([0, 1]), [seen(0, 0), seen(1, 0)]).first
        == "workers 0-1 share cpu 0 although there are enough cpus")
  }

  @Test func aBufferOnTheWrongNode() {
    #expect(
      findings(plan([0]), [seen(0, 0, pages: [0: 5, 1: 3])])
        == ["worker 0's memory was planned on node 0: 3 of 8 pages are elsewhere"])
    #expect(
      findings(plan([0], memory: .interleaved([0, 1])), [seen(0, 0, pages: [0: 4, 1: 3, 2: 1])])
        == [
          "worker 0's memory was planned on interleaved over nodes 0-1: 1 of 8 pages are elsewhere"
        ])
    #expect(findings(plan([0], memory: .firstTouch), [seen(0, 0, pages: [3: 8])]).isEmpty)
  }

  @Test func unevenInterleaving() {
    let target = MemoryTarget.interleaved([0, 1])
    #expect(
      findings(plan([0], memory: target), [seen(0, 0, pages: [0: 100])])
        == ["worker 0's memory is interleaved over nodes 0-1: from 0 to 100 pages each"])
    #expect(findings(plan([0], memory: target), [seen(0, 0, pages: [0: 51, 1: 49])]).isEmpty)
    // One huge page more on one side of a large buffer.
    let large = [0: 17 * 512, 1: 16 * 512]
    #expect(findings(plan([0], memory: target), [seen(0, 0, pages: large)]).isEmpty)
    #expect(!findings(plan([0], memory: target), [seen(0, 0, pages: [0: 1536, 1: 1024])]).isEmpty)
  }

  @Test func aWorkerThatMoved() {
    #expect(
      findings(plan([0]), [seen(0, 0, after: 1)])
        == ["worker 0 was planned on cpu 0 but ran on cpu 1"])
    #expect(
      findings(plan([0]), [seen(0, 0, migrations: 3)]) == [
        "worker 0 is pinned but was moved 3 times"
      ])
  }

  @Test func aWorkerThatSaysNothing() {
    #expect(findings(plan([0, 1]), [seen(0, 0)]) == ["worker 1: 0 observations, expected 1"])
    #expect(
      findings(plan([0]), [seen(0, 0), seen(0, 0)]) == ["worker 0: 2 observations, expected 1"])
    var blind = seen(0, 0)
    blind.mask = nil
    #expect(findings(plan([0]), [blind]) == ["worker 0: its mask cannot be read"])
  }

  @Test func whatCannotBeCheckedIsSaid() {
    var blind = seen(0, 0, migrations: nil)
    blind.residency = PageResidency(pagesByNode: [:], method: .unknown)
    let check = PlacementVerification.check(plan([0]), [blind])
    #expect(check.isVerified && check.unchecked == ["migrations", "pages by node"])
    #expect(check.text == "verified; not checked: migrations, pages by node")
  }

  @Test func workersThatAreNotPinned() {
    let free = plan([nil, nil], memory: .firstTouch)
    let seen = [seen(0, 0, mask: [0, 1], after: 1, migrations: 4), seen(1, 0, mask: [0])]
    #expect(PlacementVerification.check(free, seen).isVerified)
  }

  @Test func severalFindingsInOneLine() {
    let check = PlacementVerification.check(plan([0]), [seen(0, 1)])
    #expect(check.text == "worker 0 was planned on cpu 0 but may run on cpus 1; and 1 more")
  }
}
