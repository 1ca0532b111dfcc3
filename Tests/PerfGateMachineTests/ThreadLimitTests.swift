import PerfGateMachine
import Testing

/// Why no further thread can be started, from the files of a made-up process.
@Suite struct ThreadLimitTests {
  private func tree(
    user: Int = 1000, limits: String = "", capabilities: String = "0000000000000000"
  ) throws -> TemporaryTree {
    let tree = try TemporaryTree()
    try tree.write(
      "/proc/self/status",
      "Uid:\t\(user)\t\(user)\t0\t0\nVmSize:\t  204800 kB\nVmData:\t  203776 kB\n"
        + "CapEff:\t\(capabilities)\n")
    try tree.write(
      "/proc/self/limits",
      "Limit                     Soft Limit           Hard Limit           Units     \n"
        + "Max stack size            8388608              unlimited            bytes     \n"
        + limits)
    for (process, owner, threads) in [(10, user, 30), (11, user, 12), (12, 4, 500)] {
      try tree.write(
        "/proc/\(process)/status", "Uid:\t\(owner)\t\(owner)\nThreads:\t\(threads)\n")
    }
    return tree
  }

  private func text(_ tree: TemporaryTree) -> String { ThreadLimits.current(root: tree.root).text }

  @Test func threadsOfTheUser() throws {
    let limits = "Max processes             42                   96365                processes \n"
    #expect(try text(tree(limits: limits)) == "user 1000 runs 42 of 42 threads (raise ulimit -u)")
    // The kernel does not count those of root, nor of whoever may exceed limits.
    let unlimited = "no limit is known here"
    #expect(try text(tree(user: 0, limits: limits)) == unlimited)
    #expect(try text(tree(limits: limits, capabilities: "0000000001000000")) == unlimited)
  }

  @Test(arguments: [
    (
      "Max address space         213909504            unlimited            bytes     \n", "200",
      "-v"
    ),
    (
      "Max data size             213909504            unlimited            bytes     \n", "199",
      "-d"
    ),
  ])
  func memory(limits: String, used: String, option: String) throws {
    let found = try text(tree(limits: limits))
    #expect(found.hasPrefix("\(used) of 204 MiB of memory are in use"))
    #expect(found.hasSuffix("stack takes 8 MiB (raise ulimit \(option), or lower ulimit -s)"))
  }

  @Test func controlGroups() throws {
    let tree = try tree()
    try tree.write("/proc/self/cgroup", "8:pids:/job\n0::/a/b\n")
    try tree.write(
      "/proc/self/mountinfo",
      "35 31 0:38 / /v2 rw - cgroup2 cgroup2 rw\n36 31 0:39 / /pids rw - cgroup cgroup rw,pids\n")
    try tree.write("/v2/a/pids.max", "64\n")
    try tree.write("/v2/a/pids.current", "64\n")
    try tree.write("/v2/a/b/pids.max", "max\n")
    try tree.write("/pids/job/pids.max", "100\n")
    try tree.write("/pids/job/pids.current", "70\n")
    #expect(
      text(tree)
        == "the control group holds 64 of 64 threads (raise \(tree.root)/v2/a/pids.max)")
    try tree.write("/v2/a/pids.current", "10\n")
    #expect(
      text(tree)
        == "none of these limits seems to be reached: the control group holds 70 of 100 threads "
        + "(raise \(tree.root)/pids/job/pids.max); the control group holds 10 of 64 threads "
        + "(raise \(tree.root)/v2/a/pids.max)")
  }

  @Test func theWholeSystem() throws {
    let tree = try tree()
    try tree.write("/proc/loadavg", "0.20 0.18 0.12 1/800 11206\n")
    try tree.write("/proc/sys/kernel/threads-max", "800\n")
    try tree.write("/proc/sys/kernel/pid_max", "4194304\n")
    #expect(
      text(tree)
        == "the system runs 800 of 800 threads (raise /proc/sys/kernel/threads-max)")
    try tree.write("/proc/sys/kernel/threads-max", "9000\n")
    try tree.write("/proc/sys/vm/max_map_count", "3\n")
    try tree.write("/proc/self/maps", "one\ntwo\n")
    #expect(
      text(tree)
        == "the process has 2 of 3 memory mappings (raise /proc/sys/vm/max_map_count)")
  }
}
