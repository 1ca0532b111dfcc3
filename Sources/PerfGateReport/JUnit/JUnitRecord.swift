import PerfGateModel

extension JUnitReport {
  /// The text of a file with one suite for each record; see ``xml(suites:)``.
  package static func xml(_ records: [Record]) -> String {
    xml(suites: records.map { Suite(record: $0) })
  }
}

extension JUnitReport.Suite {
  /// A suite with one case for each claim.
  ///
  /// A variant whose work is not proven is a failed case, and an incomplete run is a case with an
  /// error. So the file is never green when the command failed.
  ///
  /// - Parameters:
  ///   - record: a record with verdicts.
  ///   - name: the suite's name; `nil`: `perfgate` and the command.
  package init(record: Record, name: String? = nil) {
    let classname = record.command.isEmpty ? "perfgate" : "perfgate.\(record.command)"
    let index = RecordIndex(record)
    var cases = record.claims.map {
      JUnitReport.Case(claim: $0, in: index, classname: classname)
    }
    cases += record.unproven.map {
      JUnitReport.Case(
        name: "work of \($0.kernel)/\($0.variant)", classname: classname,
        outcome: .failed(message: "work not proven: \($0.reason)", kind: "not proven"))
    }
    if !record.complete {
      cases.append(
        JUnitReport.Case(
          name: "the whole run", classname: classname,
          outcome: .error(message: ConsoleReport.incompleteText, kind: "incomplete"))
      )
    }
    self.init(
      name: name ?? classname.split(separator: ".").joined(separator: " "),
      timestamp: record.started, seconds: record.seconds,
      properties: [
        JUnitReport.Property(name: "machine", value: record.machine.cpu),
        JUnitReport.Property(name: "machine key", value: record.machine.key),
        JUnitReport.Property(name: "allowed cpus", value: record.machine.allowedCPUs),
        JUnitReport.Property(name: "perfgate", value: record.tool.version),
        JUnitReport.Property(name: "seed", value: "\(record.seed)"),
      ],
      cases: cases, output: record.notes.map(\.text).joined(separator: "\n"))
  }
}

extension JUnitReport.Case {
  /// The case of a claim. A violated claim and work that is not proven fail, a claim that is not
  /// checkable is skipped with its numbers, an inconclusive one passes and says why.
  init(claim: ClaimResult, in index: RecordIndex, classname: String) {
    let message = ClaimText.message(claim, in: index.record)
    self.init(
      name: claim.id, classname: classname,
      seconds: ClaimText.measuredSeconds(claim, in: index),
      outcome: .passed, output: claim.text.isEmpty ? message : "\(claim.text): \(message)")
    switch claim.severity() {
    case .pass, .note, .warning: break
    case .skip:
      outcome = .skipped(
        message: claim.sentence ?? ClaimText.word(claim))
    case .failure:
      outcome = .failed(
        message: message, kind: claim.isUnproven ? "not proven" : ClaimText.word(claim))
    }
  }
}
