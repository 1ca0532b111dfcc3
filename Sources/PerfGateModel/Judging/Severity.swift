/// What a verdict means to whoever asked: the one table that reports, test frameworks and exit codes share.
package enum Severity: Int, Hashable, Sendable, Comparable, CaseIterable {
  /// Nothing to say.
  case pass
  /// It holds, and there is something to know besides.
  case note
  /// It was measured and is not decided.
  case warning
  /// It cannot be known here.
  case skip
  /// It is false, its work is not proven, or somebody demands a decision that there is not.
  case failure

  /// By how much it matters.
  package static func < (one: Severity, other: Severity) -> Bool { one.rawValue < other.rawValue }
}

extension ClaimResult {
  /// What the verdict means.
  ///
  /// - Parameter isDemanded: whether a decision is demanded: what is not decided fails then.
  package func severity(isDemanded: Bool = false) -> Severity {
    let severity: Severity =
      switch verdict {
      case .holds: remarks.isEmpty ? .pass : .note
      case .violated: .failure
      case .inconclusive: .warning
      case .notCheckable(let reason): reason.cause == .notProven ? .failure : .skip
      }
    return isDemanded && severity > .note ? .failure : severity
  }

  /// Whether it was shown to be true or false.
  package var isDecided: Bool { verdict == .holds || verdict == .violated }

  /// Whether it could have been decided here on a quieter machine.
  package var isLostToDisturbance: Bool { !isDecided && cause == .disturbed }

  /// Whether it cannot be checked because work is not proven, which is a fault and no limit of the
  /// machine.
  package var isUnproven: Bool { !verdict.isChecked && cause == .notProven }
}
