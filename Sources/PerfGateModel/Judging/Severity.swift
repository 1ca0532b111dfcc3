/// How serious a verdict is. Reports, test frameworks and exit codes share this table.
package enum Severity: Int, Hashable, Sendable, Comparable, CaseIterable {
  /// The claim holds.
  case pass
  /// The claim holds and has a remark.
  case note
  /// The claim was measured and is not decided.
  case warning
  /// The claim cannot be checked here.
  case skip
  /// The claim is violated, its work is not proven, or a demanded decision is missing.
  case failure

  /// Orders from the least serious to the most serious.
  package static func < (one: Severity, other: Severity) -> Bool { one.rawValue < other.rawValue }
}

extension ClaimResult {
  /// The severity of the verdict.
  ///
  /// - Parameter isDemanded: whether a decision is demanded. Then a claim that is not decided
  ///   fails.
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

  /// Whether the claim was shown to be true or false.
  package var isDecided: Bool { verdict == .holds || verdict == .violated }

  /// Whether a quieter machine might have decided the claim.
  package var isLostToDisturbance: Bool { !isDecided && cause == .disturbed }

  /// Whether it cannot be checked because work is not proven, which is a fault of the program and
  /// not a limit of the machine.
  package var isUnproven: Bool { !verdict.isChecked && cause == .notProven }
}
