import PerfGateModel

/// A file that is made from a record, such as a JUnit file. Commands and tests offer each of them.
package struct Report: Sendable {
  /// The option of a command that names the file: `--junit`.
  package var option: String
  /// One line of help.
  package var help: String
  /// Whether it is only about claims, so that commands that judge none do not offer it.
  package var isAboutClaims: Bool
  /// Makes the contents of the file.
  package var text: @Sendable (Record) -> String

  /// The environment variable that names the file for tests: `PERFGATE_JUNIT`.
  package var variable: String {
    "PERFGATE_" + option.dropFirst(2).uppercased().replacing("-", with: "_")
  }

  /// All of them, in the order of the help text.
  package static let all = [
    junit,
    Report(
      option: "--markdown", help: "write tables and verdicts as Markdown", isAboutClaims: false,
      text: MarkdownReport.text),
    Report(
      option: "--csv", help: "write every round of every series as CSV", isAboutClaims: false,
      text: CSVReport.text),
    Report(
      option: "--google-benchmark",
      help: "write the series as JSON for Google Benchmark's compare.py and its like",
      isAboutClaims: false, text: GoogleBenchmarkReport.text),
  ]

  /// The verdicts as a JUnit file.
  package static let junit = Report(
    option: "--junit", help: "write verdicts as a JUnit file", isAboutClaims: true,
    text: { JUnitReport.xml([$0]) })
}
