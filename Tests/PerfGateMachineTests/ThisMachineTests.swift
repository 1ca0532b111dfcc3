import Foundation
import PerfGateMachine
import Testing

@Suite struct ThisMachineTests {
  @Test func isReadAndPlanned() throws {
    let machine = try Machine.current()
    #expect(machine.isThisMachine)
    #expect(!machine.allowed.cpus.isEmpty)
    #expect(machine.allowed.cpus.isSubset(of: machine.topology.online))
    #expect(machine.key.text.wholeMatch(of: #/[a-z0-9]+(-[a-z0-9]+)*-\d+n(-\d+)*/#) != nil)
    let plan = try Placement.plan(
      PlacementRequest(), workers: 1, topology: machine.topology, allowed: machine.allowed)
    #expect(plan.slots.count == 1)
    #expect(machine.allowed.cpus.contains(try #require(plan.slots[0].cpu)))
  }

  /// Read again it is the same machine, down to its notes.
  @Test func isTheSameEachTime() throws {
    #expect(try Machine.current() == Machine.current())
  }

  @Test func numaIsSaidInThreeWays() {
    #expect("\(NumaState.linked)" == "linked" && NumaState.linked.hint == nil)
    #expect("\(NumaState.notLinked)" == "not linked")
    #expect(NumaState.notLinked.hint == "install libnuma-dev and pkg-config, then build again")
    #expect("\(NumaState.blocked(errorNumber: EPERM))" == "blocked (EPERM)")
    #expect("\(NumaState.blocked(errorNumber: ENOSYS))" == "blocked (ENOSYS)")
    #expect("\(NumaState.blocked(errorNumber: 4095))" == "blocked (errno 4095)")
  }
}

@Suite struct MachineReportTests {
  private func smtMachine(_ change: (TemporaryTree) throws -> Void = { _ in }) throws -> (
    machine: Machine, root: String
  ) {
    let tree = try MadeUpMachine.regular(packages: 2, cores: 2, threads: 2).with {
      $0.isolated = [7]
    }.tree()
    try change(tree)
    return (try Machine.current(root: tree.root), tree.root)
  }

  @Test func drawsWhatIsThere() throws {
    let (machine, root) = try smtMachine {
      try $0.write("/proc/self/cgroup", "0::/\n")
      try $0.write("/proc/self/mountinfo", "35 31 0:38 / /cg rw - cgroup2 cgroup2 rw\n")
      try $0.write("/cg/cpu.max", "250000 100000\n")
      try $0.write("/cg/cpuset.cpus.effective", "0-6\n")
      try $0.write("/sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n")
      try $0.write("/proc/sys/kernel/numa_balancing", "1\n")
      try $0.write("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "performance\n")
      try $0.write("/sys/devices/system/cpu/intel_pstate/no_turbo", "1\n")
    }
    let lines = MachineDrawing.lines(machine).filter { !$0.hasPrefix("libnuma ") }
    #expect(
      lines == [
        "root       \(root): another machine's tree, for planning only",
        "machine    Made Up 9000 Processor", "key        made-up-9000-4c-7t-2n",
        "has        2 packages, 2 memory nodes, 2 last-level caches, 4 cores, 8 cpus",
        "package 0", "  node 0", "    L3 32 MiB", "      [0]+[4] [1]+[5]", "package 1", "  node 1",
        "    L3 32 MiB", "      [2]+[6] [3]+(7)", "distances  node 0: 10 20",
        "distances  node 1: 20 10", "isolated   cpus 7", "allowed    cpus 0-6, memory nodes 0-1",
        "limited by cpuset: cpus 0-6", "limited by affinity: cpus 0-6",
        "limited by quota: 2.5 CPUs → 2 workers (\(root)/cg/cpu.max)",
        "settings   huge pages madvise, numa balancing on, governor performance, turbo off",
        "plan       1 worker: cpu 0", "             quota 2.5 CPUs rounded down to 2 workers",
        "plan       2 workers: cpu 0,1", "             quota 2.5 CPUs rounded down to 2 workers",
      ])
  }

  @Test func reportsTheSameAsJSON() throws {
    let (machine, root) = try smtMachine()
    let report = MachineReport(machine, request: PlacementRequest(places: .threads))
    #expect(report.plans.count == 7 && report.plans[6].text == "cpu 0-6")
    #expect(report.root == root && !report.isThisMachine && report.quota == nil)
    let data = try JSONEncoder().encode(report)
    #expect(try JSONDecoder().decode(MachineReport.self, from: data) == report)
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(object["key"] as? String == "made-up-9000-4c-7t-2n")
    #expect(object["allowedCPUs"] as? String == "0-6")
    #expect(object["cores"] as? Int == 4 && object["memoryNodes"] as? Int == 2)
    #expect(
      ["linked", "not linked"].contains(object["libnuma"] as? String ?? "")
        || "\(machine.numa)".hasPrefix("blocked"))
  }

  @Test func aWishThatCannotBeMetIsInThePlan() throws {
    let (machine, _) = try smtMachine()
    let report = MachineReport(machine, request: PlacementRequest(bind: .cpus([9])))
    #expect(
      report.plans.map(\.error) == ["--bind cpus:9: allowed cpus are 0-6, isolated cpus 7"])
    #expect(
      MachineDrawing.lines(machine, request: PlacementRequest(bind: .cpus([9]))).last
        == "plan       1 worker: --bind cpus:9: allowed cpus are 0-6, isolated cpus 7")
  }
}
