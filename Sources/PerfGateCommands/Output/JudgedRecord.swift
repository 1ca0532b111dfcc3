import PerfGate
import PerfGateReport

/// Where a record goes that was judged without measuring here: files, reports, tables, the exit status.
struct JudgedRecord {
  private let options: Options
  private let output: CommandOutput
  private let file: RecordFile?
  private let reports: ReportFiles

  /// Checks that all files can be written.
  init(_ options: Options, file: RecordFile?, output: CommandOutput) throws(CommandError) {
    self.options = options
    self.file = file
    self.output = output
    reports = try ReportFiles(options)
  }

  /// Writes and prints everything; returns the exit status.
  func finish(_ record: Record) throws(CommandError) -> Int32 {
    try show(record)
    return ClaimExit(record, options: options).end(output)
  }

  /// Writes and prints everything.
  func show(_ record: Record) throws(CommandError) {
    // Files first: the reader of the tables may close its pipe before they end.
    let files = OutputFiles(record: file, reports: reports)
    let isSilent = files.takeStandardOutput
    try files.write(record, to: output)
    if !isSilent { output.show(lines(record)) }
    reports.printAnnotations(record, to: output, isSilent: isSilent)
    if let path = file?.path, !isSilent { output.show([path]) }
  }

  /// Writes a record that is not complete: what is left if this process is killed.
  func keep(_ record: Record) {
    guard let path = file?.path, !OutputFile.isPipe(path), !OutputFile.isDevice(path) else {
      return
    }
    try? OutputFile.write(RecordFile.text(record), to: path, output)
  }

  private func lines(_ record: Record) -> [StyledLine] {
    ConsoleReport.header(record, width: output.columns).map { StyledLine($0) }
      + ConsoleReport.styledBody(record, width: output.columns)
      + (record.claims.isEmpty ? [StyledLine(ConsoleReport.summary(record))] : [])
  }
}
