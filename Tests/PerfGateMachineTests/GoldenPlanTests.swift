import Foundation
import PerfGateMachine
import Testing

/// The drawing and every plan of made-up machines, word for word, in `Golden/NAME.txt`.
///
/// To renew them after a wanted change: `PERFGATE_GOLDEN=$PWD/Tests/PerfGateMachineTests/Golden swift
/// test --filter GoldenPlanTests`, then read the difference.
@Suite struct GoldenPlanTests {
  @Test(arguments: MadeUpMachines.all.map(\.name))
  func isAsBefore(name: String) throws {
    let made = try #require(MadeUpMachines.all.first { $0.name == name }).made
    let tree = try made.tree()
    let machine = try Machine.current(root: tree.root)
    let text = lines(machine, root: tree.root).joined(separator: "\n") + "\n"
    if let folder = ProcessInfo.processInfo.environment["PERFGATE_GOLDEN"] {
      try text.write(toFile: "\(folder)/\(name).txt", atomically: true, encoding: .utf8)
    }
    let file = try #require(
      Bundle.module.url(forResource: name, withExtension: "txt", subdirectory: "Golden"))
    let golden = try String(contentsOf: file, encoding: .utf8)
    for (found, expected) in zip(text.split(separator: "\n"), golden.split(separator: "\n")) {
      #expect(found == expected)
    }
    #expect(text == golden)
  }

  private func lines(_ machine: Machine, root: String) -> [String] {
    var lines = MachineDrawing.lines(machine).filter {
      // The folder is another one each time, and libnuma's state is the builder's.
      !$0.hasPrefix("root ") && !$0.hasPrefix("libnuma ") && !$0.hasPrefix("plan ")
        && !$0.hasPrefix("   ") || $0.contains("[") || $0.hasPrefix("    L")
    }
    for bind in [Bind.close, .spread] {
      for places in Places.allCases {
        lines.append("--places \(places) --bind \(bind)")
        let request = PlacementRequest(places: places, bind: bind)
        let greatest = Placement.greatestWorkerCount(
          request, topology: machine.topology, allowed: machine.allowed)
        for workers in counts(upTo: greatest) {
          lines += plan(request, workers, machine, notes: workers == greatest)
        }
      }
    }
    lines.append("--oversubscribe")
    let greedy = PlacementRequest(oversubscribe: true)
    lines += plan(greedy, machine.allowed.cpus.count + 3, machine, notes: true)
    return lines
  }

  /// All of a small machine, the borders of a large one.
  private func counts(upTo greatest: Int) -> [Int] {
    greatest <= 20 ? Array(1...greatest) : [1, 2, 3, 8, 9, 16, 17, greatest]
  }

  private func plan(_ request: PlacementRequest, _ workers: Int, _ machine: Machine, notes: Bool)
    -> [String]
  {
    do throws(PlacementError) {
      let plan = try Placement.plan(
        request, workers: workers, topology: machine.topology, allowed: machine.allowed)
      let nodes = runs(plan.slots.compactMap(\.node))
      return ["  \(workers): \(plan.text) | nodes \(nodes)"]
        + (notes ? plan.notes.map { "     \($0)" } : [])
    } catch {
      return ["  \(workers): \(error)"]
    }
  }

  /// `0×16,1×16` for sixteen workers on node 0, then sixteen on node 1.
  private func runs(_ nodes: [Int]) -> String {
    var runs: [(node: Int, count: Int)] = []
    for node in nodes {
      if runs.last?.node == node {
        runs[runs.count - 1].count += 1
      } else {
        runs.append((node, 1))
      }
    }
    return runs.map { $0.count > 1 ? "\($0.node)×\($0.count)" : "\($0.node)" }
      .joined(separator: ",")
  }
}
