import PerfGate
import PerfGateReport

/// Turns the verdicts of a fleet into an exit status, as ``ClaimExit`` does for one run.
struct FleetExit {
  let result: FleetResult
  let options: Options

  /// Returns the exit status. Prints the reason to standard error if it is not 0.
  func end(_ output: CommandOutput) -> Int32 {
    for (variant, text) in FleetReport.unproven(result) {
      output.complain("perfgate: work of \(variant) is not proven: \(text)")
    }
    let (code, line) = conclusion
    if let line { output.complain("perfgate: \(line)") }
    return code.rawValue
  }

  /// A violated claim stands whatever else could be read. All other verdicts may change with records
  /// that could not.
  var conclusion: (code: ExitCode, line: String?) {
    if result.claims.contains(where: { $0.verdict == .violated }) { return (.violated, nil) }
    if !result.fleet.unproven.isEmpty { return (.software, nil) }
    if let claim = result.claims.first(where: { $0.runs(without: .notProven) > 0 }) {
      let runs = FleetText.runs(claim.runs(without: .notProven))
      return (.software, "\(result.label(claim.statement)): work is not proven in \(runs)")
    }
    if !result.unreadable.isEmpty {
      // The lines about each of them say it all.
      guard !result.fleet.names.isEmpty else { return (.badData, nil) }
      return (.badData, "the verdicts are without what could not be read: see the lines above")
    }
    if let line = refusal { return (.undecided, line) }
    if let line = lostToDisturbance { return (.notNow, line) }
    return (.success, nil)
  }

  /// What `--strict` or `--require` does not accept; `nil` if they accept everything.
  private var refusal: String? {
    var demands = options.require.map { pattern in
      ("--require \(pattern)", result.claims.filter { matchesGlob(pattern, $0.statement.id) })
    }
    if options.strict { demands.insert(("--strict", result.claims), at: 0) }
    for (demand, named) in demands {
      let open = named.filter { !$0.verdict.isDecided }
      if named.isEmpty { return "\(demand): no claim was judged" }
      guard let first = open.first else { continue }
      return "\(demand): \(open.count) of \(named.count) claims "
        + "\(open.count == 1 ? "is" : "are") not decided, for example \(text(first))"
    }
    return nil
  }

  /// A message if no run decided anything because its machine was too busy; `nil` otherwise.
  private var lostToDisturbance: String? {
    guard !result.claims.contains(where: \.verdict.isDecided) else { return nil }
    let lost = result.claims.filter { $0.runs(without: .disturbed) > 0 }
    guard let first = lost.first else { return nil }
    return "nothing was decided: \(lost.count) of \(result.claims.count) claims "
      + "\(lost.count == 1 ? "was" : "were") lost to disturbance, for example \(text(first)); "
      + "run again when the machines are quiet"
  }

  private func text(_ claim: FleetClaim) -> String {
    let reason = FleetText.reason(claim)
    return result.label(claim.statement) + (reason.isEmpty ? "" : ": \(reason)")
  }
}
