import PerfGate
import PerfGateReport

/// Judges a stored record again from its own rounds; nothing is measured.
struct JudgeCommand {
  private let options: Options
  private let output: CommandOutput
  private let path: String

  init(_ invocation: Invocation, output: CommandOutput) throws(CommandError) {
    options = invocation.options
    self.output = output
    guard let path = options.path else {
      throw .usage("judge needs a record: expected perfgate judge RECORD")
    }
    self.path = path
  }

  func execute() throws(CommandError) -> Int32 {
    var record: Record
    do { record = try Record.read(path: path) } catch {
      throw CommandError(.badData, error.description)
    }
    for pattern in options.require
    where !record.claimPlans.contains(where: { matchesGlob(pattern, $0.id) }) {
      let known = record.claimPlans.map(\.id).joined(separator: ", ")
      throw .usage(
        "--require \(pattern) names no claim of \(path): "
          + (known.isEmpty ? "it has none" : "expected one of \(known)"))
    }
    record.claims = Judge.results(record)
    record.remakeTables()
    let file = try options.json.map { wish throws(CommandError) in
      try RecordFile(wish: wish, command: .judge)
    }
    let reports = try ReportFiles(options)
    // Files first: whoever reads the tables may go away before their end.
    var isSilent = false
    if case .standardOutput = file { isSilent = true }
    try file?.write(record, to: output, showsPath: false)
    try reports.write(record)
    if !isSilent { output.show(lines(record)) }
    reports.printAnnotations(record, to: output, isSilent: isSilent)
    if let path = file?.path { output.show([path]) }
    return ClaimExit(record, options: options).end(output)
  }

  private func lines(_ record: Record) -> [String] {
    ConsoleReport.header(record) + ConsoleReport.body(record, width: output.columns)
      + (record.claims.isEmpty ? [ConsoleReport.summary(record)] : [])
  }
}
