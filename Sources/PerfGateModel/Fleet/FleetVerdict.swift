/// A verdict on a claim from several runs: on one machine key, or on a whole fleet.
package enum FleetVerdict: String, Hashable, Sendable, Codable, CaseIterable {
  /// Every run that decided, or every key that could check, says that it holds.
  case holds
  /// Every run that decided says that it is violated; of a fleet: some key does.
  case violated
  /// Some runs on one key say that it holds, others that it is violated. No fleet has this verdict.
  case mixed
  /// Measured, and decided by none.
  case inconclusive
  /// No run could check it.
  case notCheckable

  /// The verdict of one key.
  ///
  /// - Parameter runs: how many runs had each verdict. Runs that did not decide change nothing if
  ///   others did.
  package init(runs: (Verdict.Word) -> Int) {
    switch (runs(.holds) > 0, runs(.violated) > 0) {
    case (true, true): self = .mixed
    case (true, false): self = .holds
    case (false, true): self = .violated
    case (false, false): self = runs(.inconclusive) > 0 ? .inconclusive : .notCheckable
    }
  }

  /// The verdict of a fleet: it holds if it holds on each key that could check it, and is violated
  /// if it is violated in any run.
  ///
  /// - Parameter keys: how many keys have each verdict.
  package init(keys: (FleetVerdict) -> Int) {
    if keys(.violated) + keys(.mixed) > 0 {
      self = .violated
    } else if keys(.inconclusive) > 0 {
      self = .inconclusive
    } else {
      self = keys(.holds) > 0 ? .holds : .notCheckable
    }
  }

  /// Whether the claim was shown to be true or false.
  package var isDecided: Bool { self == .holds || self == .violated || self == .mixed }
}
