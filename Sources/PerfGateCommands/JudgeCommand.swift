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
      throw .usage("--require \(pattern) names no claim of \(path): expected one of \(known)")
    }
    record.claims = Judge.results(record)
    let file = try options.json.map { wish throws(CommandError) in
      try RecordFile(wish: wish, command: .judge)
    }
    if case .standardOutput = file {
    } else {
      let lines =
        ConsoleReport.header(record) + ConsoleReport.unproven(record)
        + (record.claims.isEmpty ? [ConsoleReport.summary(record)] : ConsoleReport.claims(record))
      output.out(lines.joined(separator: "\n") + "\n")
    }
    try file?.write(record, to: output)
    return ClaimExit(claims: record.claims, options: options).code.rawValue
  }
}
