import Foundation
import PerfGate
import PerfGateReport
import PerfGateMachine
import PerfGateTestSupport
import Testing

/// `perfgate baseline`: what needs no measuring.
@Suite struct BaselineCommandTests {
  static func key() throws -> String { try Machine.current().key.description }

  /// This machine's baseline of one claim, with sessions of these figures.
  static func store(_ folder: String, _ figures: [Double], claim: String = "a.time") throws {
    let key = try key()
    try BaselineStore(folder: folder).update(key) { stored in
      var baseline =
        stored
        ?? Baseline(machine: Baseline.Machine(key: key, cpu: "this", cores: 1, memoryNodes: 1))
      var entry = Baseline.Entry(
        text: "a time", quantity: "time of made.up/new over old at 1 worker",
        isHigherBetter: false)
      for figure in figures { entry.add(.madeUp(figure), pin: false) }
      baseline.claims[claim] = entry
      return baseline
    }
  }

  @Test(arguments: [
    (
      ["baseline"],
      "baseline needs a word that says what to do: expected one of update, show, list, check"
    ),
    (["baseline", "renew"], "unknown baseline renew: expected one of update, show, list, check"),
    (["baseline", "--pin"], "unknown baseline --pin"),
    (
      ["baseline", "update", "--only", "some"],
      "cannot use --only some: expected one of new, better"
    ),
    (["baseline", "list", "extra"], "unexpected argument extra"),
    (["baseline", "update", "--rounds", "3"], "option --rounds does not belong to baseline"),
    (["scale", "--baselines", "x"], "option --baselines does not belong to scale"),
    (["run", "--budget", "0.01"], "cannot use --budget 0.01: expected 0, or seconds"),
  ])
  func wrongWords(arguments: [String], says: String) throws {
    let printed = try perfGate(arguments)
    #expect(printed.status == 64 && printed.out == "")
    #expect(printed.error.hasPrefix("perfgate: \(says)"))
    #expect(printed.error.split(separator: "\n").count == 1)
  }

  @Test func helpNamesTheActions() throws {
    let printed = try perfGate(["baseline", "--help"])
    #expect(printed.status == 0 && printed.out.contains("baseline update|show|list|check"))
    #expect(printed.out.contains("--only WORD"))
  }

  @Test func anEmptyStoreIsNoError() throws {
    try withFolder { folder in
      let key = try Self.key()
      for action in ["list", "show", "check"] {
        let printed = try perfGate(["baseline", action, "--baselines", folder + "/none"])
        #expect(printed.status == 0 && printed.error == "")
        #expect(printed.out.contains("nothing is stored for this machine, \(key)"))
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
    }
  }

  /// Nothing is stored, so nothing is compared: who demands a decision is told that there is none.
  @Test func aCheckWithoutSessionsIsNotGreenUnderDemands() throws {
    try withFolder { folder in
      let claim = try Claim(
        id: "plain.time", text: "a time", kernel: Plain.name,
        .baseline(.time(variant: "a"), worseByAtMost: 0.05))
      let catalog = try Catalog([AnyKernel(Plain.self)])
      func check(_ options: [String]) throws -> Printed {
        try perfGate(
          ["baseline", "check", "--baselines", folder] + options, catalog: catalog,
          claims: [claim])
      }
      let plain = try check([])
      #expect(plain.status == 0 && plain.error == "")
      #expect(plain.out.contains("not checkable: no baseline for "))
      #expect(plain.out.contains("checked 0 of 1"))
      for demand in [["--strict"], ["--require", "plain.*"], ["--budget", "0", "--strict"]] {
        let refused = try check(demand)
        #expect(refused.status == 3, "\(demand): \(refused)")
        #expect(refused.error.contains("1 of 1 claims is not decided, for example plain.time: "))
      }
      #expect(try check(["--require", "other.*"]).status == 64)
      // Only another machine's file: as good as nothing.
      try BaselineStore(folder: folder).update("other-machine-1c-1n") { _ in
        var baseline = Baseline.madeUp()
        baseline.machine.key = "other-machine-1c-1n"
        return baseline
      }
      #expect(try check(["--strict"]).status == 3)
      // The record is written also where nothing is measured.
      let record = try Record.decode(Data(try check(["--json", "-"]).out.utf8))
      #expect(record.claims.map(\.verdict.word) == [.notCheckable])
      #expect(record.claims.map(\.cause) == [.baseline])
    }
  }

  @Test func listNamesTheNearestMachine() throws {
    try withFolder { folder in
      let parts = try Self.key().split(separator: "-")
      let near = parts.dropLast(2).joined(separator: "-") + "-999c-1n"
      try BaselineStore(folder: folder).update(near) { _ in
        var baseline = Baseline.madeUp()
        baseline.machine.key = near
        return baseline
      }
      let printed = try perfGate(["baseline", "list", "--baselines", folder])
      #expect(printed.status == 0 && printed.out.contains("the nearest is \(near)"))
    }
  }

  @Test func showSetsTodayBesideTheStoredSessions() throws {
    try withFolder { folder in
      try Self.store(folder, [2, 2.1, 1.9])
      // A record of this machine in which the figure is 2.2.
      var run = VirtualRun(
        claims: [
          try Claim(
            id: "a.time", text: "a time", kernel: VirtualRun.kernel,
            .baseline(.ratio(subject: "new", reference: "old"), worseByAtMost: 0.05))
        ], truth: ["new/1": 0.22])
      run.noise = nil
      run.stored = ["a.time": [2, 2.1, 1.9]]
      var record = run.run().record
      record.machine.key = try Self.key()
      record.claims = Judge.results(record)
      let path = folder + "/record.txt"
      try record.json().write(toFile: path, atomically: true, encoding: .utf8)
      let printed = try perfGate(["baseline", "show", path, "--baselines", folder])
      let line = try #require(printed.out.split(separator: "\n").first { $0.hasPrefix("a.time") })
      #expect(printed.status == 0)
      #expect(
        line.split(separator: " ").map(String.init)
          == ["a.time", "a", "time", "2.000", "3", "2.200", "+10.0", "%", "2026-01-02", "2.000"])
      record.machine.key = "another"
      try record.json().write(toFile: path, atomically: true, encoding: .utf8)
      let other = try perfGate(["baseline", "show", path, "--baselines", folder])
      #expect(other.status == 65 && other.error.contains("it is from machine another, this is"))
    }
  }

