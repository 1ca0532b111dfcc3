import Foundation
import PerfGate
import PerfGateTestSupport
import Testing

/// `perfgate merge`: which records it reads, what it says of each that it cannot count, and how it
/// ends.
@Suite struct MergeCommandTests {
  /// A record on a machine; `number` makes it another run.
  private static func record(
    _ verdicts: [Verdict.Word], machine: String = "a-1c-1n", number: Int = 0
  ) throws -> Record {
    var record = try Record.decode(Data(try VirtualRun.record(verdicts).utf8))
    record.machine.key = machine
    record.seed = UInt64(number)
    return record
  }

  private static func write(_ record: Record, _ path: String) throws {
    try record.json().write(toFile: path, atomically: true, encoding: .utf8)
  }

  /// Merges what is in a folder: `good.json` holds on one key, `bad.json` is violated on another.
  private func merging(
    _ arguments: [String], _ prepare: (String) throws -> Void = { _ in },
    _ body: (Printed, String) throws -> Void
  ) throws {
    try withFolder { folder in
      try Self.write(try Self.record([.holds]), folder + "/good.json")
      var bad = try Self.record([.violated], machine: "b-2c-1n", number: 1)
      // The same claim as the one that holds.
      bad.claimPlans[0].id = "v0.holds"
      try Self.write(bad, folder + "/bad.json")
      try prepare(folder)
      var printed = try perfGate(
        ["merge"] + arguments.map { $0.replacing("FOLDER", with: folder) })
      printed.out = printed.out.replacing(folder, with: "FOLDER")
      printed.error = printed.error.replacing(folder, with: "FOLDER")
      try body(printed, folder)
    }
  }

  @Test func aClaimHoldsOrIsViolated() throws {
    try merging(["FOLDER/good.json"]) { printed, _ in
      #expect(printed.status == 0 && printed.error.isEmpty)
      #expect(printed.out.hasPrefix("fleet      1 run on 1 key: a-1c-1n (1 run)\n"))
      #expect(printed.outLines.last == "checked 1 of 1, violated 0")
    }
    try merging(["FOLDER"]) { printed, _ in
      #expect(printed.status == 1 && printed.error.isEmpty)
      #expect(printed.out.contains("violated: on 1 of 2 keys: b-2c-1n"))
      #expect(printed.out.contains("violated: in 1 run (FOLDER/bad.json)"))
      #expect(printed.outLines.last == "checked 1 of 1, violated 1")
    }
  }

  @Test func aFolderHasFoldersAndOtherFiles() throws {
    try merging(["FOLDER/good.json", "FOLDER/more/", "--json", "-"]) { folder in
      try FileManager.default.createDirectory(
        atPath: folder + "/more/job-2", withIntermediateDirectories: true)
      try "no record".write(
        toFile: folder + "/more/log.txt", atomically: true, encoding: .utf8)
      try "no record".write(
        toFile: folder + "/more/.hidden.json", atomically: true, encoding: .utf8)
      try FileManager.default.createSymbolicLink(
        atPath: folder + "/more/back", withDestinationPath: folder)
      for number in [3, 2] {
        try Self.write(
          try Self.record([.holds], number: number), "\(folder)/more/job-2/\(number).json")
      }
    } _: { printed, _ in
      #expect(printed.status == 0 && printed.error.isEmpty)
      let fleet = try JSONSerialization.jsonObject(with: Data(printed.out.utf8)) as? [String: Any]
      #expect(fleet?["runs"] as? Int == 3)
    }
  }

  @Test(arguments: ["\n", "\0"]) func aListNamesRecords(separator: String) throws {
    try merging(["--files-from", "FOLDER/list"]) { folder in
      let paths = ["good.json", "bad.json"].map { "\(folder)/\($0)" }
      try (paths.joined(separator: separator) + separator).write(
        toFile: folder + "/list", atomically: true, encoding: .utf8)
    } _: { printed, _ in
      #expect(printed.status == 1 && printed.out.hasPrefix("fleet      2 runs on 2 keys"))
    }
  }

