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
      properties: Self.properties(record).filter { !$0.value.isEmpty }.map {
        JUnitReport.Property(name: $0, value: $1)
      },
      cases: cases, output: Self.output(record).joined(separator: "\n"))
  }

  /// The machine, the build, and what was compared on it.
  private static func properties(_ record: Record) -> [(name: String, value: String)] {
    var properties = [
      ("machine", record.machine.cpu), ("machine key", record.machine.key),
      ("allowed cpus", record.machine.allowedCPUs), ("perfgate", record.tool.version),
      ("seed", "\(record.seed)"), ("complete", "\(record.complete)"),
      ("swift", record.tool.swift), ("configuration", record.tool.configuration),
      ("placement", "\(record.plan.places), \(record.plan.bind)"),
    ]
    let executors = Set(record.series.map(\.executor)).filter(ExecutorName.handsOut).sorted()
    if !executors.isEmpty {
      properties.append(("executors", executors.joined(separator: " ")))
    }
    if let both = record.revisions {
      properties.append(("old revision", ConsoleReport.name(both.old)))
      properties.append(("new revision", ConsoleReport.name(both.new)))
    }
    var runtimes: Set<String> = []
    for row in record.peers where runtimes.insert(row.runtime).inserted {
      properties.append(
        ("runtime \(row.runtime)", row.missing.map { "not here: \($0)" } ?? row.version))
    }
    return properties
  }

  /// What a person should know besides the cases.
  private static func output(_ record: Record) -> [String] {
    record.notes.map(\.text)
      + (record.revisions?.changed ?? []).map {
        "\($0.kernel)/\($0.variant) cannot be compared: \($0.reason)"
      } + Findings.all(record).map { "\($0.title): \($0.text)" }
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
