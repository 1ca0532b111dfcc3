import PerfGateMachine
import Testing

@Suite struct AllowedResourcesTests {
  private let made = MadeUpMachine.regular(packages: 2, cores: 4)
  private let v1 = """
    31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
    32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct
    34 31 0:31 / /sys/fs/cgroup/cpuset rw,relatime - cgroup cgroup rw,cpuset

    """
  private let v2 = "35 31 0:38 / /sys/fs/cgroup rw,relatime - cgroup2 cgroup2 rw\n"

  private func tree(groups: String, mounts: String, files: [String: String]) throws
    -> TemporaryTree
  {
    let tree = try made.tree()
    try tree.write("/proc/self/cgroup", groups)
    try tree.write("/proc/self/mountinfo", mounts)
    for (path, text) in files { try tree.write("/sys/fs/cgroup" + path, text) }
    return tree
  }

  @Test func withoutGroupsEverythingIsAllowed() throws {
    let tree = try made.tree()
    let allowed = try AllowedResources.current(root: tree.root)
    #expect(allowed.cpus == made.online && allowed.cpuset == nil && allowed.quota == nil)
    #expect(allowed.memoryNodes == [0, 1] && allowed.cores == 8 && allowed.workers == 8)
    #expect(allowed.limitText == "8 allowed, quota none")
    #expect(allowed.limit(on: 8) == nil)
    #expect(allowed.limit(on: 9) == "needs 9 cores; 8 allowed, quota none")
  }

  /// A kernel with control groups of which nobody mounted any.
  @Test func withoutMountedGroupsTheListIsEmpty() throws {
    let tree = try tree(groups: "", mounts: "", files: [:])
    let allowed = try AllowedResources.current(root: tree.root)
    #expect(allowed.cpus == made.online && allowed.quota == nil)
  }

  @Test func theLeastQuotaOfAllAncestorsCounts() throws {
    let tree = try tree(
      groups: "0::/user/app/leaf\n", mounts: v2,
      files: [
        "/user/app/leaf/cpu.max": "max 100000\n", "/user/app/cpu.max": "150000 100000\n",
        "/user/cpu.max": "400000 100000\n",
        "/user/app/leaf/cpu.stat": "usage_usec 12\nnr_periods 3\nnr_throttled 2\n",
        "/cpu.stat": "usage_usec 77\n",
      ])
    let allowed = try AllowedResources.current(root: tree.root)
    #expect(allowed.quota?.cpus == 1.5)
    #expect(allowed.quota?.source == tree.root + "/sys/fs/cgroup/user/app/cpu.max")
    #expect(allowed.workers == 1)
    #expect(allowed.limitText == "8 allowed, quota 1.5 CPUs → 1 worker")
    #expect(allowed.limit(on: 2) == "needs 2 cores; 8 allowed, quota 1.5 CPUs → 1 worker")
    #expect(allowed.throttleFiles == [tree.root + "/sys/fs/cgroup/user/app/leaf/cpu.stat"])
  }

  @Test func versionOne() throws {
    let tree = try tree(
      groups: "3:cpuset:/jobs\n2:cpu,cpuacct:/jobs/one\n0::/\n", mounts: v1,
      files: [
        "/cpu,cpuacct/cpu.cfs_quota_us": "-1\n",
        "/cpu,cpuacct/jobs/cpu.cfs_quota_us": "500000\n",
        "/cpu,cpuacct/jobs/cpu.cfs_period_us": "100000\n",
        "/cpu,cpuacct/jobs/one/cpu.cfs_quota_us": "25000\n",
        "/cpu,cpuacct/jobs/one/cpu.cfs_period_us": "10000\n",
        "/cpu,cpuacct/jobs/one/cpu.stat": "nr_periods 0\nnr_throttled 0\nthrottled_time 0\n",
        "/cpuset/jobs/cpuset.cpus": "2-5\n", "/cpuset/jobs/cpuset.mems": "1\n",
      ])
    let allowed = try AllowedResources.current(root: tree.root)
    #expect(allowed.quota?.cpus == 2.5 && allowed.workers == 2)
    #expect(allowed.cpuset == [2, 3, 4, 5] && allowed.cpus == [2, 3, 4, 5])
    #expect(allowed.memoryNodes == [1])
    #expect(allowed.limits[0] == "cpuset: cpus 2-5")
    #expect(allowed.limits[2].hasPrefix("quota: 2.5 CPUs → 2 workers ("))
  }

