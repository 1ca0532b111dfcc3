import Foundation
import PerfGate
import PerfGateKernels
import PerfGateTestSupport
import PerfGateUnoptimizedPlant
import Testing

/// Where the record goes, and what is never in it.
@Suite(.serialized) struct RecordOutputTests {
  private let quick = ["--size", "3000", "--tasks", "6", "--rounds", "2"]

  @Test func onlyJSONGoesToStandardOutput() throws {
    let ran = try perfGate(
      ["compare", "--json", "-", "--variant", "*.scalar"] + quick,
      catalog: try Catalog([AnyKernel(Viete.self)]))
    #expect(ran.status == 0, "\(ran)")
    #expect(ran.out.hasPrefix("{\n") && ran.out.hasSuffix("}\n"))
    let record = try JSONDecoder().decode(Record.self, from: Data(ran.out.utf8))
    #expect(record.command == "compare" && record.complete)
    #expect(record.series.map(\.variant) == ["swift.scalar", "c.scalar", "c.roots.scalar"])
    #expect(try record.json() == ran.out)
  }

  @Test func theLastLineIsTheRecordsPath() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a record.json")
    try "not yet a record".write(toFile: path, atomically: true, encoding: .utf8)
    let ran = try perfGate(
      ["compare", "--json", path] + quick, catalog: try Catalog([AnyKernel(Viete.self)]))
    #expect(ran.status == 0 && ran.outLines.last == path, "\(ran)")
    #expect(folder.files == ["a record.json"])
    _ = try JSONDecoder().decode(Record.self, from: Data(folder.text("a record.json").utf8))
  }

  @Test func aLinkStaysALink() throws {
    let folder = try TemporaryFolder()
    try "old".write(toFile: folder.path("real.json"), atomically: true, encoding: .utf8)
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("link.json"), withDestinationPath: folder.path("real.json"))
    let ran = try perfGate(
      ["compare", "--json", folder.path("link.json")] + quick,
      catalog: try Catalog([AnyKernel(Viete.self)]))
    #expect(ran.status == 0, "\(ran)")
    #expect(folder.files == ["link.json", "real.json"])
    #expect(try folder.text("real.json").contains("perfgate.record/1"))
  }

  /// Built without optimization: no number of it, anywhere.
  @Test func codeThatWasNotOptimizedGetsNoTime() throws {
    let (ran, record) = try measured(
      ["compare"] + quick, catalog: try Catalog([AnyKernel(Unoptimized.self)]))
    #expect(ran.status == 70, "\(ran)")
    let finding =
      "built without optimization: build it with -O (C: -O2), or in release configuration"
    #expect(
      ran.errorLines
        == ["swift.a", "swift.b"].map {
          "perfgate: work of plant.unoptimized/\($0) is not proven: \(finding)"
        })
    #expect(record.unproven.map(\.variant) == ["swift.a", "swift.b"])
    #expect(record.unproven.allSatisfy { $0.kernel == "plant.unoptimized" && $0.reason == finding })
    #expect(record.series.isEmpty && record.comparisons.isEmpty && record.workloads.isEmpty)
    #expect(!ran.out.contains("ns per step") && !ran.out.contains("subject"))
  }

  /// A wrong variant gets no time; the right ones beside it keep theirs.
  @Test func aWrongVariantGetsNoTime() throws {
    for command in ["compare", "scale"] {
      let (ran, record) = try measured(
        [command, "--workers", "1"] + quick, catalog: try Catalog([AnyKernel(HalfWrong.self)]))
      #expect(ran.status == 70, "\(ran)")
      let lines = (ran.outLines + ran.errorLines).filter { $0.contains("swift.wrong") }
      #expect(lines.count == 2, "\(ran)")
      #expect(lines[0].hasPrefix("not proven made-up.half/swift.wrong: task 0 returned 0x"))
      #expect(
        lines[1].hasPrefix("perfgate: work of made-up.half/swift.wrong is not proven: task 0 "))
      #expect(record.unproven.map(\.variant) == ["swift.wrong"])
      #expect(Set(record.series.map(\.variant)) == ["swift.right", "c.right"])
      #expect(!record.comparisons.contains { $0.subject.variant == "swift.wrong" })
      #expect(!record.scaling.contains { $0.variant == "swift.wrong" })
    }
  }

  /// With the record on standard output the reason is on standard error all the same.
  @Test func theReasonIsToldBesideTheJSON() throws {
    let ran = try perfGate(
      ["compare", "--json", "-"] + quick, catalog: try Catalog([AnyKernel(Unoptimized.self)]))
    #expect(ran.status == 70 && ran.errorLines.count == 2, "\(ran)")
    #expect(try JSONDecoder().decode(Record.self, from: Data(ran.out.utf8)).unproven.count == 2)
  }

  @Test func aWorkerWhoseThreadEndsIsToldInOneLine() throws {
    let (ran, record) = try measured(
      ["compare", "--tasks", "50", "--rounds", "2"],
      catalog: try Catalog([AnyKernel(Dying.self)]))
    #expect(ran.status == 70, "\(ran)")
    #expect(ran.errorLines.count == 1, "\(ran)")
    #expect(
      ran.error.hasPrefix("perfgate: worker 0 died in task 40 of made-up.dying/swift.dying/pool/1"))
    #expect(ran.error.hasSuffix(": its thread ended\n"))
    #expect(!record.complete && record.series.isEmpty)
  }

  @Test func aWorkerThatCrashesIsToldInOneLine() async {
    let result = await #expect(
      processExitsWith: .exitCode(70), observing: [\.standardErrorContent]
    ) {
      catchCrashes()
      _ = try perfGate(
        ["compare", "--tasks", "50", "--rounds", "2"],
        catalog: try Catalog([AnyKernel(Crashing.self)]))
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.split(separator: "\n").count == 1, "\(text)")
    #expect(text.hasPrefix("perfgate: worker "))
    #expect(text.contains(" died in task 3 of "))
    #expect(text.contains("made-up.crashing/c.crashing/pool/1"))
    #expect(text.hasSuffix(": signal 11 (SIGSEGV)\n"))
  }

  /// In the middle of a long task it is said at once what a signal will bring; a second one, of any
  /// kind, does not wait for the task.
  @Test func aSecondSignalEndsALongTaskAtOnce() async {
    for (isTwice, status) in [(false, Int32(143)), (true, 130)] {
      let result = await #expect(
        processExitsWith: .exitCode(status), observing: [\.standardErrorContent]
      ) { [isTwice = isTwice as Bool] in
        if isTwice { setenv("PERFGATE_TEST_TWICE", "1", 1) }
        catchInterrupts()
        let folder = try TemporaryFolder()
        let ran = try perfGate(
          ["compare", "--json", folder.path("record.json")],
          catalog: try Catalog([AnyKernel(Signalled.self)]))
        let record = try Record.read(path: folder.path("record.json"))
        exit(record.complete ? 1 : ran.status)
      }
      let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
      #expect(
        text
          == "perfgate: stops after this task; press Ctrl-C or send the signal again to stop now\n")
    }
  }
}
