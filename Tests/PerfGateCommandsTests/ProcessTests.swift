#if os(Linux)
  import Foundation
  import PerfGate
  import PerfGateTestSupport
  import Testing

  /// The program itself, as a process: signals, closed pipes, exit statuses.
  @Suite(.serialized) struct ProcessTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// The executable that is built beside the tests.
    private static let program = builtProgram("perfgate")

    private func start(_ arguments: [String]) throws -> ChildProcess {
      try ChildProcess(
        [Self.program] + arguments, output: folder.path("out"), error: folder.path("error"))
    }

    /// Runs a line of shell in the folder, with `$perfgate` for the program; returns its status.
    private func shell(_ line: String) throws -> ChildProcess.End {
      let quoted = "perfgate='\(Self.program)'; cd '\(folder.root)' || exit 99; \(line)"
      return try ChildProcess(
        ["/bin/sh", "-c", quoted], output: folder.path("out"), error: folder.path("error")
      ).wait()
    }

    private func record() throws -> Record {
      try JSONDecoder().decode(Record.self, from: Data(folder.text("record.json").utf8))
    }

    private func eventually(_ condition: () -> Bool) -> Bool {
      for _ in 0..<3000 {
        if condition() { return true }
        usleep(10_000)
      }
      return false
    }

    /// Takes no time: a curve of tiny tasks, which judges no claims.
    private let quick = "scale --kernel viete --size 1000 --tasks 2 --rounds 1 --workers 1"

    /// Would take minutes; says so before its first round.
    private var long: [String] {
      [
        "scale", "--kernel", "viete", "--task-seconds", "0.001", "--tasks", "5", "--workers", "1",
        "--rounds", "10000", "--json", folder.path("record.json"),
      ]
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func anInterruptedRunWritesWhatItHas(signal: Int32) throws {
      let process = try start(long)
      #expect(eventually { (try? folder.text("error").contains("will take about")) == true })
      // Some rounds of 0.01 s.
      sleep(1)
      process.send(signal)
      let begin = ContinuousClock.now
      #expect(try process.wait(atMost: .seconds(10)) == .exit(128 + signal))
      #expect(ContinuousClock.now - begin < .seconds(5))
      let record = try record()
      #expect(!record.complete && record.command == "scale")
      #expect(record.series.count == 2)
      for series in record.series {
        #expect(!series.rounds.isEmpty && series.rounds.count < 10_000)
        #expect(series.rounds == Array(0..<series.rounds.count))
      }
      #expect(record.scaling.count == 2)
      let lines = try folder.text("error").split(separator: "\n")
      #expect(
        lines.last
          == "perfgate: interrupted by signal \(signal); the record so far is marked incomplete")
      let out = try folder.text("out")
      #expect(out.split(separator: "\n").last.map(String.init) == folder.path("record.json"))
      #expect(out.contains("viete workers"))
    }

    /// Even before the first round there is a record, which holds nothing.
    @Test func aRunInterruptedWhileProvingWritesARecordToo() throws {
      let process = try start(
        ["compare", "--kernel", "text.*", "--json", folder.path("record.json")])
      // The header is printed once the signals are caught and the workers run.
      #expect(eventually { (try? folder.text("out").contains("plan ")) == true })
      process.send(SIGINT)
      #expect(try process.wait(atMost: .seconds(10)) == .exit(130))
      let record = try record()
      #expect(!record.complete && record.series.isEmpty && record.comparisons.isEmpty)
    }

    @Test func aClosedPipeEndsTheProgramQuietly() throws {
      for reader in ["head -1", "true"] {
        for before in ["", "trap '' PIPE; "] {
          _ = try shell("\(before)\"$perfgate\" \(quick) --json record.json | \(reader)")
          #expect(try folder.text("error").isEmpty, "\(before) \(reader)")
        }
      }
      for command in ["machine", "--help", "\(quick) --json -"] {
        _ = try shell("trap '' PIPE; \"$perfgate\" \(command) | true")
        #expect(try folder.text("error").isEmpty, "\(command)")
      }
    }

    /// Whoever reads the tables may go away; what was measured is kept.
    @Test func aClosedPipeDoesNotLoseTheRecord() throws {
      _ = try shell("\"$perfgate\" \(quick) --json record.json | head -1")
      #expect(try record().complete)
      #expect(try record().series.count == 2)
      #expect(folder.files == ["error", "out", "record.json"])
    }

    @Test func aMissingFolderIsFoundAtOnce() throws {
      let begin = ContinuousClock.now
      #expect(try start(["run", "--json", folder.path("missing/record.json")]).wait() == .exit(73))
      #expect(ContinuousClock.now - begin < .seconds(5))
      #expect(try folder.text("out").isEmpty)
      #expect(
        try folder.text("error")
          == "perfgate: cannot write \(folder.path("missing/record.json")): "
          + "no such file or directory; choose another file\n")
    }

    @Test func aFullDiskIsToldAndTheTablesAreShown() throws {
      let end = try shell(
        "\"$perfgate\" \(quick) --json /dev/full")
      #expect(end == .exit(73))
      #expect(
        try folder.text("error")
          == "perfgate: cannot write /dev/full: no space left on device; choose another file\n")
      #expect(try folder.text("out").contains("viete workers"))
    }

    /// Files that hold little but a list, of more values than are read, of just as many, and damaged at the
    /// end: each is refused within a gigabyte of addresses.
    @Test(arguments: ["0,", "0.123456789,"], ["0]}", "0]"])
    func aLargeFileTakesLittleMemory(item: String, last: String) throws {
      let end = try shell(
        "{ printf '{\"schema\": \"perfgate.record/1\", \"unknown\": ['; "
          + "yes '\(item)' | tr -d '\\n' | head -c 50000000; printf '\(last)'; } >large.json; "
          + "ulimit -v 1000000; exec \"$perfgate\" judge large.json")
      #expect(end == .exit(65))
      let error = try folder.text("error")
      let expected =
        item.count == 2
        ? "it holds more than the 5000000 values"
        : last == "0]" ? "it is not valid JSON" : "key complete is missing"
      #expect(error.contains(expected) && error.count { $0 == "\n" } == 1, "\(error)")
    }

    @Test func wrongUsageIsOneLineAndSixtyFour() throws {
      #expect(try shell("\"$perfgate\" scale --workers 3-1") == .exit(64))
      #expect(try folder.text("error").split(separator: "\n").count == 1)
      #expect(try folder.text("out").isEmpty)
    }

    /// Outside of a package it goes to the temporary folder; inside to `.build/perfgate`.
    @Test func withoutAWishTheRecordHasAPlace() throws {
      let command = "\"$perfgate\" \(quick)"
      #expect(try shell("TMPDIR=\"$PWD/tmp\"; export TMPDIR; mkdir tmp; \(command)") == .exit(0))
      let outside = try #require(try folder.text("out").split(separator: "\n").last)
      let own = folder.path("tmp/perfgate-\(geteuid())")
      #expect(outside.hasPrefix("\(own)/scale-") && outside.hasSuffix(".json"))
      #expect(FileManager.default.fileExists(atPath: String(outside)))

      #expect(
        try shell(
          "mkdir -p package/Sources; : >package/Package.swift; "
            + "cd package/Sources && \(command)") == .exit(0))
      let inside = try #require(try folder.text("out").split(separator: "\n").last)
      #expect(inside.hasPrefix(folder.path("package/.build/perfgate/scale-")))
      #expect(FileManager.default.fileExists(atPath: String(inside)))
    }
  }
#endif