  @Test func bothVersionsTogether() throws {
    let tree = try tree(
      groups: "2:cpu,cpuacct:/a\n0::/b\n",
      mounts: v1 + "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n",
      files: [
        "/cpu,cpuacct/a/cpu.cfs_quota_us": "300000\n", "/unified/b/cpu.max": "200000 100000\n",
        "/unified/b/cpuset.cpus.effective": "0-2\n",
      ])
    let allowed = try AllowedResources.current(root: tree.root)
    #expect(allowed.quota?.cpus == 2 && allowed.quota?.description == "2 CPUs")
    #expect(allowed.cpus == [0, 1, 2])
  }

  @Test func insideAContainerThePathStartsAtTheMount() throws {
    let tree = try tree(
      groups: "2:cpu,cpuacct:/docker/abc/x\n",
      mounts:
        "32 31 0:29 /docker/abc /sys/fs/cgroup/cpu\\040set rw - cgroup cgroup rw,cpu,cpuacct\n",
      files: [
        "/cpu set/cpu.cfs_quota_us": "100000\n", "/cpu set/x/cpu.cfs_quota_us": "-1\n",
      ])
    #expect(try AllowedResources.current(root: tree.root).quota?.cpus == 1)
  }

  @Test(arguments: ["0::/../other\n", "0::/elsewhere/deep\n"])
  func aPathOutsideOfTheMountLeavesTheMount(groups: String) throws {
    let tree = try tree(
      groups: groups, mounts: "35 31 0:38 /kube/pod /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n",
      files: ["/cpu.max": "120000 100000\n"])
    #expect(try AllowedResources.current(root: tree.root).quota?.description == "1.2 CPUs")
  }

  @Test func groupsWithoutAListOfTheirOwnTakeTheirParents() throws {
    let tree = try tree(
      groups: "0::/a/b\n", mounts: v2,
      files: ["/a/b/cpuset.cpus.effective": "\n", "/a/cpuset.cpus.effective": "4-7\n"])
    #expect(try AllowedResources.current(root: tree.root).cpus == [4, 5, 6, 7])
  }

