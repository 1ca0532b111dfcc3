import Foundation
import PerfGate
import PerfGateTestSupport
import Testing

@testable import PerfGateModel
@testable import PerfGateReport

/// What `perfgate merge` prints and writes of a fleet.
@Suite struct FleetReportTests {
  /// Runs on machines, each with a verdict on claims; some cannot be read.
  private static func result(
    _ runs: [(machine: String, verdicts: [String: Verdict.Word])],
    reason: (Int) -> String = { "needs 5 cores, \($0) allowed" }, unreadable: [String] = []
  ) throws -> FleetResult {
    let claim = try Claim.ratio()
    var fleet = Fleet()
    for (number, run) in runs.enumerated() {
      let findings = run.verdicts.sorted { $0.key < $1.key }.map { id, verdict in
        let isOpen = verdict == .inconclusive || verdict == .notCheckable
        return FleetRun.Finding(
          statement: FleetStatement(ClaimPlan(claim, id: id, workers: 1, alpha: 0.02)),
          verdict: verdict, reason: isOpen ? FleetReason(reason(number), .hardware) : nil)
      }
      fleet.add(
        FleetRun(
          identity: .init(machine: run.machine, started: "", seed: UInt64(number), seconds: 1),
          cpu: "cpu", isComplete: number != 3, findings: findings, unproven: []),
        named: "run-\(number).json")
    }
    return FleetResult(
      fleet, unreadable: unreadable.map { .init(name: $0, problem: "\($0) is damaged") })
  }

  private static func text(_ result: FleetResult, width: Int? = nil) -> [String] {
    FleetReport.lines(result, width: width).map(\.text)
  }

  private static func mixedFleet() throws -> FleetResult {
    try result(
      [
        ("a-2c", ["x": .holds, "y": .holds, "z": .notCheckable]),
        ("a-2c", ["x": .violated, "y": .holds, "z": .notCheckable]),
        ("b-8c", ["x": .holds, "y": .violated, "z": .notCheckable]),
        ("b-8c", ["x": .inconclusive, "y": .inconclusive]),
        ("c-1c", ["x": .notCheckable, "y": .inconclusive]),
      ], unreadable: ["bad.json"])
  }

