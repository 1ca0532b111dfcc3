import PerfGateModel

/// A file that is made from records, such as a JUnit file. Commands and tests offer each of them.
package struct Report: Sendable {
  /// The option of a command that names the file: `--junit`.
  package var option: String
  /// One line of help.
  package var help: String
  /// Whether it is only about claims, so that commands that judge none do not offer it.
  package var isAboutClaims: Bool
  /// Makes the contents of the file, from records and others whose values are shown beside them.
  package var text: @Sendable (_ records: [Record], _ others: [Record]) -> String

  /// The contents of the file for one record.
  package func text(_ record: Record) -> String { text([record], []) }

  /// The environment variable that names the file for tests: `PERFGATE_JUNIT`.
  package var variable: String {
    "PERFGATE_" + option.dropFirst(2).uppercased().replacing("-", with: "_")
  }

  /// All of them, in the order of the help text.
  package static let all = [
    junit,
    Report(
      option: "--markdown", help: "write tables and verdicts as Markdown", isAboutClaims: false,
      text: { records, _ in records.map(MarkdownReport.text).joined(separator: "\n") }),
    html,
    Report(
      option: "--csv", help: "write every round of every series as CSV", isAboutClaims: false,
      text: { records, _ in CSVReport.text(records) }),
    googleBenchmark,
  ]

  /// The series as JSON for other tools, which expect one run in a file.
  package static let googleBenchmark = Report(
    option: "--google-benchmark",
    help: "write the series as JSON for Google Benchmark's compare.py and its like",
    isAboutClaims: false, text: { records, _ in GoogleBenchmarkReport.text(records) })

  /// The verdicts as a JUnit file.
  package static let junit = Report(
    option: "--junit", help: "write verdicts as a JUnit file", isAboutClaims: true,
    text: { records, _ in JUnitReport.xml(records) })

  /// Charts, verdicts and tables as a page.
  package static let html = Report(
    option: "--html", help: "write charts, tables and verdicts as a page for a browser",
    isAboutClaims: false, text: { HTMLReport.page($0, against: $1) })
}
