#if os(Linux)
  import Foundation
  import PerfGate
  import PerfGateKernels
  import PerfGateReport
  import PerfGateTestSupport
  import Testing

  /// A run that does not come to its end leaves its record and every report that was asked for, each of
  /// which says so.
  @Suite(.serialized) struct UnfinishedRunTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Options for all reports, in files named after them.
    private func reports(_ all: [Report]) -> [String] {
      ["--json", folder.path("record.json")] + all.flatMap { [$0.option, folder.path($0.option)] }
    }

    /// Checks the files of a run that ended early, and returns its record.
    private func unfinished(_ all: [Report], out: String) throws -> Record {
      let record = try Record.read(path: folder.path("record.json"))
      #expect(!record.complete)
      #expect(
        out.split(separator: "\n").contains { $0.hasPrefix("incomplete the run ended early") })
      let marks = [
        "--junit": "type=\"incomplete\"", "--markdown": "**Incomplete: the run ended early",
        "--google-benchmark": "\"perfgate_complete\": \"false\"",
      ]
      for report in all {
        let text = try folder.text(report.option)
        #expect(text == report.text(record), "\(report.option)")
        if let mark = marks[report.option] { #expect(text.contains(mark), "\(report.option)") }
      }
      let rows = try folder.text("--csv").split(separator: "\n").dropFirst()
      #expect(rows.allSatisfy { $0.contains(",false,") })
      #expect(rows.count >= record.series.reduce(0) { $0 + $1.seconds.count })
      return record
    }

    private func start(_ arguments: [String]) throws -> StartedProcess {
      try StartedProcess(
        [builtProgram("perfgate")] + arguments, output: folder.path("out"),
        error: folder.path("error"))
    }

    private func eventually(_ condition: () -> Bool) -> Bool {
      // Other programs may be measuring: it waits for them up to ten minutes.
      for _ in 0..<66_000 {
        if condition() { return true }
        usleep(10_000)
      }
      return false
    }

    @Test(arguments: [SIGINT, SIGTERM]) func anInterruptedRunHasItsReports(signal: Int32) throws {
      let process = try start(
        ["compare", "--kernel", "viete", "--budget", "60"] + reports(Report.all))
      // Claims are judged first.
      #expect(eventually { (try? folder.text("error").contains("will take")) == true })
      sleep(2)
      process.send(signal)
      #expect(try process.wait(atMost: .seconds(20)) == .exit(128 + signal))
      let record = try unfinished(Report.all, out: folder.text("out"))
      #expect(record.claims.allSatisfy { $0.verdict != .violated })
      #expect(try folder.text("--junit").contains("errors=\"1\""))
    }

    /// A program that is killed between two groups of rounds leaves the record of the first ones.
    @Test func aKilledProgramLeavesItsRecord() throws {
      let path = folder.path("record.json")
      let process = try start(["run", "--kernel", "viete", "--budget", "60", "--json", path])
      // A file of that name exists for a moment before anything is measured, to see whether it can.
      #expect(eventually { (try? Record.read(path: path)) != nil || !process.isRunning })
      process.send(SIGKILL)
      _ = try process.wait(atMost: .seconds(20))
      let record = try Record.read(path: path)
      #expect(!record.complete && !record.claims.isEmpty)
      #expect(!record.series.isEmpty)
    }

    /// A worker process that is killed from outside, after some rounds.
    @Test func aKilledWorkerLeavesTheReports() throws {
      let about = Report.all.filter { !$0.isAboutClaims }
      let process = try start(
        [
          "scale", "--kernel", "viete", "--variant", "swift.scalar", "--executor", "process",
          "--task-seconds", "0.005", "--tasks", "4", "--rounds", "10000", "--workers", "1",
        ] + reports(about))
      #expect(eventually { (try? folder.text("error").contains("will take")) == true })
      sleep(4)
      // A round may begin with another process just now.
      #expect(
        eventually {
          workers(below: Int(process.pid)).forEach { kill(pid_t($0), SIGKILL) }
          return !process.isRunning
        })
      #expect(try process.wait() == .exit(70))
      let record = try unfinished(about, out: folder.text("out"))
      #expect(record.series.contains { !$0.seconds.isEmpty || $0.discarded > 0 })
      let error = try folder.text("error")
      #expect(error.contains("signal 9 (SIGKILL)"), "\(error)")
    }

    /// The worker processes that a process and its children have started.
    private func workers(below parent: Int) -> [Int] {
      let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
      var parents: [Int: Int] = [:]
      for pid in all.compactMap(Int.init) {
        let stat = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
        // The name in parentheses may hold anything.
        let fields = stat.split(separator: ")").last?.split(separator: " ") ?? []
        if fields.count > 1 { parents[pid] = Int(fields[1]) }
      }
      func isBelow(_ pid: Int) -> Bool {
        guard let own = parents[pid], own > 1 else { return false }
        return own == parent || isBelow(own)
      }
      return parents.keys.filter { pid in
        let arguments = try? String(contentsOfFile: "/proc/\(pid)/cmdline", encoding: .utf8)
        return isBelow(pid) && arguments?.split(separator: "\0").contains("worker") == true
      }
    }

    /// A thread that ends in the middle of a task; in this process, as with PERFGATE_STARTS=1.
    @Test func aFaultyKernelLeavesTheReports() throws {
      let ran = try perfGate(
        ["compare", "--tasks", "50", "--rounds", "2"] + reports(Report.all),
        catalog: try Catalog([AnyKernel(Dying.self)]))
      #expect(ran.status == 70)
      let record = try unfinished(Report.all, out: ran.out)
      #expect(record.series.isEmpty)
    }

    /// A kernel that crashes the program itself, as with PERFGATE_STARTS=1: the record of what was
    /// measured before is there, and reports can be made of it.
    @Test func aCrashLeavesTheRecord() async throws {
      let folder = try TemporaryFolder()
      setenv(CrashingLater.variable, folder.path("record.json"), 1)
      defer { unsetenv(CrashingLater.variable) }
      await #expect(processExitsWith: .exitCode(70)) {
        catchCrashes()
        let path = ProcessInfo.processInfo.environment[CrashingLater.variable] ?? ""
        _ = try perfGate(
          [
            "compare", "--workers", "1", "--size", "3000", "--tasks", "50", "--rounds", "2",
            "--json", path, "--variant", "*.scalar", "--variant", "c.crashing",
          ], catalog: try Catalog([AnyKernel(Viete.self), AnyKernel(CrashingLater.self)]))
      }
      let record = try Record.read(path: folder.path("record.json"))
      #expect(!record.complete && record.series.map(\.kernel) == ["viete", "viete", "viete"])
      #expect(record.series.allSatisfy { $0.seconds.count == 2 } && record.comparisons.count == 3)
      let again = try perfGate(["judge", folder.path("record.json"), "--csv", "-"])
      #expect(again.out.split(separator: "\n").count == 7)
    }

    /// A variant with a wrong result has no time in any report, and each that names variants says why.
    @Test func aWrongResultHasNoTimeInAnyReport() throws {
      let ran = try perfGate(
        ["compare", "--workers", "1", "--size", "3000", "--tasks", "6", "--rounds", "2"]
          + reports(Report.all), catalog: try Catalog([AnyKernel(HalfWrong.self)]))
      #expect(ran.status == 70)
      let record = try Record.read(path: folder.path("record.json"))
      #expect(record.complete && record.unproven.map(\.variant) == ["swift.wrong"])
      for option in ["--csv", "--google-benchmark"] {
        let text = try folder.text(option)
        #expect(text.contains("swift.right") && !text.contains("swift.wrong"), "\(option)")
      }
      #expect(try folder.text("--junit").contains("failures=\"1\""))
      #expect(try folder.text("--markdown").contains("not proven made-up.half/swift.wrong"))
    }
  }
#endif