  /// A copy counts once, whether it is the same file or another one, and does not change the status.
  @Test func aRunCountsOnce() throws {
    try merging(["FOLDER/good.json", "FOLDER/good.json", "FOLDER/copy.json"]) { folder in
      try FileManager.default.copyItem(
        atPath: folder + "/good.json", toPath: folder + "/copy.json")
    } _: { printed, _ in
      #expect(printed.status == 0 && printed.out.hasPrefix("fleet      1 run on 1 key"))
      #expect(
        printed.out.contains(
          "copies     2 records repeat runs that are counted already, such as FOLDER/good.json"))
    }
  }

  /// A violated record with the header of one that holds is no copy.
  @Test(arguments: [["good", "false"], ["false", "good"]])
  func aFalseCopyIsViolated(order: [String]) throws {
    try merging(order.map { "FOLDER/\($0).json" } + ["--json", "FOLDER/fleet"]) { folder in
      let good = try Record.decode(Data(contentsOf: URL(fileURLWithPath: folder + "/good.json")))
      var bad = try Self.record([.violated])
      bad.claimPlans[0].id = good.claimPlans[0].id
      (bad.started, bad.seconds) = (good.started, good.seconds)
      try Self.write(bad, folder + "/false.json")
    } _: { printed, folder in
      #expect(printed.status == 1 && printed.out.hasPrefix("fleet      2 runs on 1 key"))
      #expect(!printed.out.contains("copies "))
      #expect(
        printed.out.contains(
          "conflict   FOLDER/\(order[1]).json has the machine key, start, seed and length of "
            + "FOLDER/\(order[0]).json, but other verdicts on v0.holds"))
      #expect(printed.out.contains("mixed on a-1c-1n"))
      let json = try String(contentsOfFile: folder + "/fleet", encoding: .utf8)
      let path = "\(folder)/\(order[1]).json"
      #expect(json.contains("{\"claims\":[\"v0.holds\"],\"name\":\"\(path)\""))
    }
  }

  /// Whatever cannot be read is told by name, after which the rest is counted; never with status 0.
  @Test(arguments: [
    ("{", "it is not valid JSON"), ("", "it is not valid JSON"),
    ("{\"schema\": \"perfgate.record/9\"}", "key schema is perfgate.record/9"),
    ("{\"schema\": \"perfgate.fleet/1\", \"runs\": 3}", "key schema is perfgate.fleet/1"),
    ("{\"machine\": {}}", "key schema is missing"), ("[1, 2]", "the whole file"),
    ("SEED", "key seed"), ("TASKS", "key series.0.tasks"), ("TIME", "1e400 is too large a number"),
    ("LIMIT", "key claimPlans.0 has limit -1"),
  ])
  func aDamagedRecordIsTold(text: String, says: String) throws {
    let changes = [
      "SEED": ("\"seed\" : 0", "\"seed\" : -1"),
      "TASKS": ("\"tasks\" : 50", "\"tasks\" : 1e30"),
      "TIME": ("\"seconds\" : [", "\"seconds\" : [1e400, "),
      "LIMIT": ("\"limit\" : 1.05", "\"limit\" : -1.05"),
    ]
    try merging(["FOLDER/x.json", "FOLDER/good.json", "--junit", "FOLDER/a.xml"]) { folder in
      var damaged = text
      if let (old, new) = changes[text] {
        let whole = try String(contentsOfFile: folder + "/good.json", encoding: .utf8)
        damaged = whole.replacing(old, with: new)
        #expect(damaged != whole)
      }
      try damaged.write(toFile: folder + "/x.json", atomically: true, encoding: .utf8)
    } _: { printed, folder in
      #expect(printed.status == 65)
      #expect(printed.errorLines.count == 2, "\(printed.error)")
      #expect(printed.error.hasPrefix("perfgate: cannot read record FOLDER/x.json: "))
      #expect(printed.error.contains(says), "\(printed.error)")
      #expect(printed.out.contains("missing    1 of 2 could not be read"))
      #expect(printed.outLines.last == "checked 1 of 1, violated 0")
      let junit = try String(contentsOfFile: folder + "/a.xml", encoding: .utf8)
      #expect(junit.contains("errors=\"1\""))
    }
  }

  /// A violated claim stands, whatever the record that could not be read says.
  @Test func violatedGoesBeforeDamaged() throws {
    try merging(["FOLDER", "FOLDER/none.json"]) { printed, _ in
      #expect(printed.status == 1 && printed.errorLines.count == 1)
      #expect(
        printed.error.hasPrefix(
          "perfgate: cannot read record FOLDER/none.json: no such file or directory"))
    }
  }

  /// A run that ended early counts as far as it went, and is told.
  @Test func anUnfinishedRecordIsTold() throws {
    try merging(["FOLDER/good.json", "FOLDER/half.json"]) { folder in
      var half = try Self.record([.holds], number: 5)
      half.complete = false
      try Self.write(half, folder + "/half.json")
    } _: { printed, _ in
      #expect(printed.status == 0 && printed.error.isEmpty)
      #expect(printed.out.contains("unfinished FOLDER/half.json: the run ended early"))
    }
  }

  @Test func anotherLimitIsAnotherClaim() throws {
    try merging(["FOLDER"]) { folder in
      try FileManager.default.removeItem(atPath: folder + "/bad.json")
      var other = try Self.record([.holds], number: 1)
      other.claimPlans[0].limit = 1.2
      try Self.write(other, folder + "/other.json")
    } _: { printed, _ in
      #expect(printed.status == 0)
      #expect(
        printed.out.contains(
          "differs    v0.holds does not state the same in all records, so it is judged as 2 claims")
      )
      #expect(
        printed.out.contains("v0.holds (≤ 1.05)") && printed.out.contains("v0.holds (≤ 1.20)"))
      #expect(printed.outLines.last == "checked 2 of 2, violated 0")
    }
  }

  @Test func workThatIsNotProvenIsNoSuccess() throws {
    try merging(["FOLDER/good.json"]) { folder in
      let text = try Self.record([.holds]).edited { record in
        record["unproven"] = [["kernel": "made.up", "variant": "v0", "reason": "wrong result"]]
      }
      try text.write(toFile: folder + "/good.json", atomically: true, encoding: .utf8)
    } _: { printed, _ in
      #expect(printed.status == 70)
      #expect(printed.error.hasPrefix("perfgate: work of made.up/v0 is not proven: wrong result"))
    }
  }

  @Test func demands() throws {
    func open(_ folder: String) throws {
      try Self.write(try Self.record([.inconclusive], number: 3), folder + "/open.json")
    }
    try merging(["FOLDER/open.json"], open) { printed, _ in
      #expect(printed.status == 0)
      #expect(printed.outLines.last == "checked 1 of 1, violated 0, inconclusive 1")
    }
    for demand in [["--strict"], ["--require", "v0.*"]] {
      try merging(["FOLDER/open.json"] + demand, open) { printed, _ in
        #expect(printed.status == 3, "\(printed)")
        #expect(printed.error.contains("1 of 1 claims is not decided, for example v0.inconclusive"))
      }
    }
    try merging(["FOLDER/open.json", "--require", "none"], open) { printed, _ in
      #expect(printed.status == 64 && printed.error.contains("matches no claim of the records"))
    }
    let lost = { (folder: String) in
      try Self.write(try Self.record([.notCheckable]), folder + "/open.json")
    }
    try merging(["FOLDER/open.json"], lost) { printed, _ in
      #expect(printed.status == 75 && printed.error.contains("nothing was decided: 1 of 1 claims"))
    }
  }

  @Test(arguments: [
    ([], 64, "merge needs records: expected perfgate merge RECORD…"),
    (["FOLDER/good.json", "--json", "FOLDER/good.json"], 64, "cannot use --json FOLDER/good.json"),
    (["FOLDER", "--json", "FOLDER/f.json"], 64, "cannot use --json FOLDER/f.json: it is in a fo"),
    (
      ["FOLDER", "--json", "-", "--junit", "-"], 64, "cannot use --junit -: standard output is for"
    ),
    (["FOLDER", "--junit", "FOLDER/a", "--markdown", "FOLDER/a"], 64, "cannot use --markdown FO"),
    (["--files-from", "FOLDER/empty", "--json", "FOLDER/empty"], 65, "the list of records FOLDER"),
    (["--files-from", "FOLDER/l", "--json", "FOLDER/l"], 64, "cannot use --json FOLDER/l: it is"),
    (["FOLDER", "--json", "FOLDER/none/a"], 73, "cannot write FOLDER/none/a"),
    (["FOLDER", "--json", "/dev/full"], 74, "cannot write /dev/full"),
    (["FOLDER/empty-folder"], 65, "no records in the folder FOLDER/empty-folder"),
    (["--files-from", "FOLDER/none"], 65, "cannot read the list of records FOLDER/none: no such"),
    (["FOLDER", "--workers", "2"], 64, "option --workers does not belong to merge"),
    (["-", "--files-from", "-"], 64, "standard input can be one record or the list"),
    (["FOLDER/good.json", "-", "-"], 64, "standard input can be one record or the list"),
    (["FOLDER/odd"], 65, "cannot read record FOLDER/odd/pipe.json: it is not a file"),
  ])
  func whatIsWrongIsTold(arguments: [String], status: Int32, says: String) throws {
    try merging(arguments) { folder in
      try FileManager.default.createDirectory(
        atPath: folder + "/empty-folder", withIntermediateDirectories: true)
      try FileManager.default.createDirectory(
        atPath: folder + "/odd", withIntermediateDirectories: true)
      if arguments.first != "FOLDER" { mkfifo(folder + "/odd/pipe.json", 0o600) }
      try "".write(toFile: folder + "/empty", atomically: true, encoding: .utf8)
      try "\(folder)/good.json\n".write(
        toFile: folder + "/l", atomically: true, encoding: .utf8)
      if arguments == ["FOLDER"] || arguments.first == "FOLDER" {
        try FileManager.default.removeItem(atPath: folder + "/empty-folder")
      }
    } _: { printed, folder in
      #expect(printed.status == status && printed.out.isEmpty, "\(printed)")
      #expect(printed.error.hasPrefix("perfgate: \(says)"), "\(printed.error)")
      #expect(!FileManager.default.fileExists(atPath: folder + "/a"))
    }
  }

  /// Some hundred records, in batches and on several threads: each is counted once, in its order.
  @Test func manyRecords() throws {
    try withFolder { folder in
      var record = try Self.record([.holds])
      for number in 0..<300 {
        record.machine.key = "m\(number % 7)-1c-1n"
        record.seed = UInt64(number)
        let text = number == 150 ? "damaged" : try record.json()
        try text.write(
          toFile: "\(folder)/\(1000 + number).json", atomically: false, encoding: .utf8)
      }
      let once = try perfGate(["merge", folder, "--json", "-"])
      #expect(once.status == 65 && once.errorLines.count == 2)
      #expect(try perfGate(["merge", folder, "--json", "-"]).out == once.out)
      let object = try JSONSerialization.jsonObject(with: Data(once.out.utf8)) as? [String: Any]
      #expect(object?["runs"] as? Int == 299)
      #expect((object?["machines"] as? [[String: Any]])?.count == 7)
    }
  }
}
