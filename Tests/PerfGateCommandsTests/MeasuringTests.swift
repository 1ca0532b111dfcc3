import Foundation
import PerfGate
import Testing

/// Commands that measure, on kernels that take microseconds.
@Suite(.serialized) struct MeasuringTests {
  private let quick = ["--task-seconds", "0.0005", "--rounds", "2", "--tasks", "8", "--quiet"]

  @Test func compareSetsVariantsSideBySide() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let path = folder.file("record.json")
    let outcome = try perfgate(["compare", "--kernel", "chain", "--json", path] + quick)
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(outcome.lastLine == path)
    #expect(outcome.error.isEmpty)
    for text in ["machine ", "plan ", "verified", "ns per iteration", "chain/swift.mul", "ratio"] {
      #expect(outcome.out.contains(text), "\(text) is not in: \(outcome.out)")
    }
    let record = try Record.read(path: path)
    #expect(record.complete)
    #expect(record.comparisons.count == 1)
    #expect(record.comparisons[0].rounds == 2)
    #expect(record.plan.verification?.isVerified == true)
    #expect(record.workloads[0].wantedTaskSeconds == 0.0005)
  }

  @Test func scalePrintsARowForEachWorkerCount() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let path = folder.file("record.json")
    let outcome = try perfgate(
      ["scale", "--kernel", "chain", "--workers", "1-3", "--oversubscribe", "--json", path] + quick)
    #expect(outcome.status == 0, "\(outcome.error)")
    let record = try Record.read(path: path)
    #expect(record.scaling.count == 2)
    for curve in record.scaling {
      #expect(curve.points.map(\.workers) == [1, 2, 3])
      #expect(curve.points[0].improvementPercent == nil)
      #expect(curve.points[1].improvementPercent != nil)
      #expect(curve.points.allSatisfy { $0.cpus.count == $0.workers })
    }
    #expect(outcome.out.contains("swift.mul improv. (%)"))
    #expect(outcome.out.contains("N/A"))
  }

  @Test func jsonOnStandardOutputIsAlone() throws {
    let outcome = try perfgate(["compare", "--kernel", "chain", "--json", "-"] + quick)
    #expect(outcome.status == 0)
    let record = try Record.decode(Data(outcome.out.utf8))
    #expect(record.command == "compare")
    #expect(outcome.out.hasPrefix("{"))
    // Absent numbers are written, as null.
    #expect(outcome.out.contains("\"quota\" : null") || record.machine.quota != nil)
  }

  @Test func theSameSeedGivesTheSameChecksums() throws {
    func checksums() throws -> [String] {
      let outcome = try perfgate(
        [
          "compare", "--kernel", "chain", "--size", "500", "--tasks", "4", "--rounds", "1",
          "--quiet",
          "--seed", "7", "--json", "-",
        ])
      return try Record.decode(Data(outcome.out.utf8)).series.map(\.checksum)
    }
    let first = try checksums()
    #expect(first.count == 2)
    #expect(Set(first).count == 1)
    #expect(try checksums() == first)
  }

  @Test func whatIsNotProvenGetsNoTime() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let path = folder.file("record.json")
    let claim = try Claim(
      id: "wrong.ratio", text: "wrong as fast as right", kernel: "wrong",
      .ratio(subject: "swift.lastbit", reference: "swift.right", atMost: 1.5, workers: 1))
    let outcome = try perfgate(
      ["compare", "--kernel", "wrong", "--json", path] + quick, claims: [claim])
    #expect(outcome.status == 70)
    #expect(outcome.out.contains("not proven wrong/swift.lastbit: task 0 returned"))
    let record = try Record.read(path: path)
    #expect(record.unproven.map(\.variant) == ["swift.lastbit"])
    #expect(!record.series.contains { $0.variant == "swift.lastbit" })
    #expect(record.comparisons.isEmpty)
    #expect(record.claims[0].verdict == .notCheckable)
    #expect(record.claims[0].estimate == nil)
    #expect(outcome.out.contains("checked 0 of 1, violated 0"))
  }

  @Test func machineDrawsThePlan() throws {
    let drawn = try perfgate(["machine"])
    #expect(drawn.status == 0)
    #expect(drawn.out.contains("plan       1 worker"))
    #expect(drawn.out.contains("libnuma"))
    let json = try perfgate(["machine", "--json", "-"])
    let object = try JSONSerialization.jsonObject(with: Data(json.out.utf8)) as? [String: Any]
    #expect(object?["key"] as? String != nil)
  }
}
