import Foundation
import PerfGate
import PerfGateReport

/// The reports that the options ask for besides the tables. Checked before anything is measured.
struct ReportFiles {
  private let options: Options

  /// Checks that each file can be written, and that no file is another output or the input.
  init(_ options: Options) throws(CommandError) {
    self.options = options
    var taken: [(option: String, path: String)] = []
    for path in [options.path].compactMap({ $0 }) + options.morePaths + options.besides
    where path != "-" {
      taken.append(("a record that is read", path))
    }
    if let path = options.json, path != "-" { taken.append(("--json", path)) }
    let reports = [
      ("--junit", options.junit), ("--markdown", options.markdown), ("--html", options.html),
    ]
    for (option, path) in reports {
      guard let path else { continue }
      guard path != "-" else { throw .usage("cannot use \(option) -: expected a file") }
      if let other = taken.first(where: { Self.isSameFile($0.path, path) }),
        !OutputFile.isDevice(path)
      {
        throw .usage("cannot use \(option) \(path): it is \(other.option); choose another file")
      }
      try OutputFile.check(path)
      taken.append((option, path))
    }
  }

  private static func isSameFile(_ one: String, _ other: String) -> Bool {
    func resolved(_ path: String) -> String {
      URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath().path
    }
    return resolved(one) == resolved(other)
  }

  /// The files and their contents.
  ///
  /// - Parameter others: records whose values are shown beside them.
  func files(
    _ records: [Record], beside others: [Record] = []
  ) -> [(path: String, text: () throws(CommandError) -> String)] {
    var files: [(path: String, text: () throws(CommandError) -> String)] = []
    if let path = options.junit { files.append((path, { JUnitReport.xml(records) })) }
    if let path = options.markdown {
      files.append((path, { records.map(MarkdownReport.text).joined(separator: "\n") }))
    }
    if let path = options.html {
      files.append((path, { HTMLReport.page(records, against: others) }))
    }
    return files
  }

  /// Prints lines for the log of a continuous integration run if `--annotations` was given.
  ///
  /// - Parameter isSilent: whether standard output is for JSON only. Then the lines go to standard
  ///   error; a log contains both.
  func printAnnotations(_ record: Record, to output: CommandOutput, isSilent: Bool) {
    guard options.annotations else { return }
    for line in AnnotationReport.lines(record) {
      if isSilent { output.error(line + "\n") } else { output.out(line + "\n") }
    }
  }
}

extension OptionRule {
  /// Options for reports about claims.
  static let claimReports: [OptionRule] = [
    OptionRule("--junit", "FILE", "write verdicts as a JUnit file") { $0.junit = $1 },
    OptionRule("--annotations", "", "print verdicts as lines for a CI log") { options, _ in
      options.annotations = true
    },
  ]

  /// Options for the tables as a report.
  static let tableReports: [OptionRule] = [
    OptionRule("--markdown", "FILE", "write tables and verdicts as Markdown") {
      $0.markdown = $1
    },
    html,
  ]

  /// The option for pictures.
  static let html = OptionRule(
    "--html", "FILE", "write charts, tables and verdicts as a page for a browser"
  ) { $0.html = $1 }

  /// What a report is laid beside.
  static let besides = OptionRule(
    "--against", "RECORD", "show the values of this record beside them; may be repeated",
    isRepeatable: true
  ) { $0.besides.append($1) }
}
