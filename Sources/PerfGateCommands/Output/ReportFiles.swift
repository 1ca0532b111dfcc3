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
    if let path = options.json { taken.append(("--json", path)) }
    for option in Report.all.map(\.option) {
      guard let path = options.reports[option] else { continue }
      if path == "-" {
        if let other = taken.first(where: { $0.path == "-" }) {
          throw .usage(
            "cannot use \(option) -: standard output is for \(other.option); name a file")
        }
        taken.append((option, path))
        continue
      }
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
    // Standard output is no file.
    guard one != "-", other != "-" else { return one == other }
    return AtomicFile.isSame(one, other)
  }

  /// Whether standard output is for one of them, and nothing else may go there.
  var takeStandardOutput: Bool { options.reports.values.contains("-") }

  /// The files and their contents; `-` is standard output.
  ///
  /// - Parameter others: records whose values are shown beside them, where the report can do that.
  func files(
    _ records: [Record], beside others: [Record] = []
  ) -> [(path: String, text: () throws(CommandError) -> String)] {
    Report.all.compactMap { report in
      options.reports[report.option].map { path in (path, { report.text(records, others) }) }
    }
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
  static let claimReports: [OptionRule] =
    files(Report.all.filter(\.isAboutClaims)) + [
      OptionRule("--annotations", "", "print verdicts as lines for a CI log") { options, _ in
        options.annotations = true
      }
    ]

  /// Options for reports about everything that was measured.
  static let tableReports = files(Report.all.filter { !$0.isAboutClaims })

  private static func files(_ reports: [Report]) -> [OptionRule] {
    reports.map { report in
      OptionRule(report.option, "FILE|-", report.help) { $0.reports[report.option] = $1 }
    }
  }

  /// The reports that are made of a fleet.
  static let fleetReports = files(
    Report.all.filter { FleetFiles.reports.contains($0.option) })

  /// The option for pictures.
  static let html = files([Report.html])[0]

  /// What a report is laid beside.
  static let besides = OptionRule(
    "--against", "RECORD", "show the values of this record beside them; may be repeated",
    isRepeatable: true
  ) { $0.besides.append($1) }
}
