import PerfGateModel

/// Messages about storing sessions, the same for commands and for tests.
package enum BaselineText {
  /// Why no session of a run is stored.
  package static func sentence(_ refusal: BaselineRefusal) -> String {
    switch refusal {
    case .disturbed(let count, let all, let claim, let reason):
      "not stored, the run was too disturbed for \(count) of \(all) claims, such as \(claim): "
        + "\(ReasonText.sentence(reason)); try again when the machine is quiet"
    case .nothingMeasured(let claim?, let reason?, _):
      "not stored, nothing was measured: \(claim): \(ReasonText.sentence(reason))"
    case .nothingMeasured: "not stored, nothing was measured: there are no claims"
    }
  }

  /// The result of storing the session of a claim.
  package static func line(_ claim: String, _ outcome: BaselineUpdate.Outcome) -> String {
    switch outcome {
    case .stored(let sessions, let change, let beginsLevel):
      let compared = change.map { change in
        let percent = (change - 1) * 100
        return
          " (\(percent < 0 ? "-" : "+")\(Format.fixed(abs(percent), 1)) % against the earlier ones)"
      }
      return "\(claim): session \(sessions) stored\(compared ?? "")"
        + (beginsLevel ? ", a new level begins" : "")
    case .unselected: return "\(claim): unchanged"
    case .unmeasured(let reason), .disturbed(let reason):
      return "\(claim): not stored: \(ReasonText.sentence(reason))"
    }
  }
}
