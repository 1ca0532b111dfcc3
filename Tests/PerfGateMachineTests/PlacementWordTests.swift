import Foundation
import PerfGateMachine
import Testing

@Suite struct PlacementWordTests {
  @Test func everyWordIsReadAndWritten() throws {
    for places in Places.allCases { #expect(try Places(parsing: "\(places)") == places) }
    #expect(
      Places.allCases.map(\.description) == [
        "cores", "threads", "ll_caches", "numa_domains", "sockets",
      ])
    let binds: [(String, Bind)] = [
      ("close", .close), ("spread", .spread), ("none", Bind.none),
      ("cpus:0-3,8", .cpus([0, 1, 2, 3, 8])),
      ("cpus:8,0-3", .cpus([8, 0, 1, 2, 3])),
    ]
    for (word, bind) in binds {
      #expect(try Bind(parsing: word) == bind)
      #expect(bind.description == word)
    }
    for (word, memory) in [
      ("local", MemoryPolicy.local), ("interleave", .interleave), ("node:2", .node(2)),
      ("interleave:0,2-3", .interleaveOver([0, 2, 3])),
    ] {
      #expect(try MemoryPolicy(parsing: word) == memory)
      #expect(memory.description == word)
    }
  }

  @Test(arguments: [
    ("near", "--bind near: expected close, spread, none or cpus:LIST (such as cpus:0-3,8)"),
    ("cpus:", "--bind cpus:: expected at least one cpu after 'cpus:'"),
    (
      "cpus:0,0",
      "--bind cpus:0,0: expected close, spread, none or cpus:LIST (such as cpus:0-3,8); cpu 0 is named twice in '0,0'; name each cpu once"
    ),
    (
      "cpus:x",
      "--bind cpus:x: expected close, spread, none or cpus:LIST (such as cpus:0-3,8); 'x' in 'x' is not a cpu number or range; expected a list such as 0-3,8"
    ),
  ])
  func wrongBinds(word: String, error: String) {
    #expect { try Bind(parsing: word) } throws: { "\($0)" == error }
  }

  @Test func wrongPlacesAndMemory() {
    #expect { try Places(parsing: "l3") } throws: {
      "\($0)" == "--places l3: expected cores, threads, ll_caches, numa_domains or sockets"
    }
    for word in ["node", "node:", "node:x", "node:0-1", "bind:0", "interleave:", "interleave:x"] {
      #expect { try MemoryPolicy(parsing: word) } throws: {
        "\($0)"
          == "--mem \(word): expected local, interleave, interleave:LIST (such as interleave:0-1) or node:N (such as node:0)"
      }
    }
  }

  @Test func requestsKnowWhatWasAskedFor() {
    let request = PlacementRequest(bind: .close)
    #expect(request.bind == .explicitly(.close))
    #expect(request.places == .byDefault(.cores) && request.memory == .byDefault(.local))
    #expect(!request.oversubscribe)
  }

  @Test func plansSurviveJSON() throws {
    let topology = try MadeUpMachine.regular(packages: 2, cores: 2).read()
    let plan = try Placement.plan(
      PlacementRequest(bind: .cpus([1, 0]), memory: .interleave), workers: 2, topology: topology,
      allowed: AllowedResources(topology: topology, cpus: topology.online))
    let data = try JSONEncoder().encode(plan)
    #expect(try JSONDecoder().decode(PlacementPlan.self, from: data) == plan)
    #expect(
      try JSONDecoder().decode(Topology.self, from: JSONEncoder().encode(topology)) == topology)
  }
}
