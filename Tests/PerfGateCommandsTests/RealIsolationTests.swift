#if os(Linux)
  import Foundation
  import PerfGate
  import PerfGatePlantKernels
  import PerfGateTestSupport
  import Testing

  /// Commands whose arms run in processes that crash, hang, or are killed with their parent.
  @Suite(.engine, .serialized, .timeLimit(.minutes(20))) struct RealIsolationTests {
    private let folder: TemporaryFolder

    init() throws {
      folder = try TemporaryFolder()
      // The path is the mark of all processes.
      for (link, program) in [("perfgate", "perfgate"), ("plant", "PerfGateArmPlant")] {
        try FileManager.default.createSymbolicLink(
          atPath: folder.path(link), withDestinationPath: builtProgram(program))
      }
    }

    private func start(
      _ program: String, _ arguments: String, _ variables: String = ""
    ) throws -> StartedProcess {
      try StartedProcess(
        [
          "/bin/sh", "-c",
          "cd '\(folder.root)' && ulimit -c 0 && exec env \(variables) '\(folder.path(program))' \(arguments)",
        ], output: folder.path("out"), error: folder.path("error"))
    }

    private func run(
      _ program: String, _ arguments: String, _ variables: String = ""
    ) throws -> StartedProcess.End {
      // It may wait for others that measure.
      try start(program, arguments, variables).wait(atMost: .seconds(900))
    }

    private func record() throws -> Record {
      try Record.decode(Data(folder.text("record.json").utf8))
    }

    private func within(_ seconds: Double, _ condition: () -> Bool) -> Bool {
      for _ in 0..<Int(seconds * 100) {
        if condition() { return true }
        usleep(10_000)
      }
      return false
    }

    private let tables = "--quiet --json record.json"
    private let quick = "scale --kernel viete --size 1000 --tasks 2 --rounds 1 --workers 1"

    /// Each trap is told as the finding about its own claim, and the others are judged.
    @Test(.uninstrumented) func eachTrapEndsItsOwnClaim() throws {
      let end = try run(
        "plant",
        "run --kernel plant.traps --budget 12 --rounds 1 --workers 1 --quiet-wait 0 \(tables)")
      #expect(end == .exit(70))
      let record = try record()
      #expect(record.complete && record.claims.count == Trap.allCases.count + 1)
      let errors = try folder.text("error").split(separator: "\n")
      for trap in Trap.allCases {
        let claim = try #require(record.claims.first { $0.id == trap.rawValue })
        let lines = errors.filter { $0.contains("plant.traps/\(trap.variant) ") }
        if trap.isHarmless {
          #expect(!claim.isUnproven && lines.isEmpty, "\(lines)")
        } else {
          #expect(claim.isUnproven && lines.count == 1, "\(trap): \(lines)")
          #expect(lines.first?.contains(" is not proven: its process ") == true, "\(lines)")
        }
      }
      // Judged, or lost to what disturbed it, but not refused.
      let good = try #require(record.claims.first { $0.id == "good" })
      #expect(!good.isUnproven && good.rounds + good.discarded > 0)
      #expect(areGone(folder.root))
    }

    /// Asked to stop in the middle of an arm, or between two.
    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func aStoppedRunLeavesNothing(signal: Int32) throws {
      for task in ["1", "0.001"] {
        let process = try start(
          "perfgate",
          "scale --kernel viete --task-seconds \(task) --tasks 10 --workers 1 --rounds 10000 "
            + "--json record.json")
        #expect(
          within(700) { (try? folder.text("error").contains("will take about")) == true })
        usleep(1_500_000)
        // Between two starts there is no child for a moment.
        #expect(within(30) { marked(folder.root).count == 2 })
        process.send(signal)
        let begin = ContinuousClock.now
        #expect(try process.wait(atMost: .seconds(60)) == .exit(128 + signal))
        // The longer arms last 10 s.
        #expect(ContinuousClock.now - begin < .seconds(4))
        #expect(areGone(folder.root))
        #expect(try !record().complete)
      }
    }

    /// Killed at any moment, it leaves no process, no memory and no lock.
    @Test func nothingOutlivesAKilledRun() throws {
      var random = SystemRandomNumberGenerator()
      let shared = { try FileManager.default.contentsOfDirectory(atPath: "/dev/shm").sorted() }
      let before = try shared()
      for _ in 0..<25 {
        let process = try start("perfgate", "run --quiet --quiet-wait 0 --json record.json")
        usleep(UInt32.random(in: 0...400_000, using: &random))
        process.send(SIGKILL)
        _ = try process.wait()
        #expect(areGone(folder.root), "\(marked(folder.root))")
      }
      #expect(try shared().filter { $0.contains("perfgate") && !before.contains($0) }.isEmpty)
      #expect(try run("perfgate", "\(quick) \(tables)") == .exit(0))
    }

    /// The children are this program, whatever has become of its file.
    @Test func aDeletedOrMovedProgramStillStartsItself() throws {
      for after in ["rm copy", "mv copy moved"] {
        let line =
          "cd '\(folder.root)'; cp -L perfgate copy; ./copy \(quick) \(tables) & "
          + "until grep -q plan out; do sleep 0.01; done; \(after); wait $!"
        let end = try StartedProcess(
          ["/bin/sh", "-c", line], output: folder.path("out"), error: folder.path("error")
        ).wait(atMost: .seconds(900))
        let said = try folder.text("error")
        #expect(end == .exit(0), "\(said)")
        let record = try record()
        #expect(record.complete && !record.notes.contains { $0.code == "one-process" })
      }
    }

    @Test func oneProcessOnRequest() throws {
      #expect(try run("perfgate", "\(quick) \(tables)", "PERFGATE_STARTS=1") == .exit(0))
      let notes = try record().notes.filter { $0.code == "one-process" }.map(\.text)
      #expect(notes == ["all rounds are of one process: PERFGATE_STARTS=1"])
      for value in ["0", "2", "yes"] {
        #expect(try run("perfgate", quick, "PERFGATE_STARTS=\(value)") == .exit(64))
        #expect(
          try folder.text("error")
            == "perfgate: cannot use PERFGATE_STARTS=\(value): expected 1 (one process runs all "
            + "rounds), or omit it\n")
      }
    }
  }
#endif
