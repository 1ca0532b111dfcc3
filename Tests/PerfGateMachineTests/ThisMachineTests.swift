import PerfGateMachine
import Testing

@Suite struct ThisMachineTests {
  @Test func isReadAndPlanned() throws {
    let machine = try Machine.current()
    #expect(!machine.allowed.cpus.isEmpty)
    #expect(machine.allowed.cpus.isSubset(of: machine.topology.online))
    #expect(machine.key.text.wholeMatch(of: #/[a-z0-9]+(-[a-z0-9]+)*-\d+n(-\d+)*/#) != nil)
    let plan = try Placement.plan(
      PlacementRequest(), workers: 1, topology: machine.topology, allowed: machine.allowed)
    #expect(plan.slots.count == 1)
    #expect(machine.allowed.cpus.contains(try #require(plan.slots[0].cpu)))
  }
}