  @Test(arguments: [
    ("/cpu.max", "x 100000\n", "'x 100000'"), ("/cpu.max", "0 100000\n", "'0 100000'"),
    ("/cpu.max", "1 2 3\n", "'1 2 3'"), ("/cpu.max", "", "an empty file"),
    ("/cpuset.cpus.effective", "0-\n", "'0-' in '0-' is not a cpu"),
  ])
  func damagedGroups(path: String, text: String, found: String) throws {
    let tree = try tree(groups: "0::/\n", mounts: v2, files: [path: text])
    let machine = try Machine.current(root: tree.root)
    #expect(machine.allowed.quota == nil && machine.allowed.cpus == made.online)
    #expect(
      machine.notes.map(\.text).contains {
        $0.hasPrefix("cannot understand \(tree.root)/sys/fs/cgroup\(path): found \(found)")
      })
  }

  /// Numbers at the ends of their range must not trap.
  @Test(arguments: [
    ("9223372036854775807 1\n", 0.0), ("9223372036854775807 9223372036854775807\n", 1),
    ("1 9223372036854775807\n", 1 / 9223372036854775807.0), ("-9223372036854775808 1\n", 0),
  ])
  func quotasAtTheEndsOfTheirRange(text: String, cpus: Double) throws {
    let tree = try tree(groups: "0::/\n", mounts: v2, files: ["/cpu.max": text])
    let machine = try Machine.current(root: tree.root)
    #expect(machine.allowed.quota?.cpus ?? 0 == cpus)
    #expect(!MachineDrawing.lines(machine).isEmpty)
    for cpus in [Double.infinity, .nan, -1, 1e300] {
      let quota = CPUQuota(cpus: cpus, source: "")
      #expect(quota.workers >= 1 && quota.description.hasSuffix("CPUs"))
    }
  }

  @Test func damagedListsOfGroups() throws {
    let tree = try tree(groups: "nonsense\n0::/\n", mounts: "nonsense\n- - -\n" + v2, files: [:])
    let machine = try Machine.current(root: tree.root)
    #expect(machine.allowed.quota == nil)
    #expect(machine.notes.contains { $0.text.contains("/proc/self/cgroup: found 'nonsense'") })
  }

  /// Another mount of the same hierarchy may show more limits, never fewer.
  @Test func everyMountIsTriedAndTheLeastCounts() throws {
    let host = "29 22 0:38 /../.. /host ro - cgroup2 cgroup2 rw\n"
    for mounts in [host + v2, v2 + host] {
      let tree = try tree(groups: "0::/\n", mounts: mounts, files: ["/cpu.max": "300000 100000\n"])
      #expect(try AllowedResources.current(root: tree.root).quota?.cpus == 3)
      try tree.write("/host/cpu.max", "200000 100000\n")
      try tree.write("/host/cpuset.cpus.effective", "0-5\n")
      let machine = try Machine.current(root: tree.root)
      #expect(machine.allowed.quota?.source == tree.root + "/host/cpu.max")
      #expect(machine.allowed.cpus == [0, 1, 2, 3, 4, 5] && machine.notes == [])
    }
  }

  /// A mount of somebody else's group limits nobody here, as long as another one shows our own.
  @Test func aMountOfAnotherGroupIsNoLimit() throws {
    let other = "29 22 0:38 /other /other ro - cgroup2 cgroup2 rw\n"
    let tree = try tree(groups: "0::/mine\n", mounts: other + v2, files: [:])
    try tree.write("/other/cpu.max", "100000 100000\n")
    #expect(try AllowedResources.current(root: tree.root).quota == nil)
  }

  @Test func masksAreIntersected() throws {
    let tree = try tree(
      groups: "0::/\n", mounts: v2, files: ["/cpuset.cpus.effective": "2-6\n"])
    try tree.write(
      "/proc/self/status", "Name:\tx\nCpus_allowed_list:\t0-3\nMems_allowed_list:\t1\n")
    let allowed = try AllowedResources.current(root: tree.root)
    #expect(allowed.affinity == [0, 1, 2, 3] && allowed.cpus == [2, 3])
    #expect(allowed.memoryNodes == [1] && allowed.cores == 2)
    // The kernel has set the mask within the cpuset: one that shares nothing with it is another's.
    try tree.write("/proc/self/status", "Cpus_allowed_list:\t0\n")
    let machine = try Machine.current(root: tree.root)
    #expect(machine.allowed.cpus == [0] && machine.allowed.cpuset == nil)
    #expect(machine.notes.map(\.code) == [.cpuset])
    // Without one CPU there is no plan.
    try tree.write("/proc/self/status", "Cpus_allowed_list:\t99\n")
    #expect { try Machine.current(root: tree.root) } throws: {
      "\($0)".hasSuffix("found the allowed cpus 99, expected one of the online cpus 0-7")
    }
  }

  @Test(arguments: [
    (0.5, "0.5 CPUs", 1), (1, "1 CPU", 1), (1.25, "1.25 CPUs", 1), (2.05, "2.05 CPUs", 2),
    (64, "64 CPUs", 64),
  ])
  func quotasInWords(cpus: Double, text: String, workers: Int) {
    let quota = CPUQuota(cpus: cpus, source: "")
    #expect(quota.description == text && quota.workers == workers)
  }
}
