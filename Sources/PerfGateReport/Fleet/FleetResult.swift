import PerfGateModel

/// What a fleet's records say, and which of them could not be read: what reports are made of.
package struct FleetResult: Sendable {
  /// A record, or a folder of records, that could not be read.
  package struct Unreadable: Hashable, Sendable {
    /// The path.
    package var name: String
    /// What failed, what was found, what to do.
    package var problem: String

    /// A path with its problem.
    package init(name: String, problem: String) {
      self.name = name
      self.problem = problem
    }
  }

  /// What the records say.
  package let fleet: Fleet
  /// The verdicts of the fleet.
  package let claims: [FleetClaim]
  /// What could not be read, in the order in which it was named.
  package let unreadable: [Unreadable]
  /// How many statements stand under a name.
  private let statements: [String: [FleetStatement]]

  /// The result of reading everything.
  package init(_ fleet: Fleet, unreadable: [Unreadable] = []) {
    self.fleet = fleet
    self.unreadable = unreadable
    claims = fleet.claims
    statements = Dictionary(grouping: claims.map(\.statement), by: \.id)
  }

  /// The names of which records have several statements, sorted.
  package var ambiguous: [String] { statements.filter { $0.value.count > 1 }.keys.sorted() }

  /// The claim's name, with what tells it from others of that name: `viete.max (8 workers)`.
  package func label(_ statement: FleetStatement) -> String {
    let differences = differences(statement)
    return differences.isEmpty
      ? statement.id : "\(statement.id) (\(differences.joined(separator: ", ")))"
  }

  /// What tells a claim from others of its name; empty if there are none.
  func differences(_ statement: FleetStatement) -> [String] {
    let all = statements[statement.id] ?? []
    guard all.count > 1 else { return [] }
    func differ(_ part: (FleetStatement) -> some Hashable) -> Bool { Set(all.map(part)).count > 1 }
    var parts: [String] = []
    if differ(\.kind) { parts.append(statement.kind.name) }
    if differ(\.limit) { parts.append(FleetText.limit(statement)) }
    if differ(\.workers) { parts.append(Format.workers(statement.workers)) }
    let others = all.filter {
      ($0.kind, $0.limit, $0.workers) == (statement.kind, statement.limit, statement.workers)
    }
    return others.count > 1 || parts.isEmpty ? parts + [statement.text] : parts
  }
}
