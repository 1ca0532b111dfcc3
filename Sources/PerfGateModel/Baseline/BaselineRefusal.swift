/// Why no session of a run is stored, by commands and by tests alike.
package enum BaselineRefusal: Error, Hashable, Sendable {
  /// More claims were too disturbed than could be stored. Includes one of them with its reason.
  case disturbed(Int, of: Int, claim: String, reason: Reason)
  /// Nothing was measured. Includes the first claim with its reason; `nil` if there are no claims.
  case nothingMeasured(claim: String?, reason: Reason?, cause: Cause?)
}

extension BaselineUpdate {
  /// Why no session of the run may be stored, whatever is selected; `nil`: its sessions may be.
  package static func refusal(_ record: Record) -> BaselineRefusal? {
    var empty = Baseline(machine: Baseline.Machine(record.machine))
    let outcomes = BaselineUpdate(selection: .all, commit: "").apply(record, to: &empty)
    var disturbed: [(claim: String, reason: Reason)] = []
    var unmeasured: [(claim: String, reason: Reason)] = []
    for (claim, outcome) in outcomes {
      switch outcome {
      case .disturbed(let reason): disturbed.append((claim, reason))
      case .unmeasured(let reason): unmeasured.append((claim, reason))
      case .stored, .unselected: break
      }
    }
    let stored = outcomes.count - disturbed.count - unmeasured.count
    if let first = disturbed.first, disturbed.count > stored {
      return .disturbed(
        disturbed.count, of: disturbed.count + stored, claim: first.claim, reason: first.reason)
    }
    guard stored == 0 else { return nil }
    // Trying again helps only against disturbance.
    let isDisturbed = record.claims.contains { $0.cause == .disturbed }
    let cause: Cause? = isDisturbed ? .disturbed : record.unproven.isEmpty ? nil : .notProven
    return .nothingMeasured(
      claim: unmeasured.first?.claim, reason: unmeasured.first?.reason, cause: cause)
  }
}
