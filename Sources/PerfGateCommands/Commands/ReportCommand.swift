import PerfGate
import PerfGateReport

/// Writes reports of stored records, which it judges again first; nothing is measured.
struct ReportCommand {
  private let options: Options
  private let output: CommandOutput
  private let paths: [String]

  init(_ invocation: Invocation, output: CommandOutput) throws(CommandError) {
    options = invocation.options
    self.output = output
    guard let path = options.path else {
      throw .usage(
        "report needs a record: expected \(output.program) report RECORD --html FILE")
    }
    paths = [path] + options.morePaths
    guard options.annotations || !options.reports.isEmpty else {
      throw .usage("report needs a file to write: expected --html FILE, or another report")
    }
    let ofOne = Report.googleBenchmark.option
    guard options.reports[ofOne] == nil || paths.count == 1 else {
      throw .usage("\(ofOne) is about one run: expected one record, found \(paths.count)")
    }
    guard options.reports[Report.html.option] != nil || options.besides.isEmpty else {
      throw .usage("--against needs --html FILE: the other reports show one record")
    }
  }

  func execute() throws(CommandError) -> Int32 {
    let reports = try ReportFiles(options)
    var records: [Record] = []
    for path in paths { records.append(try read(path)) }
    var others: [Record] = []
    for path in options.besides { others.append(try read(path)) }
    try OutputFiles(record: nil, reports: reports).write(records, beside: others, to: output)
    for record in records {
      reports.printAnnotations(record, to: output, isSilent: reports.takeStandardOutput)
    }
    return ExitCode.success.rawValue
  }

  private func read(_ path: String) throws(CommandError) -> Record {
    var record = try RecordInput.read(path)
    record.claims = Judge.results(record)
    record.remakeTables()
    return record
  }
}
