import Foundation
import PerfGate
import PerfGateReport
import Testing

/// Records that can be read though no run wrote them: what the fuzzer found, and its neighbours.
@Suite struct StrangeRecordTests {
  /// All that a command does with a record.
  static func reported(_ record: Record) throws -> String {
    var record = try Record.decode(Data(record.json().utf8))
    record.claims = Judge.results(record)
    record.remakeTables()
    _ = (MarkdownReport.text(record), JUnitReport.xml([record]), AnnotationReport.lines(record))
    #expect(try Record.decode(Data(record.json().utf8)) == record)
    return (ConsoleReport.header(record) + ConsoleReport.body(record)).joined(separator: "\n")
  }

  @Test(arguments: [[Int.max], [.max, .min], [.max - 1, .max, .max], [.min, .min + 1, .min + 2]])
  func cpusAtTheEndOfTheNumbers(cpus: [Int]) throws {
    var record = VirtualRun.emptyRecord(seed: 1)
    record.plan.cpus = cpus
    #expect(try Self.reported(record).contains("cpu \(cpus[0])"))
  }

  /// With nine digits behind the point a number no longer fits into an integer from 1e10 on.
  @Test(arguments: [1e9, 1e10, 9.3e14, 1e15, 1e308, -1e308, .leastNonzeroMagnitude])
  func numbersWithManyDigits(seconds: Double) throws {
    var record = VirtualRun.emptyRecord(seed: 1)
    record.seconds = seconds
    record.handoff = [
      HandoffRow(
        case: "x", workers: .min, startupSeconds: seconds, totalSeconds: seconds,
        taskSeconds: seconds)
    ]
    let text = try Self.reported(record)
    let expected = seconds == 1e9 ? "1000000000.000000000" : seconds > 1 ? "\(seconds)" : "x "
    #expect(text.contains(expected))
  }
}
