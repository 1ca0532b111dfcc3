import Foundation
import PerfGate
import PerfGateTestSupport
import Testing

/// The record's JSON: what goes in comes out, under the names that scripts rely on.
@Suite struct RecordTests {
  /// A record in which every list has something and every optional value is there.
  private func fullRecord() -> Record {
    var record = madeUpRecord()
    record.machine.quota = 1.5
    record.plan.threadStartupSeconds = 0.001
    record.plan.notes = ["quota 1.5 rounded down to 1 worker"]
    record.complete = false
    record.seconds = 12.25
    let arm = Arm(kernel: "made-up", variant: "swift.a", workers: 2, tasks: 50, size: 7)
    var series = Series.madeUp(arm, seconds: [0.1, 1e-300, 0.30000000000000004])
    series.checksum = "deadbeef"
    series.peakBytes = 1 << 40
    record.series = [series]
    record.workloads = [
      Record.Workload(
        kernel: "made-up", work: Work(unit: "byte", growth: .linear, bytesPerUnit: 1), size: 7,
        tasks: 50,
        calibration: Calibration(kernel: "made-up", size: 7, wantedSeconds: 1, taskSeconds: 0.99),
        inputSeconds: 0.5)
    ]
    record.comparisons = [
      Comparison(
        subject: "k/a/pool/1", reference: "k/b/pool/1", ratio: 1.5, interval: [1, 2],
        coverage: 0.97, rounds: 10)
    ]
    record.scaling = [
      ScalingCurve(
        kernel: "made-up", variant: "swift.a", executor: "pool",
        points: [
          ScalingPoint(
            workers: 2, seconds: 1, speedup: 1.9, interval: [1.8, 2], efficiency: 0.95,
            improvementPercent: 47, karpFlatt: 0.05, cpus: [0, 1])
        ])
    ]
    record.handoff = [
      HandoffRow(
        case: "swift.value", workers: 2, startupSeconds: 0.5, totalSeconds: 0.6, taskSeconds: 0.1)
    ]
    record.unproven = [
      Record.UnprovenVariant(
        Unproven(kernel: "made-up", variant: "swift.b", reason: .slept(share: 0.5)))
    ]
    record.notes = [Record.Note(code: "made-up", text: "line\nbreak, \"quotes\", ü, 𝄞")]
    return record
  }

  private func object(_ record: Record) throws -> [String: Any] {
    let parsed = try JSONSerialization.jsonObject(with: Data(record.json().utf8))
    return try #require(parsed as? [String: Any])
  }

  private func decode(_ text: String) throws -> Record {
    try JSONDecoder().decode(Record.self, from: Data(text.utf8))
  }

  @Test func whatGoesInComesOut() throws {
    for record in [madeUpRecord(), fullRecord()] {
      let text = try record.json()
      #expect(try decode(text) == record)
      // Made to be read in a diff: the same record is the same text.
      #expect(try decode(text).json() == text)
      #expect(text.hasSuffix("}\n") && !text.contains("\\/"))
    }
  }

  private func keys(_ value: Any?) -> Set<String> {
    let list = value as? [[String: Any]]
    return Set((list?.first ?? value as? [String: Any])?.keys.map { $0 } ?? [])
  }

  @Test func theKeysAreThoseThatAreDocumented() throws {
    let full = try object(fullRecord())
    #expect(full["schema"] as? String == "perfgate.record/1")
    #expect(
      Set(full.keys).isSuperset(of: [
        "schema", "complete", "command", "seed", "started", "seconds", "tool", "machine", "plan",
        "workloads", "series", "comparisons", "claims", "scaling", "handoff", "firstMessages",
        "executors", "unproven", "notes",
      ]))
    #expect(keys(full["tool"]) == ["version", "swift", "clang", "configuration", "flags"])
    #expect(
      keys(full["machine"]).isSuperset(of: [
        "key", "cpu", "allowedCPUs", "cores", "memoryNodes", "quota", "libnuma",
      ]))
    #expect(
      keys(full["series"]).isSuperset(of: [
        "id", "group", "kernel", "variant", "executor", "workers", "tasks", "size", "cpus", "bind",
        "rounds", "seconds", "cpuSeconds", "discarded", "migrations", "checksum", "peakBytes",
      ]))
    #expect(
      keys(full["comparisons"]).isSuperset(of: [
        "subject", "reference", "ratio", "interval", "coverage", "rounds",
      ]))
    #expect(
      keys(full["scaling"]).isSuperset(of: ["kernel", "variant", "executor", "points", "weak"]))
    let curve = try #require((full["scaling"] as? [[String: Any]])?.first)
    #expect(
      keys(curve["points"]).isSuperset(of: [
        "workers", "seconds", "speedup", "interval", "efficiency", "improvementPercent",
        "karpFlatt", "cpus",
      ]))
    #expect(
      keys(full["handoff"])
        == [
          "case", "workers", "startupSeconds", "totalSeconds", "taskSeconds", "executor",
          "peakBytes",
        ])
    #expect(keys(full["notes"]) == ["code", "text"])
    #expect(keys(full["unproven"]) == ["kernel", "variant", "reason"])
  }

  /// A key is always there, so that nobody has to guess what its absence means.
  @Test func nothingIsWrittenAsNull() throws {
    var record = fullRecord()
    record.machine.quota = nil
    record.scaling[0].points[0].interval = nil
    record.scaling[0].points[0].improvementPercent = nil
    record.scaling[0].points[0].karpFlatt = nil
    record.workloads[0].wantedTaskSeconds = nil
    record.workloads[0].calibratedTaskSeconds = nil
    let full = try object(record)
    func isNull(_ value: Any?, _ key: String) -> Bool {
      let list = value as? [[String: Any]]
      return (list?.first ?? value as? [String: Any])?[key] is NSNull
    }
    #expect(isNull(full["machine"], "quota"))
    let curve = try #require((full["scaling"] as? [[String: Any]])?.first)
    for key in ["interval", "improvementPercent", "karpFlatt"] {
      #expect(isNull(curve["points"], key), "\(key)")
    }
    for key in ["wantedTaskSeconds", "calibratedTaskSeconds"] {
      #expect(isNull(full["workloads"], key), "\(key)")
    }
    #expect(try decode(record.json()) == record)
  }

  /// Files of later versions have more keys; files of other hands may lack those that are null.
  @Test func unknownKeysAreIgnoredAndMissingNullsAreNone() throws {
    var record = fullRecord()
    record.machine.quota = nil
    record.scaling[0].points[0].karpFlatt = nil
    let text = try record.json()
      .replacing("\"schema\" :", with: "\"later\" : {\"a\" : [1]}, \"schema\" :")
      .replacing("\"checksum\" :", with: "\"color\" : \"red\", \"checksum\" :")
      .replacing(/,\s*"quota" : null/, with: "")
      .replacing(/"karpFlatt" : null,/, with: "")
    #expect(text.contains("later") && text.contains("color"))
    #expect(!text.contains("\"quota\"") && !text.contains("karpFlatt"))
    #expect(try decode(text) == record)
  }

  @Test func numbersKeepTheirLastBit() throws {
    var record = fullRecord()
    record.series[0].seconds = [0.1 + 0.2, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1 / 3]
    record.series[0].rounds = [0, 1, 2, 3]
    let again = try decode(record.json())
    #expect(again.series[0].seconds == record.series[0].seconds)
    #expect(again.seed == .max)
  }
}
