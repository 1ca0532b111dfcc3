import Testing

@testable import PerfGateTesting

@Suite struct SettingsTests {
  @Test func nothingSaid() throws {
    #expect(try Settings([:]) == Settings())
    #expect(try Settings(["PERFGATE_STRICT": "", "PERFGATE_BUDGET": ""]) == Settings())
    #expect(Settings().budget == 20)
    #expect(Settings().demand("a.b") == nil)
  }

  @Test func everythingSaid() throws {
    let settings = try Settings([
      "PERFGATE_STRICT": "0", "PERFGATE_REQUIRE": "viete.*,text.scan", "PERFGATE_BUDGET": "2.5",
      "PERFGATE_SEED": "18446744073709551615", "PERFGATE_REQUIRE_NUMA": "1",
      "PERFGATE_BASELINES": "b", "PERFGATE_UPDATE_BASELINES": "new", "PERFGATE_RECORD_DIR": "out",
      "PERFGATE_JUNIT": "out.xml", "PERFGATE_QUIET_WAIT": "90.5",
      "PERFGATE_STARTS": "1", "PERFGATE_CSV": "out.csv", "PERFGATE_MARKDOWN": "out.md",
      "PERFGATE_GOOGLE_BENCHMARK": "out.json", "PERFGATE_HTML": "out.html",
    ])
    #expect(
      settings.reports == [
        "PERFGATE_CSV": "out.csv", "PERFGATE_MARKDOWN": "out.md",
        "PERFGATE_GOOGLE_BENCHMARK": "out.json", "PERFGATE_HTML": "out.html",
      ])
    #expect(settings.oneProcess && !Settings().oneProcess)
    #expect(settings.demand("viete.scaling") == "PERFGATE_REQUIRE=viete.*")
    #expect(settings.demand("text.scan.x") == nil)
    #expect(settings.budget == 2.5)
    #expect(settings.seed == .max)
    #expect(settings.quietWait == 90.5)
    #expect(settings.requireNuma)
    #expect(settings.baselines == "b" && settings.record == .new)
    #expect(settings.records == "out" && settings.junit == "out.xml")
  }

  /// Two names were one letter apart.
  @Test func formerNamesStillWork() throws {
    let settings = try Settings(["PERFGATE_RECORD": "better", "PERFGATE_RECORDS": "out"])
    #expect(settings.record == .better && settings.records == "out")
    #expect(
      settings.renamed == [
        "PERFGATE_RECORD": "PERFGATE_UPDATE_BASELINES", "PERFGATE_RECORDS": "PERFGATE_RECORD_DIR",
      ])
    #expect(try Settings(["PERFGATE_RECORD_DIR": "out"]).renamed.isEmpty)
    let both = ["PERFGATE_RECORD": "new", "PERFGATE_UPDATE_BASELINES": "all"]
    #expect {
      try Settings(both)
    } throws: {
      "\($0)" == "PERFGATE_RECORD=new and PERFGATE_UPDATE_BASELINES=all: PERFGATE_RECORD is the "
        + "former name of PERFGATE_UPDATE_BASELINES; set only that"
    }
  }

  @Test func strictDemandsAll() throws {
    #expect(try Settings(["PERFGATE_STRICT": "1"]).demand("x") == "PERFGATE_STRICT=1")
  }

  @Test func noWaitIsAWait() throws {
    #expect(try Settings(["PERFGATE_QUIET_WAIT": "0"]).quietWait == 0)
    #expect(try Settings([:]).quietWait == nil)
  }

  @Test func noBudgetSkips() throws {
    #expect(try Settings(["PERFGATE_BUDGET": "0"]).budget == nil)
  }

  @Test(arguments: [
    ("PERFGATE_STRICT", "yes"), ("PERFGATE_REQUIRE_NUMA", "2"), ("PERFGATE_BUDGET", "-1"),
    ("PERFGATE_BUDGET", "0.01"), ("PERFGATE_BUDGET", "nan"), ("PERFGATE_BUDGET", "20s"),
    ("PERFGATE_SEED", "-1"), ("PERFGATE_SEED", "x"), ("PERFGATE_REQUIRE", "a,,b"),
    ("PERFGATE_UPDATE_BASELINES", "best"), ("PERFGATE_QUIET_WAIT", "-1"),
    ("PERFGATE_QUIET_WAIT", "nan"),
    ("PERFGATE_STARTS", "0"), ("PERFGATE_STARTS", "16"), ("PERFGATE_STARTS", "one"),
    ("PERFGATE_QUIET_WAIT", "1e9"), ("PERFGATE_QUIET_WAIT", "long"),
  ])
  func nonsenseIsAnError(name: String, value: String) throws {
    let error = #expect(throws: Settings.Mistake.self) { try Settings([name: value]) }
    #expect(error?.description.hasPrefix("cannot use \(name)=\(value): expected ") == true)
  }

  @Test func nonsenseFailsEveryClaim() {
    let judge = ClaimJudge(
      settings: .failure(Settings.Mistake(description: "cannot use it")), lockPath: "/nowhere/x")
    let (_, finding) = judge.judge(
      .ratio(atMost: 1.5, of: { 1 }, to: { 1 }), test: "A.b", place: Place(file: #filePath, line: 1)
    )
    #expect(finding == .failed("cannot use it"))
  }
}
