import PerfGate

/// The claims of a process by name. Two with the same name would be one claim in reports and
/// baselines.
struct ClaimNames: Sendable {
  private struct Known: Hashable {
    var claim: Claim
    var test: String
    var place: Place
  }

  /// What to do with a claim whose name is taken.
  struct Taken {
    var id: String
    var outcome: Judgement.Outcome
  }

  /// In order of arrival.
  private var known: [String: [Known]] = [:]

  /// Adds a claim. The same test may run again.
  ///
  /// - Returns: why the claim cannot be judged; `nil` if its name is unique. Within one test the
  ///   later claim is refused and gets a number. Among several tests all are refused alike, because
  ///   which one comes first changes from run to run.
  mutating func add(_ claim: Claim, test: String, place: Place) -> Taken? {
    let new = Known(claim: claim, test: test, place: place)
    var all = known[claim.id, default: []]
    if !all.contains(new) { all.append(new) }
    known[claim.id] = all
    guard all.count > 1 else { return nil }
    if all.allSatisfy({ $0.test == test }) {
      guard let index = all.firstIndex(of: new), index > 0 else { return nil }
      return Taken(
        id: "\(claim.id)#\(index + 1)",
        outcome: .mistake(
          "another claim of this test is called \(claim.id), at \(all[0].place); "
            + "give each a name of its own: id: \"name\""))
    }
    let places = all.sorted { $0.place < $1.place }
    let text = places.map { "\($0.test) at \($0.place)" }.joined(separator: ", ")
    return Taken(
      id: claim.id,
      outcome: .nameTaken(
        "\(all.count) claims are called \(claim.id): \(text); "
          + "give each a name of its own: id: \"name\"", places[places.count - 1].place))
  }

  /// The tests that have claims with this name.
  func tests(of name: String) -> [String] { known[name, default: []].map(\.test) }
}