  @Test func theTablesTellEachKey() throws {
    let lines = Self.text(try Self.mixedFleet())
    #expect(
      lines.first == "fleet      5 runs on 3 keys: a-2c (2 runs), b-8c (2 runs), c-1c (1 run)")
    #expect(lines.last == "checked 2 of 3, violated 2")
    #expect(
      lines.contains {
        $0.hasPrefix("unfinished run-3.json: the run ended early")
      })
    #expect(
      lines.contains {
        $0.hasPrefix("missing    1 of 6 could not be read") && $0.hasSuffix(": bad.json")
      })
    func row(_ first: String, _ second: String) -> String? {
      lines.first { $0.hasPrefix("\(first) ") && $0.contains(second) }
    }
    let x = try #require(row("x", "new no slower"))
    #expect(x.hasSuffix("violated: mixed on 1 of 3 keys: a-2c"))
    #expect(
      row("x", "a-2c  ")?.contains(
        "mixed: holds in 1 run (run-0.json), violated in 1 run (run-1.json)") == true)
    // A run that decided nothing changes nothing on a key where others did.
    #expect(row("x", " b-8c ") == nil)
    #expect(row("x", " c-1c ")?.hasSuffix("not checkable: needs 5 cores, 4 allowed") == true)
    #expect(
      row("y", " b-8c ")?.hasSuffix("violated: in 1 run (run-2.json), inconclusive in 1 run")
        == true)
    #expect(row("y", "new no slower")?.hasSuffix("violated: on 1 of 3 keys: b-8c") == true)
    // Keys with the same reason share a row; its numbers may differ.
    let z = try #require(row("z", "2 keys"))
    #expect(z.hasSuffix("not checkable: such as needs 5 cores, 0 allowed; on a-2c, b-8c"))
  }

  @Test func aFleetWhereAllHoldsHasOneTable() throws {
    let lines = Self.text(try Self.result([("a", ["x": .holds]), ("b", ["x": .holds])]))
    #expect(lines.count == 6, "\(lines)")
    #expect(lines[3].hasSuffix("holds"))
    #expect(lines[5] == "checked 1 of 1, violated 0")
  }

  @Test(arguments: [40, 80, 100]) func narrowTerminals(width: Int) throws {
    let runs = (0..<40).map { number -> (String, [String: Verdict.Word]) in
      (
        "machine-number-\(number)-2c-1n",
        ["a.claim.with.a.name": .violated, "other": .notCheckable]
      )
    }
    let lines = Self.text(try Self.result(runs), width: width)
    // No single word may be wider than the terminal, and no row of two names.
    let rest = lines.filter { DisplayWidth.of($0) > width }
    #expect(width < 80 || rest == [])
    #expect(lines.contains { $0.contains("and 37 more") })
    // Ten keys of the one claim have rows of their own, and one row is for the others.
    let keys = lines.filter { $0.hasPrefix("a.claim.with.a.name   machine-number-") }
    #expect(keys.count == 10)
    #expect(lines.contains { $0.hasPrefix("a.claim.with.a.name   30 more ") })
  }

  /// Reasons that name the machine differ on each key: the cause is the same.
  @Test(arguments: [10, 11]) func reasonsOfEachMachine(keys: Int) throws {
    let result = try Self.result(
      (0..<keys).map { ("k\($0)", ["x": .notCheckable]) },
      reason: { "no baseline for \(String(repeating: "k", count: $0 + 1))" })
    let rows = Self.text(result).filter { $0.contains("not checkable: ") && !$0.contains("new no") }
    #expect(rows.count == (keys == 10 ? 10 : 1))
    #expect(
      keys == 10
        || rows[0].hasSuffix("such as no baseline for k; on k0, k1, k10 and 8 more"), "\(rows)")
  }

  @Test func theJSONIsStable() throws {
    let text = try Self.mixedFleet().json()
    #expect(text == (try Self.mixedFleet().json()) && text.hasSuffix("}\n"))
    let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    let fleet = try #require(object)
    #expect(fleet["schema"] as? String == "perfgate.fleet/1" && fleet["runs"] as? Int == 5)
    #expect(fleet["unfinished"] as? [String] == ["run-3.json"])
    #expect((fleet["unreadable"] as? [[String: String]])?.first?["name"] == "bad.json")
    let claims = try #require(fleet["claims"] as? [[String: Any]])
    #expect(claims.map { $0["verdict"] as? String } == ["violated", "violated", "notCheckable"])
    let machines = try #require(claims[0]["machines"] as? [[String: Any]])
    #expect(machines.map { $0["key"] as? String } == ["a-2c", "b-8c", "c-1c"])
    #expect(machines[0]["verdict"] as? String == "mixed")
    let records = try #require(machines[0]["records"] as? [String: [String]])
    #expect(records == ["holds": ["run-0.json"], "violated": ["run-1.json"]])
    #expect((claims[0]["keys"] as? [String: Int])?["mixed"] == 1)
    #expect((machines[2]["reason"] as? [String: Any])?["cause"] as? String == "hardware")
    // Keys are sorted on every level.
    let names = text.split(separator: "\n").filter { $0.hasPrefix("  \"") }
    #expect(names == names.sorted())
    #expect(try FleetResult(Fleet()).json().contains("\"claims\": []"))
  }

  @Test func otherFiles() throws {
    let result = try Self.mixedFleet()
    let root = try XMLElementRead.parse(FleetReport.junit(result))
    let cases = try #require(root.all("testsuite").first).all("testcase")
    let outcomes = cases.map { $0.children.map(\.name) }
    #expect(outcomes == [["failure"], ["failure"], ["skipped"], ["error"]])
    let markdown = FleetReport.markdown(result)
    #expect(markdown.hasPrefix("## perfgate merge: checked 2 of 3, violated 2\n"))
    #expect(markdown.contains("| x | new no slower than old | ≤ 1.05 | 5 | 3 |"))
  }

  /// Names of a stranger: nothing in them controls a terminal, or adds a line.
  @Test func strangeNames() throws {
    let bad = "::error::\u{1B}[31m\n##[error]\u{202E}"
    let result = try Self.result(
      [(bad, [bad: .violated, "y": .notCheckable]), ("a", [bad: .holds])], reason: { _ in bad },
      unreadable: [bad])
    let plain = try Self.result(
      [("bad", ["x": .violated, "y": .notCheckable]), ("a", ["x": .holds])],
      reason: { _ in "bad" }, unreadable: ["bad"])
    let lines = Self.text(result)
    #expect(lines.count == Self.text(plain).count)
    for text in lines + [try result.json(), FleetReport.junit(result)] {
      #expect(!text.unicodeScalars.contains { $0 != "\n" && VisibleText.isUnsafe($0) })
    }
    #expect(!lines.contains { $0.hasPrefix("::") || $0.contains("##[") || $0.contains("\n") })
  }
}
