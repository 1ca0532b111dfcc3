import PerfGate

/// Judges a stored record again from its own rounds; nothing is measured.
struct JudgeCommand {
  private let options: Options
  private let output: CommandOutput
  private let path: String

  init(_ invocation: Invocation, output: CommandOutput) throws(CommandError) {
    options = invocation.options
    self.output = output
    guard let path = options.path else {
      throw .usage(
        "judge needs a record: expected \(output.program) judge RECORD, or - for standard input")
    }
    self.path = path
  }

  func execute() throws(CommandError) -> Int32 {
    var record = try RecordInput.read(path)
    let name = path == "-" ? "standard input" : path
    for pattern in options.require
    where !record.claimPlans.contains(where: { matchesGlob(pattern, $0.id) }) {
      let known = record.claimPlans.map(\.id)
      throw .usage(
        "--require \(pattern) matches no claim of \(name)"
          + Suggestion.text(
            pattern, among: known,
            else: known.isEmpty
              ? "it has none" : "expected one of \(known.joined(separator: ", "))"))
    }
    record.claims = Judge.results(record)
    record.remakeTables()
    let file = try options.json.map { request throws(CommandError) in
      try RecordFile(request: request, command: .judge)
    }
    return try JudgedRecord(options, file: file, output: output).finish(record)
  }
}
