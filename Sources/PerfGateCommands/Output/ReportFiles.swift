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
    if let path = options.path, path != "-" { taken.append(("the record that is read", path)) }
    if let path = options.json, path != "-" { taken.append(("--json", path)) }
    for (option, path) in [("--junit", options.junit), ("--markdown", options.markdown)] {
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
  func files(_ record: Record) -> [(path: String, text: () throws(CommandError) -> String)] {
    var files: [(path: String, text: () throws(CommandError) -> String)] = []
    if let path = options.junit { files.append((path, { JUnitReport.xml([record]) })) }
    if let path = options.markdown { files.append((path, { MarkdownReport.text(record) })) }
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

  /// The option for the tables as a report.
  static let markdown = OptionRule("--markdown", "FILE", "write tables and verdicts as Markdown") {
    $0.markdown = $1
  }
}
