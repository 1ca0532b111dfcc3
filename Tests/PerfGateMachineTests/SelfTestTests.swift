import Foundation
import PerfGateMachine
import Testing

@Suite(.enabled(if: isLinux, "only Linux pins threads"))
struct SelfTestTests {
  @Test func findsNothingWrongHere() {
    #expect(SelfTest.run() == [])
  }

  @Test func theProgramSaysSo() throws {
    let result = try runProgram(selfTestPath, [])
    #expect(result.lines.last == "SELFTEST-OK" && result.status == 0, "\(result.output)")
    // A self-test that plants no faults proves little.
    #expect(result.output.contains("found planted fault: workers 0-1 share cpu"))
    #expect(result.output.contains("found planted fault: cannot pin the main thread to cpu"))
  }

  /// As in a container: policy calls fail, so memory is placed by pinned first touch, which
  /// `numa_maps` still proves.
  @Test func withoutMemoryPolicyItFallsBack() throws {
    let result = try runProgram(selfTestPath, ["--forbid-policy"])
    #expect(result.lines.last == "SELFTEST-OK" && result.status == 0, "\(result.output)")
    #expect(result.output.contains("policy calls: blocked (EPERM)"))
    if NumaState.current == .linked { #expect(result.output.contains("libnuma: blocked (EPERM)")) }
    #expect(result.output.contains("pages (numa_maps)"))
    #expect(result.output.contains("refused: cannot place memory on node"), "\(result.output)")
    #expect(!result.output.contains("bound to each"))
  }

  @Test func aWrongOptionIsSaid() throws {
    let result = try runProgram(selfTestPath, ["--nonsense"])
    #expect(result.output.contains("SELFTEST-FAILURE unknown option --nonsense"))
    #expect(result.status == 1)
  }
}

/// The real libnuma reads a made-up tree that is mounted over the machine's own.
@Suite(
  .enabled(if: canUnshare, "needs `unshare -rm`: mounts in a name space of one's own"),
  .enabled(if: NumaState.current == .linked, "needs libnuma linked; it is \(NumaState.current)"))
struct LibnumaComparisonTests {
  private func compare(_ tree: TemporaryTree) throws -> ProgramResult {
    let mount = "mount --bind \"$0/sys/devices/system\" /sys/devices/system && exec \"$@\""
    return try runProgram(
      "/usr/bin/env",
      [
        // On one CPU: the kernel's mask counts where it names CPUs that the made-up tree lacks.
        "taskset", "-c", "0", "unshare", "-rm", "--propagation", "private", "sh", "-c", mount,
        tree.root, selfTestPath, "--compare",
      ])
  }

  @Test(arguments: [2, 4, 8])
  func readsTheSameMachine(nodes: Int) throws {
    let made = MadeUpMachine.regular(packages: nodes, cores: 2, distances: MadeUpMachines.line)
    let result = try compare(try made.tree())
    #expect(result.output.contains("\(2 * nodes) cpus, \(nodes) nodes"))
    #expect(result.lines.last == "SELFTEST-OK" && result.status == 0, "\(result.output)")
  }

  @Test func differencesAreFound() throws {
    let tree = try MadeUpMachine.regular(packages: 8, cores: 2).tree()
    // libnuma reads the masks, we read the lists.
    try tree.write("/sys/devices/system/node/node7/cpumap", "00000000\n")
    try tree.write("/sys/devices/system/node/node6/cpumap", "0000f000\n")
    let result = try compare(tree)
    #expect(result.output.contains("the node of cpu 14: 7, libnuma says 6"), "\(result.output)")
    #expect(result.lines.last == "SELFTEST-FAILED" && result.status == 1)
  }
}

/// Real control groups, made by the test.
@Suite struct ControlGroupTests {
  @Test(.enabled(if: ControlGroup.canMake("cpu"), "needs root and the version 1 controller cpu"))
  func aQuotaOfOneAndAHalfAllowsOneWorker() throws {
    let group = try #require(ControlGroup(controller: "cpu"))
    defer { group.remove() }
    try group.set("cpu.cfs_period_us", "100000")
    try group.set("cpu.cfs_quota_us", "150000")
    let one = try group.run(selfTestPath, ["--plan", "1"])
    #expect(one.output.contains("quota 1.5 CPUs rounded down to 1 worker"), "\(one.output)")
    #expect(one.lines.last == "SELFTEST-OK")
    let two = try group.run(selfTestPath, ["--plan", "2"])
    #expect(
      two.output.contains("cannot run 2 workers: needs 2 cores, 1 allowed")
        && two.output.contains("quota 1.5 CPUs); choose --workers 1 or --oversubscribe"),
      "\(two.output)")
  }

  @Test(.enabled(if: ControlGroup.canMake("cpu"), "needs root and the version 1 controller cpu"))
  func throttlingIsADisturbance() throws {
    let group = try #require(ControlGroup(controller: "cpu"))
    defer { group.remove() }
    try group.set("cpu.cfs_period_us", "20000")
    try group.set("cpu.cfs_quota_us", "2000")
    let result = try group.run(selfTestPath, ["--disturb"])
    #expect(result.output.contains("the cgroup's quota stopped the process"), "\(result.output)")
  }

  @Test(
    .enabled(if: ControlGroup.canMake("cpuset"), "needs root and the version 1 controller cpuset"),
    .enabled(
      if: (try? Machine.current().allowed.cpus.count) ?? 0 > 1, "needs 2 allowed cpus"))
  func aCpusetIsWhatIsAllowed() throws {
    let machine = try Machine.current()
    let last = try #require(machine.allowed.cpus.last)
    let group = try #require(ControlGroup(controller: "cpuset"))
    defer { group.remove() }
    try group.set("cpuset.mems", "\(machine.allowed.memoryNodes)")
    try group.set("cpuset.cpus", "\(last)")
    let result = try group.run(selfTestPath, [])
    #expect(result.output.contains("allowed \(last), 1 cores"), "\(result.output)")
    #expect(result.lines.last == "SELFTEST-OK", "\(result.output)")
  }
}
