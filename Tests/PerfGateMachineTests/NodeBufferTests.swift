import CPerfGateSystem
import Testing

import PerfGateMachine

@Suite struct PageResidencyTests {
  private let maps = """
    55faf2f43000 default file=/usr/bin/cat mapped=2 N0=2 kernelpagesize_kB=4
    7f2a00000000 bind:0 anon=512 dirty=512 active=0 N0=500 N1=12 kernelpagesize_kB=4
    7f2a00200000 interleave:0-1 anon=3 dirty=3 N12=3 kernelpagesize_kB=4

    """

  @Test func numaMapsAreRead() {
    let found = PageResidency.parsed(numaMaps: maps, start: 0x7f2a_0000_0000, pages: 512)
    #expect(found?.pagesByNode == [0: 500, 1: 12] && found?.untouched == 0)
    let sparse = PageResidency.parsed(numaMaps: maps, start: 0x7f2a_0020_0000, pages: 8)
    #expect(sparse?.pagesByNode == [12: 3] && sparse?.untouched == 5)
    #expect(sparse?.description == "node 12: 3 pages, 5 untouched (numa_maps)")
    #expect(PageResidency.parsed(numaMaps: maps, start: 0x1000, pages: 8) == nil)
    #expect(PageResidency.parsed(numaMaps: "x y\n\n", start: 0, pages: 1) == nil)
  }
}

@Suite(.enabled(if: isLinux, "only Linux tells where pages lie"))
struct NodeBufferTests {
  @Test func pagesLieNowhereBeforeTheFirstTouch() throws {
    let buffer = try NodeBuffer(byteCount: 100_000, target: .firstTouch)
    #expect(buffer.pages == (100_000 + pageBytes - 1) / pageBytes)
    let before = buffer.residency()
    #expect(before.method == .unknown || before.untouched == buffer.pages)
    buffer.firstTouch()
    let after = buffer.residency()
    #expect(after.method == .unknown || (after.pages == buffer.pages && after.untouched == 0))
    #expect(buffer.bytes.count == 100_000 && buffer.bytes.allSatisfy { $0 == 0 })
    #expect(buffer.binding == .firstTouch(blockedBy: nil))
  }

  private let pageBytes = pgp_page_size()

  @Test func largeBuffersFitHugePages() throws {
    let buffer = try NodeBuffer(byteCount: 5 << 20, target: .firstTouch)
    #expect(UInt(bitPattern: buffer.base) % (2 << 20) == 0)
    buffer.bytes[0] = 1
    buffer.bytes[(5 << 20) - 1] = 2
    #expect(buffer.bytes[0] == 1 && buffer.bytes[(5 << 20) - 1] == 2)
  }

  /// Each buffer has its own line in `numa_maps`, or one would be counted with another.
  @Test func neighborsAreNotJoined() throws {
    let buffers = try (0..<20).map { _ in try NodeBuffer(byteCount: 1 << 16, target: .firstTouch) }
    for buffer in buffers { buffer.firstTouch() }
    guard let maps = try SystemTree(root: "/").text("/proc/self/numa_maps") else {
      try Test.cancel("this kernel has no numa_maps")
    }
    for buffer in buffers {
      let found = try #require(
        PageResidency.parsed(
          numaMaps: maps, start: UInt(bitPattern: buffer.base), pages: buffer.pages))
      #expect(found.pages == buffer.pages)
      let exact = buffer.residency()
      if exact.method == .movePages { #expect(exact.pagesByNode == found.pagesByNode) }
    }
  }

  @Test(.enabled(if: NumaState.policyError == nil, "memory policy calls are blocked here"))
  func boundToEachAllowedNode() throws {
    for node in try Machine.current().allowed.memoryNodes {
      let buffer = try NodeBuffer(byteCount: 1 << 20, target: .node(node), required: true)
      buffer.firstTouch()
      #expect(buffer.residency().pagesByNode == [node: buffer.pages])
      #expect(buffer.binding == .bound(throughLibnuma: NumaState.current == .linked))
    }
  }

  @Test(.enabled(if: NumaState.policyError == nil, "memory policy calls are blocked here"))
  func aNodeThatIsNotThereIsRefused() throws {
    let node = try #require(try Machine.current().topology.nodes.last).number + 1
    #expect { try NodeBuffer(byteCount: 4096, target: .node(node)) } throws: {
      "\($0)" == "cannot place memory on node \(node): EINVAL, Invalid argument; choose --mem local"
    }
  }

  @Test func sizesBeyondMemoryAreRefused() {
    for bytes in [Int.max, 1 << 50] {
      #expect { try NodeBuffer(byteCount: bytes, target: .firstTouch) } throws: {
        "\($0)".hasPrefix("cannot map \(bytes) bytes: ENOMEM")
      }
    }
  }

  /// The other way of asking, which needs fewer rights.
  @Test(.enabled(if: NumaState.policyError == nil, "memory policy calls are blocked here"))
  func thePolicyCallTellsTheSameNodes() throws {
    let buffer = try NodeBuffer(byteCount: 1 << 18, target: .firstTouch)
    buffer.firstTouch()
    var nodes: [Int: Int] = [:]
    for page in 0..<buffer.pages {
      nodes[Int(pgp_page_node(buffer.base + page * pageBytes)), default: 0] += 1
    }
    #expect(nodes == buffer.residency().pagesByNode)
  }

  @Test(.enabled(if: NumaState.policyError == nil, "memory policy calls are blocked here"))
  func aPlanGivesEachWorkerItsNode() throws {
    let machine = try Machine.current()
    let node = try #require(machine.allowed.memoryNodes.first)
    let plan = try Placement.plan(
      PlacementRequest(memory: .node(node)), workers: 1, topology: machine.topology,
      allowed: machine.allowed)
    #expect(plan.memory == [.node(node)])
  }

  /// Mapped memory goes back to the kernel, guard pages and all.
  @Test func buffersAreUnmapped() throws {
    func mappings() throws -> Int {
      try SystemTree(root: "/").text("/proc/self/maps")?.split(separator: "\n").count ?? 0
    }
    let before = try mappings()
    for _ in 0..<500 {
      let buffer = try NodeBuffer(byteCount: 3 << 20, target: .firstTouch)
      buffer.bytes[1 << 20] = 7
    }
    // Other tests map this and that at the same time, but not five hundred buffers.
    #expect(try mappings() < before + 300)
  }

  @Test(.enabled(if: NumaState.policyError == nil, "memory policy calls are blocked here"))
  func allowedNodesAreThoseOfTheStatusFile() throws {
    let status = try #require(try SystemTree(root: "/").text("/proc/self/status"))
    let line = try #require(
      status.split(separator: "\n").first { $0.hasPrefix("Mems_allowed_list:") })
    let allowed = try CPUSet(parsing: line.dropFirst("Mems_allowed_list:".count))
    #expect(NumaState.allowedMemoryNodes() == allowed)
  }

  @Test func errorsInWords() {
    #expect(
      "\(MemoryError.blocked(target: .node(1), errorNumber: 1))"
        == "cannot place memory on node 1: memory policy calls are blocked (EPERM, Operation not "
        + "permitted); choose --mem local, or allow mbind in the container")
    #expect(
      "\(NodeBuffer.Binding.firstTouch(blockedBy: 1))" == "first touch, mbind blocked (EPERM)")
  }
}