  @Test func checkNamesWhatIsStale() throws {
    try withFolder { folder in
      try Self.store(folder, [1], claim: "gone")
      let printed = try perfGate(["baseline", "check", "--budget", "0", "--baselines", folder])
      #expect(printed.status == 0 && printed.error == "")
      #expect(printed.out.contains("gone is stored, but no claim has this name"))
      #expect(printed.out.contains("1 file is sound in \(folder)"))
    }
  }

  /// Only this machine's own file may end a command.
  @Test func filesOfOtherMachinesThatCannotBeUsedAreNotes() throws {
    try withFolder { folder in
      try Self.store(folder, [1])
      let own = folder + "/\(try Self.key()).json"
      let copy = try String(contentsOfFile: own, encoding: .utf8)
      try copy.write(toFile: folder + "/renamed-2c-1n.json", atomically: true, encoding: .utf8)
      try "{".write(toFile: folder + "/damaged-2c-1n.json", atomically: true, encoding: .utf8)
      try FileManager.default.createSymbolicLink(
        atPath: folder + "/link-2c-1n.json", withDestinationPath: own)
      try "".write(toFile: folder + "/empty-2c-1n.json", atomically: true, encoding: .utf8)
      for arguments in [["list"], ["check", "--budget", "0"]] {
        let printed = try perfGate(["baseline"] + arguments + ["--baselines", folder])
        #expect(printed.status == 0 && printed.error == "", "\(printed)")
        for name in ["renamed", "damaged", "link", "empty"] {
          let notes = printed.out.split(separator: "\n").filter {
            $0.hasPrefix("note ") && $0.contains("/\(name)-2c-1n.json")
              && $0.hasSuffix("; skipped")
          }
          #expect(notes.count == 1, "\(name): \(printed.out)")
        }
        #expect(printed.out.contains(arguments == ["list"] ? "this machine" : "1 file is sound in"))
      }
      try "{".write(toFile: own, atomically: true, encoding: .utf8)
      for action in ["list", "check", "show"] {
        let printed = try perfGate(["baseline", action, "--baselines", folder])
        #expect(printed.status == 65 && printed.error.contains(own), "\(printed)")
      }
    }
  }

  /// Found before anything is measured.
  @Test func updateLooksFirstWhetherItCanStore() throws {
    try withFolder { folder in
      let file = folder + "/file"
      try "text".write(toFile: file, atomically: true, encoding: .utf8)
      let catalog = try Catalog([AnyKernel(Plain.self)])
      let blocked = try perfGate(
        ["baseline", "update", "--baselines", file + "/below"], catalog: catalog)
      #expect(
        blocked.status == 73 && blocked.error.contains("\(file)/below: not a directory"))
      #expect(blocked.out == "")
      try "{}".write(
        toFile: "\(folder)/\(Self.key()).json", atomically: true, encoding: .utf8)
      for command in [["baseline", "update"], ["run"], ["compare"]] {
        let damaged = try perfGate(command + ["--baselines", folder], catalog: catalog)
        #expect(damaged.status == 65 && damaged.error.contains("key schema is missing"))
        #expect(damaged.out == "")
      }
    }
  }
}
