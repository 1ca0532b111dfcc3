import Foundation
import PerfGate
import PerfGateReport

/// The settings for claims in tests, from environment variables.
///
/// | variable | meaning |
/// |---|---|
/// | `PERFGATE_STRICT` | 1: claims that are inconclusive or not checkable fail |
/// | `PERFGATE_REQUIRE` | names or patterns, separated by commas: these claims fail if they are not decided |
/// | `PERFGATE_BUDGET` | seconds for a claim's rounds, 0.1 to 86400 (20); 0 skips all claims |
/// | `PERFGATE_QUIET_WAIT` | how many seconds each claim waits for a quiet machine at most, 0 to 86400 (30 for the first that finds it busy, 2 for later ones) |
/// | `PERFGATE_STARTS` | 1: all rounds of a claim run in the test process itself, instead of each in a process of its own |
/// | `PERFGATE_SEED` | seed for inputs and the order of rounds (42) |
/// | `PERFGATE_REQUIRE_NUMA` | 1: fail unless libnuma is linked and works |
/// | `PERFGATE_BASELINES` | folder of baselines (`baselines` in the package of the test) |
/// | `PERFGATE_UPDATE_BASELINES` | stores sessions: `new` for claims without any, `all` for all, `better` or `worse` for those that have changed, at a new level |
/// | `PERFGATE_RECORD_DIR` | folder for the record of a run, with the claims of both frameworks |
/// | `PERFGATE_JUNIT` | JUnit file for the verdicts of a run, with the claims of both frameworks |
/// | `PERFGATE_HTML` | page with the charts and verdicts of a run, with the claims of both frameworks |
/// | `PERFGATE_MARKDOWN` | file for the verdicts and tables of a run as Markdown |
/// | `PERFGATE_CSV` | file for every round of a run as CSV |
/// | `PERFGATE_GOOGLE_BENCHMARK` | file for the series of a run as JSON for Google Benchmark's tools |
struct Settings: Hashable, Sendable {
  var strict = false
  var require: [String] = []
  /// Seconds for a claim's rounds; `nil`: all claims are skipped.
  var budget: Double? = 20
  /// How long each claim waits for a quiet machine, in seconds; `nil`: the default.
  var quietWait: Double?
  /// Whether all rounds run in this process.
  var oneProcess = false
  var seed: UInt64 = 42
  var requireNuma = false
  var baselines: String?
  /// Which claims' sessions to store; `nil`: none.
  var record: BaselineUpdate.Selection?
  var records: String?
  var junit: String?
  /// The other files to make of the record of a run, by the variables that name them.
  var reports: [String: String] = [:]

  /// Variables that were set under their former names, with their current names.
  private(set) var renamed: [String: String] = [:]

  /// The former names of variables, by their current names. They still work.
  private static let formerNames = [
    "PERFGATE_UPDATE_BASELINES": "PERFGATE_RECORD", "PERFGATE_RECORD_DIR": "PERFGATE_RECORDS",
  ]

  /// Which setting is wrong, in one line.
  struct Mistake: Error, Hashable, Sendable, CustomStringConvertible {
    var description: String
  }

  init() {}

  /// Reads the variables. An empty variable counts as not set.
  init(_ given: [String: String]) throws(Mistake) {
    var environment = given
    for (name, former) in Self.formerNames {
      guard let text = given[former], !text.isEmpty else { continue }
      if let other = given[name], !other.isEmpty, other != text {
        throw Mistake(
          description: "\(former)=\(text) and \(name)=\(other): \(former) is the former name of "
            + "\(name); set only that")
      }
      environment[name] = text
      renamed[former] = name
    }
    func value(_ name: String) -> String? {
      environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
    func wrong(_ name: String, _ expected: String) -> Mistake {
      Mistake(
        description: "cannot use \(name)=\(environment[name] ?? ""): expected \(expected)")
    }
    func flag(_ name: String) throws(Mistake) -> Bool {
      switch value(name) {
      case nil, "0": return false
      case "1": return true
      default: throw wrong(name, "0 or 1")
      }
    }
    strict = try flag("PERFGATE_STRICT")
    requireNuma = try flag("PERFGATE_REQUIRE_NUMA")
    if let text = value("PERFGATE_REQUIRE") {
      require = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      if require.contains("") {
        throw wrong("PERFGATE_REQUIRE", "names or patterns of claims, such as viete.*,text.scan.*")
      }
    }
    if let text = value("PERFGATE_BUDGET") {
      guard let seconds = Double(text), seconds == 0 || (0.1...86400) ~= seconds else {
        throw wrong("PERFGATE_BUDGET", "seconds from 0.1 to 86400, or 0 to skip all claims")
      }
      budget = seconds == 0 ? nil : seconds
    }
    if let text = value("PERFGATE_QUIET_WAIT") {
      guard let seconds = Double(text), (0...86400) ~= seconds else {
        throw wrong("PERFGATE_QUIET_WAIT", "seconds from 0 to 86400")
      }
      quietWait = seconds
    }
    switch value("PERFGATE_STARTS") {
    case nil: break
    case "1": oneProcess = true
    default:
      throw wrong("PERFGATE_STARTS", "1 (one process runs all rounds), or omit it")
    }
    if let text = value("PERFGATE_SEED") {
      guard let number = UInt64(text) else {
        throw wrong("PERFGATE_SEED", "a number from 0 to \(UInt64.max)")
      }
      seed = number
    }
    if let text = value("PERFGATE_UPDATE_BASELINES") {
      guard let selection = BaselineUpdate.Selection(rawValue: text) else {
        throw wrong("PERFGATE_UPDATE_BASELINES", "new, better, worse or all")
      }
      record = selection
    }
    baselines = value("PERFGATE_BASELINES")
    records = value("PERFGATE_RECORD_DIR")
    junit = value("PERFGATE_JUNIT")
    for report in Report.all where report.option != Report.junit.option {
      reports[report.variable] = value(report.variable)
    }
  }

  /// The settings of this process, read once.
  static let current: Result<Settings, Mistake> = {
    do throws(Mistake) {
      let settings = try Settings(ProcessInfo.processInfo.environment)
      for (former, name) in settings.renamed.sorted(by: { $0.key < $1.key }) {
        Console.say("\(former) is now called \(name); the former name still works")
      }
      return .success(settings)
    } catch { return .failure(error) }
  }()

  /// The setting that makes a claim fail if it is not decided; `nil`: none does.
  func demand(_ id: String) -> String? {
    if strict { return "PERFGATE_STRICT=1" }
    return require.first { matchesGlob($0, id) }.map { "PERFGATE_REQUIRE=\($0)" }
  }
}
