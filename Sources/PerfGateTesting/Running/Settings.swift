import Foundation
import PerfGate

/// What the environment asks of the claims in tests.
///
/// | variable | meaning |
/// |---|---|
/// | `PERFGATE_STRICT` | 1: inconclusive and not checkable fail |
/// | `PERFGATE_REQUIRE` | patterns with commas between them: these claims fail when they are not decided |
/// | `PERFGATE_BUDGET` | seconds of a claim's rounds, 0.1 to 86400 (20); 0: all claims are skipped |
/// | `PERFGATE_QUIET_WAIT` | seconds that each claim waits at most until the machine is quiet, 0 to 86400 (30 for the first that finds it busy, 2 for those after it) |
/// | `PERFGATE_SEED` | decides inputs and orders (42) |
/// | `PERFGATE_REQUIRE_NUMA` | 1: fail unless libnuma is linked and works |
/// | `PERFGATE_BASELINES` | a folder of baselines (`baselines` in the package of the test) |
/// | `PERFGATE_UPDATE_BASELINES` | store sessions: `new` for claims without any, `all` for all, `better` or `worse` for those that have changed, at a new level |
/// | `PERFGATE_RECORD_DIR` | a folder for the record of the run, of both frameworks |
/// | `PERFGATE_JUNIT` | a file for the verdicts of a run, of both frameworks |
struct Settings: Hashable, Sendable {
  var strict = false
  var require: [String] = []
  /// `nil`: all claims are skipped.
  var budget: Double? = 20
  /// How long each claim waits until the machine is quiet, in seconds; `nil`: as long as is usual.
  var quietWait: Double?
  var seed: UInt64 = 42
  var requireNuma = false
  var baselines: String?
  /// Which claims get a stored session; `nil`: none.
  var record: BaselineUpdate.Selection?
  var records: String?
  var junit: String?

  /// Variables that were given under the names of earlier versions, with the names of today.
  private(set) var renamed: [String: String] = [:]

  /// The names of earlier versions, by those of today; they still work.
  private static let formerNames = [
    "PERFGATE_UPDATE_BASELINES": "PERFGATE_RECORD", "PERFGATE_RECORD_DIR": "PERFGATE_RECORDS",
  ]

  /// Settings that cannot be understood, in one line.
  struct Mistake: Error, Hashable, Sendable, CustomStringConvertible {
    var description: String
  }

  init() {}

  /// Reads the variables; one that is empty is as one that is not there.
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
  }

  /// Those of this process, read once.
  static let current: Result<Settings, Mistake> = {
    do throws(Mistake) {
      let settings = try Settings(ProcessInfo.processInfo.environment)
      for (former, name) in settings.renamed.sorted(by: { $0.key < $1.key }) {
        Console.say("\(former) is called \(name) now; the former name still works")
      }
      return .success(settings)
    } catch { return .failure(error) }
  }()

  /// Why a claim that is not decided fails; `nil`: it does not.
  func demand(_ id: String) -> String? {
    if strict { return "PERFGATE_STRICT=1" }
    return require.first { matchesGlob($0, id) }.map { "PERFGATE_REQUIRE=\($0)" }
  }
}
