#if os(Linux)
  import Foundation
  import PerfGate
  import PerfGateReport
  import PerfGateTestSupport
  import Testing

  /// The program itself, as a process: signals, closed pipes, exit statuses.
  @Suite(.serialized) struct ProcessTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// The executable that is built beside the tests.
    private static let program = builtProgram("perfgate")
    /// A measuring command waits up to 600 s for others that measure, such as the claims of the same
    /// test run; a minute is what it then takes itself.
    private static let limit = Duration.seconds(660)

    private func start(_ arguments: [String]) throws -> StartedProcess {
      try StartedProcess(
        [Self.program] + arguments, output: folder.path("out"), error: folder.path("error"))
    }

    /// Runs a line of shell in the folder, with `$perfgate` for the program; returns its status.
    private func shell(_ line: String) throws -> StartedProcess.End {
      let quoted = "perfgate='\(Self.program)'; cd '\(folder.root)' || exit 99; \(line)"
      return try StartedProcess(
        ["/bin/sh", "-c", quoted], output: folder.path("out"), error: folder.path("error")
      ).wait(atMost: Self.limit)
    }

    private func record() throws -> Record {
      try JSONDecoder().decode(Record.self, from: Data(folder.text("record.json").utf8))
    }

    private func eventually(_ condition: () -> Bool) -> Bool {
      // Other programs may be measuring: it waits for them up to ten minutes.
      for _ in 0..<66_000 {
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

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func anInterruptedRunWritesWhatItHas(signal: Int32) throws {
      let process = try start(long)
      #expect(eventually { (try? folder.text("error").contains("will take about")) == true })
      // Some rounds of 0.01 s, also where the first is late.
      sleep(4)
      process.send(signal)
      let begin = ContinuousClock.now
      #expect(try process.wait(atMost: .seconds(60)) == .exit(128 + signal))
      #expect(ContinuousClock.now - begin < .seconds(30))
      let record = try record()
      #expect(!record.complete && record.command == "scale")
      #expect(record.series.count == 2)
      for series in record.series {
        // Beside a busy neighbor rounds are dropped, and counted.
        let all = series.rounds.count + series.discarded
        #expect(all > 0 && all < 10_000)
        #expect(series.rounds == series.rounds.sorted() && series.rounds.allSatisfy { $0 < all })
      }
      let measured = record.series.count { !$0.rounds.isEmpty }
      #expect(record.scaling.count == measured)
      let lines = try folder.text("error").split(separator: "\n")
      #expect(
        lines.last
          == "perfgate: interrupted by signal \(signal); the record so far is marked incomplete")
      let out = try folder.text("out")
      #expect(out.split(separator: "\n").last.map(String.init) == folder.path("record.json"))
      #expect(out.contains("viete workers") == (measured > 0))
      #expect(out.contains("disturbed  viete/") == record.series.contains { $0.discarded > 0 })
    }

    /// A file that cannot be written hides neither that it was interrupted nor where the record is.
    @Test func anInterruptTellsMoreThanAFullDisk() throws {
      let process = try start(long + ["--html", "/dev/full"])
      #expect(eventually { (try? folder.text("error").contains("will take about")) == true })
      process.send(SIGINT)
      #expect(try process.wait(atMost: .seconds(60)) == .exit(130))
      let lines = try folder.text("error").split(separator: "\n").suffix(2)
      #expect(
        lines == [
          "perfgate: cannot write /dev/full: no space left on device; choose another file",
          "perfgate: interrupted by signal 2; the record so far is marked incomplete",
        ])
      #expect(
        try folder.text("out").split(separator: "\n").last.map(String.init)
          == folder.path("record.json"))
      #expect(try !record().complete)
    }

    /// Even before the first round there is a record, which holds nothing.
    @Test func aRunInterruptedWhileProvingWritesARecordToo() throws {
      let process = try start(
        ["compare", "--kernel", "text.*", "--json", folder.path("record.json")])
      // The header is printed once the signals are caught and the workers run.
      #expect(eventually { (try? folder.text("out").contains("plan ")) == true })
      process.send(SIGINT)
      #expect(try process.wait(atMost: .seconds(60)) == .exit(130))
      let record = try record()
      #expect(!record.complete && record.series.isEmpty && record.comparisons.isEmpty)
    }

    @Test func aClosedPipeEndsTheProgramQuietly() throws {
      for reader in ["head -1", "true"] {
        for before in ["", "trap '' PIPE; "] {
          _ = try shell("\(before)\"$perfgate\" \(quick) --quiet --json record.json | \(reader)")
          #expect(try folder.text("error").isEmpty, "\(before) \(reader)")
        }
      }
      for command in ["machine", "--help", "\(quick) --quiet --json -"] {
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
      // To measure would take minutes.
      #expect(ContinuousClock.now - begin < .seconds(60))
      #expect(try folder.text("out").isEmpty)
      #expect(
        try folder.text("error")
          == "perfgate: cannot write \(folder.path("missing/record.json")): "
          + "no such file or directory; choose another file\n")
    }

    @Test func aFullDiskIsToldAndTheTablesAreShown() throws {
      let end = try shell(
        "\"$perfgate\" \(quick) --quiet --json /dev/full")
      #expect(end == .exit(74))
      #expect(
        try folder.text("error")
          == "perfgate: cannot write /dev/full: no space left on device; choose another file\n")
      let out = try folder.text("out")
      #expect(out.contains("viete workers") || out.contains("disturbed  viete/"))
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

    /// What cannot be written is never a success, whichever command writes it.
    @Test func aFullDiskBehindStandardOutputIsTold() throws {
      try emptyRecord()
      for command in [
        "--help", "--version", "help judge", "machine", "machine --json -", "judge record.json",
        "judge record.json --json -", "baseline list", "baseline check --budget 0 --quiet",
        "\(quick) --quiet", "\(quick) --quiet --json -",
      ] {
        let end = try shell("\"$perfgate\" \(command) >/dev/full")
        #expect(end == .exit(74), "\(command)")
        let lines = try folder.text("error").split(separator: "\n")
        #expect(
          lines == ["perfgate: cannot write standard output: no space left on device"],
          "\(command): \(lines)")
      }
      #expect(try shell("\"$perfgate\" --help >&-") == .exit(74))
      #expect(try folder.text("error").contains("cannot write standard output: bad file"))
    }

    /// A file that may not grow any more; what was there before is still there.
    @Test func aFileThatCannotGrowIsLeftAsItWas() throws {
      try emptyRecord()
      for option in ["--json"] + Report.all.map(\.option) {
        try "before".write(toFile: folder.path("file"), atomically: true, encoding: .utf8)
        let limit = "ulimit -f 0"
        #expect(
          try shell("(\(limit); \"$perfgate\" judge record.json \(option) file) >tables 2>said; ")
            == .exit(74), "\(option)")
        #expect(try folder.text("file") == "before")
      }
    }

    private func emptyRecord() throws {
      let corpus = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Fuzz/Corpus/empty-record.json")
      try FileManager.default.copyItem(atPath: corpus.path, toPath: folder.path("record.json"))
    }

    /// A named pipe is opened once, and its reader gets the whole record.
    @Test func aPipeGetsTheWholeRecord() throws {
      try emptyRecord()
      for option in ["--json"] + Report.all.map(\.option) {
        #expect(
          try shell(
            "mkfifo pipe; cat pipe >read & \"$perfgate\" judge record.json \(option) pipe >tables; "
              + "status=$?; wait; rm pipe; exit $status") == .exit(0), "\(option)")
        #expect(try folder.text("read").count > 40, "\(option)")
      }
      _ = try Record.decode(
        Data(
          shellText(
            "mkfifo pipe; cat pipe & \"$perfgate\" \(quick) --quiet --json pipe >out2; wait"
          ).utf8))
    }

    private func shellText(_ line: String) throws -> String {
      _ = try shell(line)
      return try folder.text("out")
    }

    /// Nobody reads: it waits without the machine's lock, says so, and ends when it is asked to.
    @Test(arguments: [SIGINT, SIGTERM])
    func aPipeThatNobodyReadsCanBeInterrupted(signal: Int32) throws {
      let pipe = folder.path("pipe")
      #expect(mkfifo(pipe, 0o600) == 0)
      let process = try start(quick.split(separator: " ").map(String.init) + ["--json", pipe])
      #expect(eventually { (try? folder.text("error").contains("waiting for a reader")) == true })
      let locks = try String(contentsOfFile: "/proc/locks", encoding: .utf8)
      #expect(!locks.split(separator: "\n").contains { $0.contains(" \(process.pid) ") })
      let begin = ContinuousClock.now
      process.send(signal)
      #expect(try process.wait(atMost: .seconds(60)) == .exit(128 + signal))
      #expect(ContinuousClock.now - begin < .seconds(15))
      #expect(
        try folder.text("error").hasSuffix(
          "interrupted by signal \(signal) while waiting for a reader of \(pipe)\n"))
    }

    /// A folder, a socket and a disk are refused; `/dev/null` takes everything.
    @Test func whatIsNoFileIsRefusedBeforeMeasuring() throws {
      let socket = folder.path("socket")
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      guard socket.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else {
        try Test.cancel("the temporary folder's path is too long for a socket")
      }
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: socket.utf8) }
      let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
      defer { close(descriptor) }
      let bound = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
      }
      #expect(bound == 0)
      for (path, reason) in [(socket, "it is a socket"), (folder.root, "is a directory")] {
        #expect(try shell("\"$perfgate\" \(quick) --json \(path)") == .exit(73))
        #expect(
          try folder.text("error")
            == "perfgate: cannot write \(path): \(reason); choose another file\n")
      }
      try emptyRecord()
      #expect(
        try shell(
          "\"$perfgate\" judge record.json --json /dev/null --junit /dev/null --markdown /dev/null")
          == .exit(0))
    }

    /// Nothing is looked for above a folder that is gone.
    @Test func aDeletedWorkingDirectoryIsNoPackage() throws {
      try emptyRecord()
      let gone = "mkdir gone; cd gone; rmdir ../gone; TMPDIR=/tmp; export TMPDIR; timeout 660"
      for command in [
        "machine", "baseline list", "baseline show", "baseline check", quick,
        "judge '\(folder.path("record.json"))'",
      ] {
        #expect(try shell("\(gone) \"$perfgate\" \(command)") == .exit(0), "\(command)")
      }
      #expect(try shell("\(gone) \"$perfgate\" baseline update --kernel viete") == .exit(73))
      #expect(try folder.text("error").contains("choose another folder"))
    }

    /// Who starts it by `nohup` wants it to go on when the terminal is gone.
    @Test func anIgnoredHangupStaysIgnored() throws {
      #expect(
        try shell(
          "trap '' HUP; \"$perfgate\" \(quick) --json record.json & "
            + "for i in 1 2 3 4 5 6; do kill -HUP $!; sleep 0.05; done; wait $!") == .exit(0))
      #expect(try record().complete)
    }

    @Test func aRecordIsReadFromStandardInput() throws {
      try emptyRecord()
      for line in ["judge - <record.json", "judge - --json - <record.json", "judge pipe"] {
        let pipe = line.contains("pipe") ? "mkfifo pipe; cat record.json >pipe & " : ""
        #expect(try shell("\(pipe)\"$perfgate\" \(line)") == .exit(0), "\(line)")
        #expect(try folder.text("error").isEmpty)
      }
      #expect(
        try shell("head -c 300000000 /dev/zero 2>/dev/null | \"$perfgate\" judge -") == .exit(65))
      #expect(
        try folder.text("error")
          == "perfgate: cannot read record on standard input: it has more than 128 MiB, which is the "
          + "maximum\n")
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
