/// The records of many machines or runs, reduced to what they say of each claim.
///
/// A few numbers are kept for each run and claim, whatever the size of the records.
package struct Fleet: Sendable {
  /// A machine key with its runs.
  package struct Machine: Hashable, Sendable {
    /// The CPU, as the first record has it.
    package var cpu: String
    /// How many runs are counted.
    package var runs: Int
  }

  /// A record of a run that another record has too.
  package struct Copy: Hashable, Sendable {
    /// The name of the record, which is not counted.
    package var name: String
    /// The number of the run.
    package var run: Int
  }

  /// Work that is not proven.
  package struct Unproven: Hashable, Sendable {
    /// The runs in which it is not.
    package var runs: [Int]
    /// What the first of them found.
    package var finding: String
  }

  /// The names of the records that are counted, by the number of their run.
  package private(set) var names: [String] = []
  /// The machines, by their keys.
  package private(set) var machines: [String: Machine] = [:]
  /// The runs that ended early; what they had measured before counts.
  package private(set) var unfinished: [Int] = []
  /// The records of runs that are counted already.
  package private(set) var copies: [Copy] = []
  /// How many runs judged no claim.
  package private(set) var withoutClaims = 0
  /// What is not proven, by kernel and variant.
  package private(set) var unproven: [String: Unproven] = [:]
  private var runs: [FleetRun.Identity: Int] = [:]
  private var tallies: [FleetStatement: [String: FleetTally]] = [:]

  /// A fleet without any record.
  package init() {}

  /// Adds what a record says. A run that was added before is not counted again.
  ///
  /// - Parameter name: the name of the record, such as the path of its file.
  package mutating func add(_ run: FleetRun, named name: String) {
    if let first = runs[run.identity] {
      copies.append(Copy(name: name, run: first))
      return
    }
    let number = names.count
    names.append(name)
    runs[run.identity] = number
    machines[run.machine, default: Machine(cpu: run.cpu, runs: 0)].runs += 1
    if !run.isComplete { unfinished.append(number) }
    if run.findings.isEmpty { withoutClaims += 1 }
    for finding in run.findings {
      tallies[finding.statement, default: [:]][run.machine, default: FleetTally()]
        .add(finding, run: number)
    }
    for one in run.unproven {
      unproven[one.variant, default: Unproven(runs: [], finding: one.finding)].runs.append(number)
    }
  }

  /// The verdicts over all runs, in the order of names; claims of one name and several statements
  /// stand beside each other.
  package var claims: [FleetClaim] {
    tallies.sorted { $0.key < $1.key }.map { FleetClaim(statement: $0.key, tallies: $0.value) }
  }
}
