import CPerfGateSystem

/// Checks on this machine that pinning, memory placement and the reading of the machine work, and
/// that verification finds planted faults. Takes well under a second.
package enum SelfTest {
  /// The result of a self-test.
  package struct Report: Hashable, Sendable {
    /// What is wrong, one line each; empty when everything works.
    package var failures: [String] = []
    /// What was tested and what could not be tested, one line each.
    package var notes: [String] = []

    package init(failures: [String] = [], notes: [String] = []) {
      self.failures = failures
      self.notes = notes
    }
  }

  /// Runs all tests; returns the failures, empty when everything works.
  package static func run() -> [String] { report().failures }

  /// Runs all tests; returns the failures and notes.
  package static func report() -> Report {
    do {
      var run = SelfTestRun(machine: try Machine.current())
      run.all()
      return run.report
    } catch {
      return Report(failures: [error.description])
    }
  }

  /// Compares our reading of the machine with libnuma's, which reads the same files: one line per
  /// difference; nil when libnuma is not linked or does not work.
  package static func differencesFromLibnuma(_ topology: Topology) -> [String]? {
    guard pgp_numa_linked(), pgp_numa_available() == 0 else { return nil }
    var differences: [String] = []
    func compare(_ what: String, ours: Int?, theirs: Int32) {
      let ours = ours.map { "\($0)" } ?? "none"
      if ours != "\(theirs)" { differences.append("\(what): \(ours), libnuma says \(theirs)") }
    }
    compare("the highest node", ours: topology.nodes.last?.number, theirs: pgp_numa_max_node())
    for cpu in topology.cpus {
      compare(
        "the node of cpu \(cpu.number)", ours: cpu.node,
        theirs: pgp_numa_node_of_cpu(Int32(cpu.number)))
    }
    for from in topology.nodes {
      for to in topology.nodes {
        compare(
          "the distance from node \(from.number) to node \(to.number)",
          ours: topology.distance(from: from.number, to: to.number),
          theirs: pgp_numa_distance(Int32(from.number), Int32(to.number)))
      }
    }
    return differences
  }
}
