import Foundation
import PerfGate
import PerfGateKernels
import PerfGateTestSupport
import PerfGateWorkers
import Testing

/// Everything that can be wrong about a command line: one line, the right code, nothing measured.
@Suite(.serialized) struct BadInputTests {
  /// Runs a command that must be refused; returns its one line.
  private func refusal(_ arguments: [String], status: Int32 = 64) throws -> String {
    let before = Watched.count
    let ran = try perfGate(arguments, catalog: try Catalog([AnyKernel(Watched.self)]))
    #expect(ran.status == status, "\(arguments): \(ran)")
    #expect(ran.out.isEmpty, "\(arguments): \(ran)")
    #expect(ran.error.hasPrefix("perfgate: ") && ran.error.hasSuffix("\n"), "\(ran)")
    #expect(ran.errorLines.count == 1, "\(arguments): \(ran)")
    #expect(Watched.count == before, "\(arguments): something ran")
    return String(ran.error.dropFirst("perfgate: ".count).dropLast())
  }

  @Test func unknownWords() throws {
    #expect(try refusal(["frobnicate"]).hasPrefix("unknown command frobnicate: expected run, "))
    #expect(try refusal(["sacle"]) == "unknown command sacle: did you mean scale?")
    #expect(
      try refusal(["compare", "--frobnicate"])
        == "unknown option --frobnicate: see perfgate compare --help")
    #expect(
      try refusal(["compare", "viete"])
        == "unexpected argument viete: perfgate compare takes only options")
    #expect(
      try refusal(["baseline", "show", "a", "b"])
        == "unexpected argument b: perfgate baseline takes one file")
    #expect(
      try refusal(["compare", "--kernel", "vite"])
        == "unknown kernel vite: expected made-up.watched")
    #expect(
      try refusal(["compare", "--variant", "rust.*"])
        == "unknown variant rust.*: expected swift.a, c.a")
    let executors = Executors.all.map(\.name)
    #expect(
      try refusal(["scale", "--executor", "fibers"])
        == "unknown executor fibers: expected \(executors.count > 1 ? "one of " : "")"
        + executors.joined(separator: ", "))
    #expect(
      try refusal(["scale", "--root", "/"])
        == "option --root does not belong to scale: it belongs to machine")
    #expect(try refusal(["--workers"]) == "--workers needs a value: expected --workers LIST")
    #expect(try refusal(["--quiet=yes"]) == "--quiet takes no value: found --quiet=yes")
  }

  @Test func startsOfRanks() throws {
    for number in ["0", "1", "-1", "x", "1001", "2.5", ""] {
      #expect(
        try refusal(["scale", "--starts", number])
          == "cannot use --starts \(number): expected a whole number from 2 to 1000; a verdict needs 8 "
          + "or more")
    }
    #expect(
      try refusal(["scale", "--starts", "8"])
        == "--starts goes with --executor mpi only: nothing else needs a launcher")
    #expect(
      try refusal(["run", "--launcher", "mpirun -n 2"]).hasPrefix(
        "--launcher goes with --executor mpi"))
    #expect(
      try refusal(["run", "--launcher", " "]).hasPrefix("--launcher needs a command, such as"))
    #expect(
      try refusal(["scale", "--executor", "mpi", "--launcher", "mpirun -n 2"])
        == "--launcher goes with --starts N; to start ranks once, put their launcher before perfgate"
    )
    // For perfgate itself, which always says how many starts there are.
    #expect(
      try refusal(["run", "--one-of-starts", "1"]).hasPrefix("--one-of-starts goes with --executor")
    )
    #expect(
      try refusal(["run", "--executor", "mpi", "--one-of-starts", "1"]).hasPrefix(
        "--one-of-starts goes with --starts N"))
    #expect(
      try refusal(["handoff", "--starts", "8"])
        == "option --starts does not belong to handoff: it belongs to run, compare, scale")
    // This build has no ranks at all.
    let mpi = ["scale", "--executor", "mpi"]
    for arguments in [mpi, mpi + ["--starts", "8", "--launcher", "mpirun -n 2"]] {
      #expect(
        try refusal(arguments).hasPrefix(
          "cannot use --executor mpi: this program was built without MPI; build it with "))
    }
    let help = try perfGate(["scale", "--help"], catalog: try Catalog([AnyKernel(Watched.self)]))
      .out
    #expect(help.contains("--starts N") && !help.contains("one-of-starts"))
  }

  @Test(
    arguments: [
      "0", "-1", "abc", "3-1", "10000", "1,,2", "", ",", "1-", "-", "1-2-3", "1.5", "+1", " 1",
      "1 ",
      "0x2", "1-1025", "99999999999999999999", "٣",
    ])
  func wrongWorkerCounts(text: String) throws {
    #expect(
      try refusal(["scale", "--workers", text])
        == "cannot use --workers \(text): expected counts and ranges such as 1,2,5-8, "
        + "from 1 to 1024")
    #expect(
      try refusal(["scale", "--workers=\(text)"]).hasPrefix("cannot use --workers \(text): "))
  }

  @Test func moreWorkersThanCores() throws {
    let line = try refusal(["scale", "--workers", "1-1024"])
    #expect(line.hasPrefix("cannot run 1024 workers: needs 1024 cores, "))
    let words = line.split(separator: " ").map(String.init)
    let allowed = words.firstIndex(of: "allowed").flatMap { Int(words[$0 - 1]) }
    #expect((1..<1024).contains(allowed ?? 0), "\(line)")
    #expect(line.hasSuffix("choose --workers \(allowed ?? 0) or --oversubscribe"))
  }

  @Test func wrongNumbers() throws {
    let size = "cannot use --size -5: expected a whole number from 0 on"
    #expect(try refusal(["compare", "--size", "-5"]) == size)
    #expect(try refusal(["compare", "--size=-5"]) == size)
    for text in ["1e6", "10k", "", "9223372036854775808"] {
      #expect(try refusal(["compare", "--size", text]).hasPrefix("cannot use --size \(text): "))
    }
    for text in ["0", "-1", "nan", "inf", "-inf", "1e-9", "3601", "soon", ""] {
      #expect(
        try refusal(["scale", "--task-seconds", text])
          == "cannot use --task-seconds \(text): expected seconds from 0.000001 to 3600")
    }
    for text in ["0", "-1", "10000001", "many"] {
      #expect(
        try refusal(["compare", "--tasks", text])
          == "cannot use --tasks \(text): expected a whole number from 1 to 10000000")
    }
    for text in ["0", "10001", "x"] {
      #expect(
        try refusal(["compare", "--rounds", text])
          == "cannot use --rounds \(text): expected a whole number from 1 to 10000")
    }
    #expect(
      try refusal(["compare", "--seed", "-1"])
        == "cannot use --seed -1: expected a number from 0 to 18446744073709551615")
  }

  @Test(arguments: [1 << 50, Int.max])
  func aSizeBeyondMemory(size: Int) throws {
    let line = try refusal(["compare", "--size", "\(size)"])
    #expect(line.hasPrefix("cannot use --size \(size): made-up.watched needs "))
    #expect(line.hasSuffix(" MiB of memory are available; choose a smaller size"))
  }

  @Test func placementsThatAreNotThere() throws {
    #expect(try refusal(["scale", "--bind", "cpus:60000"]).contains("allowed cpus are "))
    #expect(try refusal(["scale", "--bind", "sideways"]).contains("sideways"))
    #expect(try refusal(["scale", "--places", "planets"]).contains("planets"))
    #expect(try refusal(["scale", "--mem", "node:999"]).contains("allowed memory nodes are "))
  }

  /// Found before anything is measured, not after.
  @Test func recordsThatCannotBeWritten() throws {
    let folder = try TemporaryFolder()
    let missing = folder.path("missing/record.json")
    #expect(
      try refusal(["compare", "--json", missing], status: 73)
        == "cannot write \(missing): no such file or directory; choose another file")
    #expect(
      try refusal(["compare", "--json", folder.root], status: 73)
        == "cannot write \(folder.root): is a directory; choose another file")
    try "text".write(toFile: folder.path("file"), atomically: true, encoding: .utf8)
    let below = folder.path("file/record.json")
    #expect(
      try refusal(["compare", "--json", below], status: 73)
        == "cannot write \(below): not a directory; choose another file")
    #expect(
      try refusal(["compare", "--json", ""], status: 73).hasPrefix("cannot write : no such file"))
    #if os(Linux)
      // A file that can be written and not be replaced: its folder takes no others.
      let line = try refusal(["compare", "--json", "/proc/self/comm"], status: 73)
      #expect(line.hasPrefix("cannot write /proc/self/comm: "))
    #endif
    #expect(folder.files == ["file"])
    #expect(try folder.text("file") == "text")
  }

  @Test func aCatalogWithoutAKernelForTheCommand() throws {
    #expect(
      try refusal(["handoff"]) == "handoff measures none of this program's kernels")
  }

  /// Somebody slipped: the word that was meant, of options, commands, actions and choices.
  @Test(arguments: [
    (["run", "--kernal", "x"], "unknown option --kernal: did you mean --kernel?"),
    (["run", "--kernal=x"], "unknown option --kernal: did you mean --kernel?"),
    (["scale", "-workers", "2"], "unknown option -workers: did you mean --workers?"),
    (["scale", "--worker", "2"], "unknown option --worker: did you mean --workers?"),
    (
      ["compare", "--kernel", "made-up.wached"],
      "unknown kernel made-up.wached: did you mean "
        + "made-up.watched?"
    ),
    (["compare", "--variant", "swift.b"], "unknown variant swift.b: did you mean swift.a?"),
    (["scale", "--executor", "pol"], "unknown executor pol: did you mean pool?"),
    (
      ["scale", "--executor", "pool,channel:0"], "unknown executor channel:0: did you mean channel?"
    ),
    (["run", "--executor", "pool,pool"], "--executor names pool twice; name each once"),
    (
      ["handoff", "--executor", "pool,"],
      "--executor pool,: a name is empty; expected names such as pool,channel"
    ),
    (["scale", "--places", "core"], "--places core: did you mean cores?"),
    (["scale", "--bind", "clsoe"], "--bind clsoe: did you mean close?"),
    (["scale", "--mem", "interleaved"], "--mem interleaved: did you mean interleave?"),
    (["baseline", "chek"], "unknown baseline chek: did you mean check?"),
    (["baseline", "update", "--only", "al"], "cannot use --only al: did you mean all?"),
    (["help", "comapre"], "unknown command comapre: did you mean compare?"),
    (["hlep"], "unknown command hlep: did you mean help?"),
  ])
  func nearMisses(arguments: [String], says: String) throws {
    #expect(try refusal(arguments) == says)
  }

  /// Which of two values was meant cannot be known; a pattern may be joined by others.
  @Test func oneValueIsGivenOnce() throws {
    let line = "--seed is given twice: it takes one value; remove one of them"
    #expect(try refusal(["compare", "--seed", "1", "--seed", "2"]) == line)
    #expect(try refusal(["compare", "--seed=1", "--seed=1"]) == line)
    let repeated = try refusal(
      ["compare", "--kernel", "made-up.*", "--kernel", "none*", "--strict", "--strict"])
    #expect(repeated == "unknown kernel none*: expected made-up.watched")
  }

  /// An hour for one task is found out by small ones, before it begins.
  @Test func aSizeThatWouldLastForHours() throws {
    let folder = try TemporaryFolder()
    for command in ["compare", "scale", "run"] {
      let ran = try perfGate(
        [command, "--size", "1000000000000000", "--workers", "1", "--json", folder.path("r.json")],
        catalog: try Catalog([AnyKernel(Viete.self)]))
      #expect(ran.status == 64)
      let line = try #require(ran.errorLines.last)
      #expect(line.hasPrefix("perfgate: cannot use size 1000000000000000: one task of viete/"))
      #expect(line.contains(" h, the limit is 60 min; choose a smaller size"))
    }
    #expect(folder.files.isEmpty)
  }

  @Test func helpAndVersionAreNotErrors() throws {
    let catalog = try Catalog([AnyKernel(Watched.self)])
    for arguments in [
      ["--help"], ["scale", "--help"], ["machine", "--help"], ["-h"], ["help"], ["help", "run"],
      ["help", "scale"], ["scale", "-h"], ["--help", "frobnicate"], ["help", "--help"],
      ["scale", "--quiet", "--help", "--frobnicate"],
    ] {
      let ran = try perfGate(arguments, catalog: catalog)
      #expect(ran.status == 0 && ran.error.isEmpty)
      #expect(ran.out.hasPrefix("usage: perfgate [command] [options]\n"))
      #expect(ran.out.contains("--workers LIST"))
    }
    #expect(try perfGate(["--help"], catalog: catalog).out.contains("--task-seconds S"))
    for arguments in [
      ["baseline", "--help"], ["baseline", "-h"], ["baseline", "update", "--help"],
      ["help", "baseline"], ["help", "baseline", "update"],
    ] {
      let ran = try perfGate(arguments, catalog: catalog)
      #expect(ran.status == 0 && ran.error.isEmpty, "\(arguments)")
      #expect(ran.out.contains("--only WORD"))
    }
    #expect(
      try perfGate(["judge", "--help"], catalog: catalog).out.contains("- for standard input"))
    #expect(try refusal(["help", "run", "now"]).hasPrefix("unexpected argument now: help takes"))
    let version = try perfGate(["--version"], catalog: catalog)
    #expect(version.status == 0 && version.out.hasPrefix("perfgate 0."))
  }
}
