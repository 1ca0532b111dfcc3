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

  /// A run that has the name of another, and says something else: both count.
  package struct Conflict: Hashable, Sendable {
    /// The number of the run.
    package var run: Int
    /// The number of the first run of that name.
    package var first: Int
    /// The names of the claims on which their verdicts differ, or that only one has, sorted; empty if
    /// only their figures or reasons differ.
    package var claims: [String]
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
  /// The runs whose machine key, start, seed and length another run has too.
  package private(set) var conflicts: [Conflict] = []
  /// How many runs judged no claim.
  package private(set) var withoutClaims = 0
  /// What is not proven, by kernel and variant.
  package private(set) var unproven: [String: Unproven] = [:]
  /// The number of the first run of each name.
  private var firsts: [FleetRun.Identity: Int] = [:]
  /// The numbers of runs by a hash of all that they say. Keeping what they say would take much
  /// memory, and two of a million runs have the same hash by chance once in tens of millions of fleets.
  private var contents: [Int: Int] = [:]
  private var tallies: [FleetStatement: [String: FleetTally]] = [:]
  /// The sentences that tallies hold: many machines have the same, and it is kept once.
  private var sentences: Set<String> = []

  /// A fleet without any record.
  package init() {}

  /// Adds what a record says. A run that was added before is not counted again if it says the same.
  ///
  /// - Parameter name: the name of the record, such as the path of its file.
  package mutating func add(_ run: FleetRun, named name: String) {
    let content = run.hashValue
    if let same = contents[content] {
      copies.append(Copy(name: name, run: same))
      return
    }
    let number = names.count
    names.append(name)
    contents[content] = number
    if let first = firsts[run.identity] {
      conflicts.append(Conflict(run: number, first: first, claims: differences(run, from: first)))
    } else {
      firsts[run.identity] = number
    }
    machines[run.machine, default: Machine(cpu: run.cpu, runs: 0)].runs += 1
    if !run.isComplete { unfinished.append(number) }
    if run.findings.isEmpty { withoutClaims += 1 }
    for finding in run.findings {
      tallies[finding.statement, default: [:]][run.machine, default: FleetTally()]
        .add(finding, run: number, sentences: &sentences)
    }
    for one in run.unproven {
      unproven[one.variant, default: Unproven(runs: [], finding: one.finding)].runs.append(number)
    }
  }

  /// The names of the claims on which a run has another verdict than one on the same machine that is
  /// counted already.
  private func differences(_ run: FleetRun, from counted: Int) -> [String] {
    let verdicts = Dictionary(
      run.findings.map { ($0.statement, $0.verdict) }, uniquingKeysWith: { one, _ in one })
    let known = tallies.filter { statement, machines in
      machines[run.machine]?.verdict(of: counted) != verdicts[statement]
    }
    let new = verdicts.keys.filter { tallies[$0] == nil }
    return Set((known.keys + new).map(\.id)).sorted()
  }

  /// The verdicts over all runs, in the order of names; claims of one name and several statements
  /// stand beside each other.
  package var claims: [FleetClaim] {
    tallies.sorted { $0.key < $1.key }.map { FleetClaim(statement: $0.key, tallies: $0.value) }
  }
}
