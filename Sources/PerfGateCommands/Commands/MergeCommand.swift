import PerfGate
import PerfGateReport

/// Judges the records of many machines or runs again, and counts their verdicts by machine key;
/// nothing is measured.
struct MergeCommand {
  private let options: Options
  private let output: CommandOutput
  private let paths: RecordPaths

  init(_ invocation: Invocation, output: CommandOutput) throws(CommandError) {
    options = invocation.options
    self.output = output
    guard options.path != nil || options.filesFrom != nil else {
      throw .usage(
        "merge needs records: expected \(output.program) merge RECORD… (files, or folders of them), "
          + "or --files-from FILE")
    }
    let named = [options.path, options.filesFrom].compactMap { $0 } + options.morePaths
    guard named.count(where: { $0 == "-" }) <= 1 else {
      throw .usage("standard input can be one record or the list of records: name - only once")
    }
    paths = try RecordPaths(invocation.options)
  }

  func execute() throws(CommandError) -> Int32 {
    let files = try FleetFiles(options, paths)
    var unreadable = paths.unreadable
    for one in unreadable { output.complain("perfgate: \(one.problem)") }
    var fleet = Fleet()
    try FleetReader.read(paths.files, into: &fleet) { one in
      output.complain("perfgate: \(one.problem)")
      unreadable.append(one)
    }
    let result = FleetResult(fleet, unreadable: unreadable)
    try checkNames(result)
    try files.write(result, to: output)
    if !files.takeStandardOutput, !fleet.names.isEmpty {
      output.show(FleetReport.lines(result, width: output.columns))
    }
    return FleetExit(result: result, options: options).end(output)
  }

  /// Refuses a demand for claims that no record has. One that could not be read may have them.
  private func checkNames(_ result: FleetResult) throws(CommandError) {
    guard result.unreadable.isEmpty else { return }
    for pattern in options.require
    where !result.claims.contains(where: { matchesGlob(pattern, $0.statement.id) }) {
      let known = Set(result.claims.map(\.statement.id)).sorted()
      throw .usage(
        "--require \(pattern) matches no claim of the records"
          + Suggestion.text(
            pattern, among: known,
            else: known.isEmpty
              ? "they have none" : "expected one of \(known.joined(separator: ", "))"))
    }
  }
}
