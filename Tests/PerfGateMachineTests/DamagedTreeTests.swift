import Foundation
import PerfGateMachine
import Testing

/// A damaged tree gives a machine without the damaged part and a note with the path; never an error,
/// never a crash, and never silence about a file that the machine is read from.
@Suite struct DamagedTreeTests {
  private let made = MadeUpMachine.regular(packages: 2, cores: 1, threads: 2).with {
    for index in $0.cpus.indices { $0.cpus[index].maximumKHz = 3_000_000 }
  }

  /// Files that are looked at where a better one is missing, or not at all, may hold anything.
  private func isRead(_ path: String) -> Bool {
    let unread = [
      "/cpu/possible", "/has_cpu", "thread_siblings_list", "core_id", "meminfo", "/proc/cpuinfo",
      "/online", "/cpumap",
    ]
    if path == "/sys/devices/system/cpu/online" || path == "/sys/devices/system/node/online" {
      return true
    }
    return !unread.contains { path.hasSuffix($0) }
  }

  private let damages: [(name: String, apply: (TemporaryTree, String) throws -> Void)] = [
    ("an empty file", { try $0.write($1, "") }),
    ("garbage", { try $0.write($1, "\u{1}§garbage,,-9-\n") }),
    ("a huge number", { try $0.write($1, "99999999999999999999999\n") }),
    ("a folder", { try $0.makeFolder($1) }),
    ("a loop of links", { try $0.makeLoop($1) }),
  ]

  @Test func eachFileInTurn() throws {
    let tree = try made.tree()
    let files = try tree.files.map {
      ($0, try String(contentsOfFile: tree.root + $0, encoding: .utf8))
    }
    #expect(files.count > 60)
    for damage in damages {
      for (path, text) in files {
        try damage.apply(tree, path)
        defer { try? tree.restore(path, text) }
        let machine = try Machine.current(root: tree.root)
        #expect(machine.allowed.cpus == made.online, "\(damage.name) in \(path)")
        let notes = machine.notes.filter { $0.text.contains(tree.root + path) }
        #expect(
          !notes.isEmpty || mayPass(path, damage.name),
          "\(damage.name) in \(path) was taken in silence: \(machine.notes)")
        #expect(machine.notes.allSatisfy { !$0.text.contains("\n") })
      }
    }
  }

  /// Everything that can be read and is not a folder is nonsense: what is left is one line.
  @Test func allFilesAtOnce() throws {
    for damage in damages {
      let tree = try made.tree()
      for path in tree.files { try damage.apply(tree, path) }
      let machine = try Machine.current(root: tree.root)
      #expect(machine.allowed.cpus == made.online && machine.topology.nodes.count >= 1)
      #expect(!machine.notes.isEmpty && machine.notes.count < 30, "\(machine.notes)")
      _ = MachineDrawing.lines(machine)
    }
  }

  private func mayPass(_ path: String, _ damage: String) -> Bool {
    // A word that is no number is still the name of a kind of cache.
    let anyWord = path.hasSuffix("/type") && ["garbage", "a huge number"].contains(damage)
    // Of a cache that is not the last one only level and type matter.
    let otherCache = path.contains("/index0/") || path.contains("/index1/")
    return !isRead(path) || anyWord || otherCache || isCovered(path)
  }

  /// Once a core or a cache is known by one of its CPUs, its other CPUs are not asked.
  private func isCovered(_ path: String) -> Bool {
    ["/cpu2/", "/cpu3/"].contains { path.contains($0) }
      && (path.hasSuffix("core_cpus_list") || path.contains("/cache/"))
  }

  @Test func nothingAtAll() throws {
    let tree = try TemporaryTree()
    #expect(throws: MachineError.missing(path: tree.root + "/sys/devices/system/cpu/online")) {
      try Topology.read(root: tree.root)
    }
    #expect(throws: MachineError.self) { try Machine.current(root: tree.root + "/none") }
  }

  private func notes(_ tree: TemporaryTree) throws -> [String] {
    try Topology.read(root: tree.root).notes.map(\.text)
  }

  @Test func noCPUOnline() throws {
    let tree = try made.tree()
    try tree.write("/sys/devices/system/cpu/online", "\n")
    #expect(try Topology.read(root: tree.root).online == made.online)
    #expect(
      try notes(tree)[0]
        == "cannot understand \(tree.root)/sys/devices/system/cpu/online: found no cpu, expected at least one; ignored"
    )
  }

  @Test func aDamagedCapacity() throws {
    let tree = try made.with { $0.cpus[0].capacity = 1024 }.tree()
    try tree.write("/sys/devices/system/cpu/cpu0/cpu_capacity", "much\n")
    #expect(try notes(tree)[0].contains("/cpu0/cpu_capacity: found 'much'"))
  }

  @Test func aCPUInTwoNodes() throws {
    let tree = try made.tree()
    try tree.write("/sys/devices/system/node/node1/cpulist", "0-3\n")
    #expect(try Topology.read(root: tree.root).nodes.map(\.cpus) == [made.online])
    #expect(
      try notes(tree)[0].contains(
        "node1/cpulist names cpus 0,2 that another node has too; assuming one node")
    )
  }

  @Test func distancesTooFew() throws {
    let tree = try made.tree()
    try tree.write("/sys/devices/system/node/node1/distance", "10\n")
    #expect(
      try notes(tree)[0].contains(
        "node1/distance: found 1 distances, expected 2, one for each of the nodes 0-1"))
  }

  @Test func aFolderNumberBeyondBounds() throws {
    let tree = try made.tree()
    try tree.makeFolder("/sys/devices/system/node/node99999999999999999999")
    #expect(
      try notes(tree)[0].contains("/sys/devices/system/node: found 'node99999999999999999999'"))
  }
}
