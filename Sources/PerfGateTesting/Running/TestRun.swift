import Foundation
import PerfGate
import PerfGateMachine
import PerfGateReport

/// One `swift test`, which is several processes: XCTest's, that of Swift Testing, and with `--parallel`
/// one for each XCTest.
///
/// They have one parent, and a parent is told from another of the same number by when it was started. A
/// process that was not started by a program of Swift's (by hand, by a debugger) is a run of its own.
enum TestRun {
  /// The run's name: `12345-6789012`, the number of its process and when that was started.
  static let id: String = {
    let own = Int(getpid())
    if let parent = RunningProcesses.Status(pid: Int(getppid())), parent.name.hasPrefix("swift") {
      return name(Int(getppid()), parent)
    }
    return name(own, RunningProcesses.Status(pid: own))
  }()

  /// Whether another process is of the same run: a child of the program that started this one.
  static func includes(process pid: Int) -> Bool {
    guard let parent = RunningProcesses.Status(pid: Int(getppid())), parent.name.hasPrefix("swift")
    else { return false }
    return RunningProcesses.Status(pid: pid)?.parent == Int(getppid())
  }

  private static func name(_ pid: Int, _ status: RunningProcesses.Status?) -> String {
    // Without /proc a number alone has to do.
    "\(pid)-\(status.map { "\($0.startTicks)" } ?? "0")"
  }
}

/// What is known so far of a run, for the JUnit file; kept in the temporary folder.
struct RunState: Codable, Hashable, Sendable {
  /// What became of a claim, as the JUnit file tells it.
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

    /// The case of a JUnit file.
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

  /// When the first claim of the run was judged.
  var started: String
  /// The machine, as far as a record told of it.
  var properties: [String: String] = [:]
  /// In the order in which they were judged; each once.
  var entries: [Entry] = []

  /// Adds a claim, or replaces what was known of it.
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

  /// The text of the JUnit file.
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
