import PerfGateModel

/// Machine keys that could not decide a claim for the same kind of reason.
struct UndecidedKeys {
  let verdict: FleetVerdict
  private(set) var keys: [String]
  private(set) var runs: Int
  /// The most frequent reason on the first of them.
  let sentence: String
  /// Whether it is the same on all of them, with its numbers.
  private(set) var isSame = true

  /// The keys that could not decide, in their order: together where their reasons differ only in
  /// numbers.
  ///
  /// - Parameter most: with more kinds of reasons than that, such as those that name the machine,
  ///   keys are together where the causes are the same.
  static func all(_ claim: FleetClaim, most: Int) -> [UndecidedKeys] {
    let groups = grouped(claim) { $0.kind }
    return groups.count <= most ? groups : grouped(claim) { $0.cause?.rawValue ?? "" }
  }

  private static func grouped(
    _ claim: FleetClaim, by kind: (FleetReason) -> String
  ) -> [UndecidedKeys] {
    struct Kind: Hashable {
      var verdict: FleetVerdict
      var reason: String?
    }
    var groups: [UndecidedKeys] = []
    var places: [Kind: Int] = [:]
    for (key, tally) in claim.machines where !tally.verdict.isDecided {
      let reason = tally.reason?.reason
      let group = Kind(verdict: tally.verdict, reason: reason.map(kind))
      if let place = places[group] {
        groups[place].keys.append(key)
        groups[place].runs += tally.count
        if groups[place].sentence != reason?.sentence { groups[place].isSame = false }
        continue
      }
      places[group] = groups.count
      groups.append(
        UndecidedKeys(
          verdict: tally.verdict, keys: [key], runs: tally.count,
          sentence: reason?.sentence ?? ""))
    }
    return groups
  }
}
