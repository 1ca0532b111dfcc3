#if os(Linux)
  import Foundation
  import PerfGate
  import PerfGateTestSupport
  import Testing

  /// Two revisions of a small package are built, linked, started and compared by the program itself.
  @Suite(
    .engine, .uninstrumented, .serialized, .enabled(if: installed("git") != nil, "needs git"),
    .timeLimit(.minutes(60)))
  struct RealRevisionTests {
    private let sample: SampleRepository

    init() throws { sample = try SampleRepository() }

    private var revisions: String { sample.path(".build/perfgate/revisions") }

    private func start(_ arguments: String, _ before: String = "") throws -> StartedProcess {
      try StartedProcess(
        [
          "/bin/sh", "-c",
          "cd '\(sample.root)' && ulimit -c 0 && \(before) exec '\(builtProgram("perfgate"))' "
            + "compare --kernel viete --quiet-wait 0 --json '\(sample.folder.path("record.json"))' "
            + arguments,
        ], output: sample.folder.path("out"), error: sample.folder.path("error"))
    }

    private func compare(_ arguments: String, _ before: String = "") throws -> StartedProcess.End {
      let end = try start(arguments, before).wait(atMost: .seconds(600))
      #expect(leftovers.isEmpty, "\(leftovers)")
      #expect(areGone(revisions))
      return end
    }

    /// As ``compare(_:_:)``, until all claims are decided.
    private func decide(_ arguments: String) throws -> StartedProcess.End {
      try decide { try compare(arguments) }
    }

    /// Runs it again, three times at most, where a busy machine has left a claim open or nothing to judge.
    private func decide(_ run: () throws -> StartedProcess.End) throws -> StartedProcess.End {
      for pause in [10, 20, 30] as [UInt32] {
        let end = try run()
        guard [.exit(75), .exit(0), .exit(1)].contains(end) else { return end }
        let isOpen = try record.claims.contains {
          [.notCheckable, .inconclusive].contains($0.verdict.word)
        }
        guard end == .exit(75) || isOpen else { return end }
        sleep(pause)
      }
      return try run()
    }

    private var record: Record {
      get throws { try Record.decode(Data(sample.folder.text("record.json").utf8)) }
    }

    private var error: [String] {
      let text = (try? sample.folder.text("error")) ?? ""
      return text.split(separator: "\n").map(String.init)
    }

    /// The last line of the errors, and the only one that is not progress.
    private func finalLine() throws -> String {
      let lines = error.filter {
        !$0.contains("perfgate: building") && !$0.contains("perfgate: built in")
          && !$0.contains("perfgate: linking") && !$0.contains("perfgate: waiting for")
          && !$0.contains("perfgate: judging") && !$0.contains("perfgate: proving")
          && !$0.contains("perfgate: finding")
      }
      #expect(lines.count == 1, "\(lines)")
      return lines.last ?? ""
    }

    /// Programs that were linked and not removed.
    private var leftovers: [String] {
      ((try? FileManager.default.subpathsOfDirectory(atPath: revisions)) ?? [])
        .filter { $0.contains(".layout-") }
    }

    private func write(_ program: String) throws {
      try sample.write(program, "Sources/perfgate/main.swift")
    }

    /// The same code holds, builds once, and changes nothing in the repository; more work is slower;
    /// less of it is faster.
    @Test func whatIsSlowerIsFound() throws {
      let before = try sample.state()
      var told: [String] = []
      let end = try decide {
        let end = try compare("--against HEAD")
        told += error
        return end
      }
      #expect(end == .exit(0), "\(told)")
      #expect(told.contains { $0.contains("building HEAD") })
      var found = try record
      let head = try sample.git("rev-parse", "HEAD")
      #expect(found.revisions?.old == Revisions.Revision(name: "HEAD", commit: head))
      #expect(found.revisions?.new == Revisions.Revision(name: "working tree", commit: head))
      #expect(found.claims.map(\.verdict.word) == [.holds, .holds])
      #expect(found.claims.map(\.id) == ["viete/swift.scalar", "viete/c.scalar"])
      for claim in found.claims {
        let old = try #require(claim.reference.flatMap(found.series))
        #expect(old.key.program == String(head.prefix(12)) && old.starts == old.layouts)
        #expect((old.layouts ?? 0) >= 8)
      }
      for one in found.comparisons {
        #expect((one.layouts ?? 0) >= 8 && (one.layoutSpread ?? -1) >= 0)
      }
      #expect(try sample.state() == before)

      // Nothing has changed, so nothing is built.
      #expect(try decide("--against HEAD --variant c.scalar") == .exit(0))
      #expect(!error.contains { $0.contains("building") })
      #expect(try record.seed != found.seed)

      try write(SampleRepository.program(extra: 20))
      #expect(
        try decide("--against HEAD --markdown '\(sample.folder.path("text.md"))'") == .exit(1))
      found = try record
      #expect(found.revisions?.new == Revisions.Revision(name: "working tree", commit: nil))
      #expect(found.claims.map(\.verdict) == [.violated, .violated])
      #expect(found.claims.allSatisfy { (1.15...1.25).contains($0.estimate ?? 0) })
      #expect(found.claims.allSatisfy { $0.confirmationRounds >= 8 })
      let markdown = try sample.folder.text("text.md")
      #expect(markdown.contains(/\n\n- slower: viete\/swift.scalar 1\.[12]/))
      // Judged again from the record alone.
      let again = try judgedAgain(try sample.folder.text("record.json"))
      #expect(again.status == 1)

      // The other way round.
      try sample.commit("slower")
      try write(SampleRepository.program())
      #expect(try decide("--against HEAD --variant swift.scalar") == .exit(0))
      let out = try sample.folder.text("out")
      #expect(out.contains("holds, faster"), "\(out)")
    }

    /// What only one of them has is named, and what computes something else is not compared.
    @Test func whatCannotBeComparedIsNamed() throws {
      try write(SampleRepository.program(variants: ["swift.scalar", "c.scalar", "c.old"]))
      try sample.commit("with another one")
      try write(
        SampleRepository.program(offset: 1, variants: ["swift.scalar", "c.scalar", "c.new"]))
      #expect(try compare("--against HEAD --undecided 125") == .exit(125))
      let out = try sample.folder.text("out")
      #expect(
        out.contains(
          "changed    viete/swift.scalar computes something else now: the results of HEAD ("))
      #expect(out.contains("new        viete/c.new: HEAD does not have it"))
      #expect(out.contains("gone       viete/c.old: only HEAD has it"))
      #expect(try record.claims.isEmpty)
      #expect(try compare("--against HEAD --strict") == .exit(3))

      // Without its reference no variant can be checked.
      try write(SampleRepository.program(variants: ["swift.scalar"]))
      #expect(try compare("--against HEAD --strict") == .exit(3))
      #expect(
        try sample.folder.text("out").contains(
          "viete/swift.scalar cannot be checked: only one revision has the reference c.scalar"))
    }

    /// A crash, a hang, or a lie of one revision is told with its name.
    @Test(arguments: [
      ("if words[5] != \"4\" { fatalError() }", "killed by signal"),
      ("if words[5] != \"4\" { while true { sleep(1) } }", "gave no answer for 10 s"),
      ("if words[5] != \"4\" { print(\"ran 1\"); continue }", "ran 1"),
    ])
    func oneFails(inRun: String, told: String) throws {
      try write(SampleRepository.program(inRun: inRun))
      try sample.commit("bad")
      try write(SampleRepository.program())
      #expect(try compare("--against HEAD --budget 4 --variant c.scalar --strict") == .exit(70))
      let line = error.first { $0.contains("work of viete/c.scalar is not proven") } ?? ""
      #expect(line.contains("in HEAD (") && line.contains(told), "\(error)")
    }

    /// What cannot be built is told by the compiler's first error.
    @Test func whatCannotBeBuiltIsTold() throws {
      let good = try sample.git("rev-parse", "HEAD")
      try write("let x: Int = \"no number\"\n")
      try sample.commit("bad")
      try write(SampleRepository.program())
      #expect(try compare("--against HEAD") == .exit(69))
      var line = try finalLine()
      #expect(line.contains("cannot build HEAD ("), "\(line)")
      #expect(line.contains("main.swift:1:14: error: cannot convert value"), "\(line)")
      #expect(try compare("--against HEAD --undecided 125") == .exit(125))
      // The working tree is the one that cannot be built.
      try write("let x: Int = \"no number\"\n")
      #expect(try compare("--against \(good)") == .exit(69))
      line = try finalLine()
      #expect(line.contains("cannot build the working tree: "), "\(line)")
      // What is left of a build is damaged: it is built anew.
      let description = try #require(
        FileManager.default.subpathsOfDirectory(atPath: revisions).first {
          $0.hasSuffix("new/build/release.yaml")
        })
      try Data("junk".utf8).write(to: URL(fileURLWithPath: "\(revisions)/\(description)"))
      // And what was built before is still good for the next.
      try write(SampleRepository.program())
      #expect(try decide("--against \(good) --variant c.scalar") == .exit(0))
    }

    /// A revision without the program takes it from the working tree.
    @Test func theProgramMayBeNewer() throws {
      try sample.git("checkout", "--quiet", "--orphan", "empty")
      try sample.git("rm", "--quiet", "-rf", ".")
      try sample.write(".build\n", ".gitignore")
      try sample.write("let old = 1\n", "Sources/Old/old.swift")
      try sample.commit("without any package")
      try sample.write(
        SampleRepository.manifest.replacingOccurrences(
          of: ".executableTarget(name: \"perfgate\")", with: ".target(name: \"Old\")"),
        "Package.swift")
      let old = try sample.commit("without the program")
      try sample.write(SampleRepository.manifest, "Package.swift")
      try write(SampleRepository.program())
      try sample.commit("with it")
      for revision in [old, "\(old)~1"] {
        #expect(try compare("--against \(revision)") == .exit(69))
        let line = try finalLine()
        #expect(
          line.contains(
            "has no program perfgate; take it from the working tree on both sides: --keep "
              + "Package.swift --keep Sources/perfgate"), "\(line)")
        #expect(
          try decide(
            "--against \(revision) --keep Package.swift --keep Sources/perfgate --variant c.scalar")
            == .exit(0))
      }
    }

    /// A package in a folder of the repository, which depends on what surrounds it by the repository's name;
    /// and its results are others in each process.
    @Test func aNestedPackage() throws {
      try sample.write(
        """
        // swift-tools-version: 5.9
        import PackageDescription
        let package = Package(
          name: "outer", products: [.library(name: "Work", targets: ["Work"])],
          targets: [.target(name: "Work")])
        """, "Package.swift")
      try sample.write("public let factor = 1\n", "Sources/Work/work.swift")
      try sample.remove("Sources/perfgate")
      try sample.write(
        """
        // swift-tools-version: 5.9
        import PackageDescription
        let package = Package(
          name: "inner", dependencies: [.package(path: "..")],
          targets: [
            .executableTarget(
              name: "perfgate", dependencies: [.product(name: "Work", package: "repository")])
          ])
        """, "Benchmarks/Package.swift")
      let varying = SampleRepository.program().replacing(
        "case \"run\":", with: "case \"run\":\n      let drawn = UInt64(getpid())"
      ).replacing("results.append(work(size))", with: "results.append(work(size) &+ drawn)")
      try sample.write("import Work\n" + varying, "Benchmarks/Sources/perfgate/main.swift")
      try sample.commit("nested")
      let command = [
        "/bin/sh", "-c",
        "cd '\(sample.path("Benchmarks"))' && exec '\(builtProgram("perfgate"))' compare --against HEAD "
          + "--kernel viete --quiet-wait 0 --json '\(sample.folder.path("record.json"))'",
      ]
      let end = try decide {
        try StartedProcess(
          command, output: sample.folder.path("out"), error: sample.folder.path("error")
        ).wait(atMost: .seconds(600))
      }
      #expect(end == .exit(0), "\(error)")
      #expect(try record.claims.map(\.verdict.word) == [.holds, .holds])
    }

    /// Asked to stop while it builds, links, or measures.
    @Test(arguments: ["building", "linking", "judging"])
    func aStoppedRunLeavesNothing(moment: String) throws {
      // Progress is told every 10 s.
      let run = try start("--against HEAD --budget 60 --worse-by-at-most 0.02")
      let begin = ContinuousClock.now
      while !error.contains(where: { $0.contains("perfgate: \(moment)") }),
        ContinuousClock.now - begin < .seconds(600), run.isRunning
      {
        usleep(20_000)
      }
      run.send(SIGINT)
      let end = try run.wait(atMost: .seconds(120))
      // It may have been done in time.
      let isDone = end == .exit(0) || end == .exit(75)
      #expect(end == .exit(130) || moment == "judging" && isDone, "\(error)")
      #expect(areGone(revisions) && leftovers.isEmpty)
      // The next one is not disturbed by what it left.
      #expect(try decide("--against HEAD --variant c.scalar") == .exit(0))
    }

    /// Wrong requests are told before anything is built.
    @Test(arguments: [
      ("--against nothing", 64, "unknown revision nothing: expected a branch, a tag or a commit"),
      ("--against HEAD --keep /etc/passwd", 64, "cannot keep /etc/passwd: it is not a file or"),
      ("--against HEAD --keep nothing", 64, "cannot keep nothing: it is not in the working tree"),
      ("--against HEAD --rounds 3", 64, "--rounds does not go with --against"),
      ("--against HEAD --worse-by-at-most 0.001", 64, "within noise"),
      ("--against HEAD --workers 1,2", 64, "takes one number"),
      ("--keep Package.swift", 64, "--keep needs --against REV"),
      ("--against HEAD --undecided 300", 64, "expected a whole number from 0 to 255"),
      ("--against ''", 64, "--against needs a revision"),
      ("--against nothing --undecided 125", 125, "unknown revision nothing"),
    ])
    func wrongRequests(arguments: String, status: Int32, told: String) throws {
      #expect(try compare(arguments) == .exit(status))
      #expect(try finalLine().contains(told), "\(error)")
      #expect(!FileManager.default.fileExists(atPath: revisions))
    }

    /// Two at once: the second one waits, and both decide, on a busy machine in one of a few tries.
    @Test func twoAtOnce() throws {
      var ends: [StartedProcess.End] = []
      for _ in 0..<3 where ends.isEmpty || ends.contains(.exit(75)) {
        let first = try start("--against HEAD --variant c.scalar")
        usleep(300_000)
        let second = try start("--against HEAD --variant c.scalar")
        ends = try [first, second].map { try $0.wait(atMost: .seconds(300)) }
      }
      #expect(ends == [.exit(0), .exit(0)], "\(error)")
      #expect(leftovers.isEmpty, "\(leftovers)")
      #expect(areGone(revisions))
    }

    /// A full disk is told, and what was begun is not taken for whole.
    @Test(.enabled(if: geteuid() == 0, "needs to mount")) func aFullDisk() throws {
      try FileManager.default.createDirectory(
        atPath: sample.path(".build"), withIntermediateDirectories: true)
      let small = "mount -t tmpfs -o size=3m none '\(sample.path(".build"))' &&"
      let end = try StartedProcess(
        [
          "/usr/bin/unshare", "-m", "/bin/sh", "-c",
          "cd '\(sample.root)' && \(small) exec '\(builtProgram("perfgate"))' compare --against HEAD "
            + "--kernel viete --json '\(sample.folder.path("record.json"))'",
        ], output: sample.folder.path("out"), error: sample.folder.path("error")
      ).wait(atMost: .seconds(600))
      #expect(end == .exit(74), "\(error)")
      #expect(try finalLine().contains("the disk is full; make room"), "\(error)")
    }
  }
#endif
