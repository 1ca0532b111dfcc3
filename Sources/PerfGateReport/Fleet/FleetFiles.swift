import PerfGateModel

extension FleetReport {
  /// The verdicts of a fleet as Markdown, for the summary of a continuous integration run.
  package static func markdown(_ result: FleetResult) -> String {
    var blocks = ["## perfgate merge: \(MarkdownReport.escaped(summary(result).text))"]
    let lines = (header(result) + notes(result)).map(MarkdownReport.escaped)
    blocks.append(lines.map { "- \($0)" }.joined(separator: "\n"))
    blocks += [claimTable(result), keyTable(result)].filter { !$0.isEmpty }
      .map(MarkdownReport.table)
    return blocks.joined(separator: "\n\n") + "\n"
  }

  /// The verdicts of a fleet as a JUnit file: a case for each claim, and one with an error for each
  /// record that could not be read, so that the file is never green when the command failed.
  package static func junit(_ result: FleetResult) -> String {
    let classname = "perfgate.merge"
    var cases = result.claims.map { claim in
      let label = result.label(claim.statement)
      let reason = FleetText.reason(claim)
      let words = FleetText.word(claim.verdict) + (reason.isEmpty ? "" : " \(reason)")
      let message = "\(claim.statement.text): \(words)"
      let outcome: JUnitReport.Outcome =
        switch claim.verdict {
        case .holds, .inconclusive: .passed
        case .notCheckable: .skipped(message: words)
        case .violated, .mixed: .failed(message: message, kind: "violated")
        }
      return JUnitReport.Case(
        name: label, classname: classname, outcome: outcome,
        output: outcome == .passed ? message : keyLines(claim, result).joined(separator: "\n"))
    }
    cases += unproven(result).map {
      JUnitReport.Case(
        name: "work of \($0.title)", classname: classname,
        outcome: .failed(message: "work not proven: \($0.text)", kind: "not proven"))
    }
    cases += result.unreadable.map {
      JUnitReport.Case(
        name: "record \($0.name)", classname: classname,
        outcome: .error(message: $0.problem, kind: "unreadable"))
    }
    let output = (header(result) + notes(result)).joined(separator: "\n")
    return JUnitReport.xml(suites: [
      JUnitReport.Suite(name: "perfgate merge", cases: cases, output: output)
    ])
  }

  /// What each key found on which a claim does not simply hold.
  private static func keyLines(_ claim: FleetClaim, _ result: FleetResult) -> [String] {
    claim.machines.filter { $0.tally.verdict != .holds }.map { key, tally in
      "\(key): \(FleetText.word(tally.verdict)): \(FleetText.runs(tally, result.fleet.names))"
    }
  }
}
