import Foundation
import PerfGate
import PerfGateMachine
import PerfGateReport
import PerfGateTestSupport
import Testing

@testable import PerfGateTesting

@Suite struct RunFilesTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.root }

  init() throws { temporary = try TemporaryFolder() }

  private func files(run: String = "1-2") -> RunFiles {
    var settings = Settings()
    settings.records = "\(folder)/records"
    settings.junit = "\(folder)/junit.xml"
    var files = RunFiles(settings)
    files.run = run
    files.stateFolder = "\(folder)/state"
    return files
  }

  private func skipped(_ id: String) throws -> Judgement {
    let claim = try Claim(
      id: id, text: "", kernel: "k", .speedup(variant: "v", workers: 5, atLeast: 4.5))
    let record = claim.recordNotChecked(
      .needsCores(5, allowed: 2, quota: nil), in: madeUpRecord,
      options: GateOptions(allowedWorkers: 2, quota: nil))
    return Judgement(
      id: id, test: "Suite.\(id)", outcome: .judged(record.claims[0], record), record: record)
  }

  private var junit: String {
    get throws { try String(contentsOfFile: "\(folder)/junit.xml", encoding: .utf8) }
  }

  @Test func claimsOfARunAreMerged() throws {
    // Two processes know nothing of each other but the run's name.
    try files().write(skipped("a"), .skipped("needs 5 cores"))
    try files().write(
      Judgement(id: "b", test: "Suite.b", outcome: .mistake("wrong")), .failed("it is wrong"))
    try files().write(skipped("a"), .skipped("needs 6 cores"))
    let text = try junit
    #expect(text.contains("tests=\"2\" failures=\"1\" errors=\"0\" skipped=\"1\""))
    #expect(text.contains("<skipped message=\"needs 6 cores\"/>"))
    #expect(text.contains("<failure message=\"it is wrong\""))
    #expect(text.contains("classname=\"Suite\""))
    #expect(text.contains("value=\"Made-up CPU\""))
  }

  /// Waits, and what was measured for nothing, are part of it.
  @Test func theTimeOfACaseIsThatOfJudging() throws {
    var judgement = try skipped("a")
    judgement.seconds = 5.25
    try files().write(judgement, .skipped("x"))
    #expect(try junit.contains("<testcase name=\"a\" classname=\"Suite\" time=\"5.250000\""))
  }

  @Test func anotherRunBeginsAnew() throws {
    try files().write(skipped("a"), .skipped("x"))
    try files(run: "3-4").write(skipped("b"), .skipped("y"))
    let text = try junit
    #expect(text.contains("tests=\"1\"") && text.contains("name=\"b\""))
  }

  @Test func manyWritersLoseNothing() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<20 {
        group.addTask {
          try files().write(skipped("c\(number)"), .skipped("x"))
        }
      }
      try await group.waitForAll()
    }
    #expect(try junit.contains("tests=\"20\""))
    #expect(try record().claims.count == 20)
  }

  @Test func whatRunsKeptIsRemovedAfterADay() throws {
    try files(run: "1-2").write(skipped("a"), .skipped("x"))
    try files(run: "3-4").write(skipped("a"), .skipped("x"))
    let old = Date.now.addingTimeInterval(-90_000)
    try FileManager.default.setAttributes(
      [.modificationDate: old], ofItemAtPath: "\(folder)/state/1-2.json")
    try files(run: "5-6").write(skipped("a"), .skipped("x"))
    let left = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/state").sorted()
    #expect(left == ["3-4.json", "5-6.json", "lock"])
  }

  @Test func aFolderOfSomebodyElseIsNotUsed() throws {
    try FileManager.default.createSymbolicLink(
      atPath: "\(folder)/state", withDestinationPath: folder)
    let error = #expect(throws: RunFiles.Failure.self) {
      try files().write(skipped("a"), .skipped("x"))
    }
    #expect(error?.description.contains("state: it is a symbolic link; remove it") == true)
  }

  private func record(run: String = "1-2") throws -> Record {
    try Record.read(path: "\(folder)/records/test-\(run).json")
  }

  @Test func aRunHasOneRecord() throws {
    try files().write(skipped("a/b c"), .skipped("x"))
    try files().write(skipped("b"), .skipped("x"))
    try files().write(BlockTimes(seconds: [0.1, 0.2]).record("A.b", seed: 42))
    try files().write(skipped("b"), .skipped("x"))
    #expect(try record().claims.map(\.id) == ["a/b c", "b"])
    #expect(try record().series.map(\.id) == ["A.b/measure/sp/1"])
    try files(run: "3-4").write(skipped("c"), .skipped("x"))
    #expect(try record(run: "3-4").claims.map(\.id) == ["c"])
    #expect(try record().claims.count == 2)
  }

  /// Files made of the record need no folder for it, and hold the whole run.
  @Test func reportsOfARunNeedNoRecord() throws {
    var settings = Settings()
    for report in Report.all where report.option != Report.junit.option {
      settings.reports[report.variable] = "\(folder)/\(report.variable)"
    }
    #expect(settings.reports.count == Report.all.count - 1)
    var files = RunFiles(settings)
    files.run = "1-2"
    files.stateFolder = "\(folder)/state"
    try files.check()
    try files.write(skipped("a"), .skipped("x"))
    try files.write(BlockTimes(seconds: [0.1, 0.2]).record("A.b", seed: 42))
    try files.write(skipped("c"), .skipped("x"))
    let record = try Record.read(path: "\(folder)/state/test-1-2.json")
    #expect(record.claims.map(\.id) == ["a", "c"] && record.series.count == 1)
    for report in Report.all where report.option != Report.junit.option {
      #expect(
        try String(contentsOfFile: "\(folder)/\(report.variable)", encoding: .utf8)
          == report.text(record), "\(report.variable)")
    }
  }

  @Test func aReportThatCannotBeMadeIsFoundFirst() throws {
    var settings = Settings()
    settings.reports = ["PERFGATE_CSV": "\(folder)/missing/a.csv"]
    var files = RunFiles(settings)
    files.stateFolder = "\(folder)/state"
    let error = #expect(throws: RunFiles.Failure.self) { try files.check() }
    #expect(error?.description.hasSuffix("choose another PERFGATE_CSV") == true)
  }

  /// The second would replace the first after each claim.
  @Test func twoReportsInOneFileAreRefused() throws {
    var own = files()
    own.reports = ["PERFGATE_HTML": "\(folder)/x/../junit.xml"]
    let error = #expect(throws: RunFiles.Failure.self) { try own.check() }
    #expect(
      error?.description
        == "cannot use PERFGATE_JUNIT=\(folder)/junit.xml: PERFGATE_HTML names the same file; name another"
    )
    try FileManager.default.createSymbolicLink(
      atPath: "\(folder)/link.xml", withDestinationPath: "\(folder)/junit.xml")
    try "".write(toFile: "\(folder)/junit.xml", atomically: false, encoding: .utf8)
    own.reports = ["PERFGATE_HTML": "\(folder)/link.xml"]
    #expect(throws: RunFiles.Failure.self) { try own.check() }
    own.reports = ["PERFGATE_HTML": "/dev/null", "PERFGATE_CSV": "/dev/null"]
    try own.check()
  }

  /// The page has the claims of all processes of a run, with and without a folder for records.
  @Test(arguments: [true, false]) func aRunHasOnePage(hasRecords: Bool) throws {
    var own = files()
    own.reports["PERFGATE_HTML"] = "\(folder)/run.html"
    if !hasRecords { own.records = nil }
    own.junit = nil
    try own.check()
    #expect(!FileManager.default.fileExists(atPath: "\(folder)/run.html"))
    try own.write(skipped("first.claim"), .skipped("x"))
    var other = own
    other.run = "1-2"
    try other.write(skipped("second.claim"), .skipped("x"))
    let page = try String(contentsOfFile: "\(folder)/run.html", encoding: .utf8)
    #expect(page.contains("first.claim") && page.contains("second.claim"))
    #expect(page.contains("needs 5 cores, 2 allowed"))
    #expect(FileManager.default.fileExists(atPath: "\(folder)/records") == hasRecords)
    own.reports["PERFGATE_HTML"] = "\(folder)/missing/run.html"
    let error = #expect(throws: RunFiles.Failure.self) { try own.check() }
    #expect(error?.description.contains("choose another PERFGATE_HTML") == true)
  }

  @Test func aRecordOfSomebodyElseIsNotReplaced() throws {
    try files().check()
    try "{}".write(toFile: "\(folder)/records/test-1-2.json", atomically: false, encoding: .utf8)
    let error = #expect(throws: RunFiles.Failure.self) {
      try files().write(skipped("a"), .skipped("x"))
    }
    #expect(error?.description.contains("test-1-2.json: key schema is missing") == true)
    #expect(try String(contentsOfFile: "\(folder)/records/test-1-2.json", encoding: .utf8) == "{}")
  }

  @Test func whatCannotBeWrittenIsTold() throws {
    var bad = files()
    bad.records = "/proc/perfgate"
    let error = #expect(throws: RunFiles.Failure.self) {
      try bad.write(skipped("a"), .skipped("x"))
    }
    #expect(error?.description.contains("PERFGATE_RECORD_DIR=/proc/perfgate") == true)
    #expect(throws: try #require(error)) { try bad.check() }
    bad = files()
    bad.junit = "\(folder)/missing/junit.xml"
    let other = #expect(throws: RunFiles.Failure.self) {
      try bad.write(skipped("a"), .skipped("x"))
    }
    #expect(other?.description.contains("choose another PERFGATE_JUNIT") == true)
    #expect(throws: try #require(other)) { try bad.check() }
  }

  @Test func lookingLeavesNothingBehind() throws {
    try files().check()
    #expect(!FileManager.default.fileExists(atPath: "\(folder)/junit.xml"))
    try files().write(skipped("a"), .skipped("x"))
    let before = try junit
    try files().check()
    #expect(try junit == before)
  }

  @Test func namesOfFilesHoldNoFolders() {
    #expect(RunFiles.fileName("a/b c") == "a_b_c")
    #expect(RunFiles.fileName("..") == "_.")
    #expect(RunFiles.fileName("") == "_")
  }

  @Test func aRunIsItsParent() throws {
    #expect(TestRun.id.split(separator: "-").count == 2)
    let own = try #require(RunningProcesses.Status(pid: Int(getpid())))
    let parent = try #require(RunningProcesses.Status(pid: own.parent))
    let expected =
      parent.name.hasPrefix("swift")
      ? "\(own.parent)-\(parent.startTicks)" : "\(getpid())-\(own.startTicks)"
    #expect(TestRun.id == expected)
    #expect(TestRun.includes(process: Int(getpid())) == parent.name.hasPrefix("swift"))
    #expect(!TestRun.includes(process: 1))
  }
}
