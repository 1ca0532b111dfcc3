import Foundation
import PerfGate
import PerfGateMachine
import PerfGateReport

/// One run of `swift test`. It has several processes: XCTest's, Swift Testing's, and with
/// `--parallel` one for each XCTest.
///
/// They have the same parent process, identified by its number and its start time. A process that
/// was not started by a Swift tool (by hand, by a debugger) is its own run.
enum TestRun {
  /// The run's name, such as `12345-6789012`: the number and the start time of the parent process.
  static let id: String = {
    let own = Int(getpid())
    if let parent = RunningProcesses.Status(pid: Int(getppid())), parent.name.hasPrefix("swift") {
      return name(Int(getppid()), parent)
    }
    return name(own, RunningProcesses.Status(pid: own))
  }()

  /// Whether another process belongs to the same run: both have the same parent.
  static func includes(process pid: Int) -> Bool {
    guard let parent = RunningProcesses.Status(pid: Int(getppid())), parent.name.hasPrefix("swift")
    else { return false }
    return RunningProcesses.Status(pid: pid)?.parent == Int(getppid())
  }

  private static func name(_ pid: Int, _ status: RunningProcesses.Status?) -> String {
    // Without /proc only the number is known.
    "\(pid)-\(status.map { "\($0.startTicks)" } ?? "0")"
  }
}

/// The results of a run so far, for the JUnit file. Kept in the temporary folder.
struct RunState: Codable, Hashable, Sendable {
  /// The result of a claim for the JUnit file.
  struct Entry: Codable, Hashable, Sendable {
    var id: String
    var test: String
    var seconds: Double
    /// `passed`, `warning`, `skipped` or `failed`.
    var outcome: String
    var text: String

    init(_ judgement: Judgement, _ finding: TestVerdict) {
      id = judgement.id
      test = judgement.test
      seconds = judgement.seconds
      (outcome, text) =
        switch finding {
        case .passed: ("passed", Self.numbers(judgement))
        case .warning(let text): ("warning", text)
        case .skipped(let text): ("skipped", text)
        case .failed(let text): ("failed", text)
        }
    }

    private static func numbers(_ judgement: Judgement) -> String {
      guard case .judged(let result, let record) = judgement.outcome else { return "" }
      return (TestText.holds(result, record) + judgement.took).asASCII
    }

    /// The case in the JUnit file.
    var junit: JUnitReport.Case {
      let suite = test.split(separator: ".").dropLast().joined(separator: ".")
      var one = JUnitReport.Case(
        name: id, classname: suite.isEmpty ? "perfgate" : suite, seconds: seconds,
        outcome: .passed)
      switch outcome {
      case "failed": one.outcome = .failed(message: text, kind: "claim")
      case "skipped": one.outcome = .skipped(message: text)
      default: one.output = text
      }
      return one
    }
  }

  /// When the first claim of the run was judged, ISO 8601.
  var started: String
  /// The machine, once a record has described it.
  var properties: [String: String] = [:]
  /// The claims in the order in which they were judged, each once.
  var entries: [Entry] = []

  /// Adds a claim, or replaces its earlier result.
  mutating func add(_ judgement: Judgement, _ finding: TestVerdict) {
    let entry = Entry(judgement, finding)
    entries.removeAll { $0.id == entry.id && $0.test == entry.test }
    entries.append(entry)
    if let record = judgement.record {
      properties = [
        "machine": record.machine.cpu, "machine key": record.machine.key,
        "allowed cpus": record.machine.allowedCPUs, "perfgate": record.tool.version,
        "seed": "\(record.seed)",
      ]
    }
  }

  var junit: String {
    JUnitReport.xml(suites: [
      JUnitReport.Suite(
        name: "perfgate test", timestamp: started,
        seconds: entries.reduce(0) { $0 + $1.seconds },
        properties: properties.sorted { $0.key < $1.key }.map {
          JUnitReport.Property(name: $0.key, value: $0.value)
        }, cases: entries.map(\.junit))
    ])
  }
}
