import Foundation
import PerfGate
import PerfGateCommands
import PerfGateTestSupport
import PerfGateWorkers
import Testing

/// The real `perfgate arm`, by pipe.
@Suite struct ArmCommandTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Answers, standard error, and how the program ended.
  private func served(
    _ requests: String, _ arguments: String = "arm"
  ) throws -> (lines: [String], error: String, end: StartedProcess.End) {
    try requests.write(toFile: folder.path("requests"), atomically: true, encoding: .utf8)
    let program = try StartedProcess(
      [
        "/bin/sh", "-c",
        "exec '\(builtProgram("perfgate"))' \(arguments) <'\(folder.path("requests"))'",
      ],
      output: folder.path("answers"), error: folder.path("error"))
    let end = try program.wait()
    let lines = try folder.text("answers").split(separator: "\n").map(String.init)
    return (lines, try folder.text("error"), end)
  }

  @Test func aWholeConversation() throws {
    let ran = try served(
      "hello perfgate.arm/1\ncatalog\nplace none local\nprepare viete 1000 42\n"
        + "run viete swift.scalar pool 1 10 1000 42\nresults 0 10\n"
        + "run viete c.scalar sp 1 10 1000 42\nresults 9 1\nnonsense\nquit\nobserve\n")
    #expect(ran.end == .exit(0) && ran.error.isEmpty, "\(ran)")
    #expect(ran.lines[0] == "hello perfgate.arm/1 perfgate \(Record.Tool.perfGateVersion)")
    #expect(ran.lines.contains("viete/swift.scalar/pool"))
    let words = ran.lines.filter { $0.hasPrefix("ran ") }.compactMap { WireRun($0)?.checksum }
    #expect(words.count == 2 && words[0] == words[1])
    #expect(ran.lines.suffix(1) == ["error unknown request nonsense"])
    let first = try #require(ran.lines.firstIndex(of: "results 10"))
    #expect(ran.lines[first + 1] == ran.lines[ran.lines.count - 2])
  }

  @Test func theEndOfTheInputIsTheEnd() throws {
    for requests in ["", "hello perfgate.arm/1\n", "hello perfgate.arm/1\ncat"] {
      let ran = try served(requests)
      #expect(ran.end == .exit(0) && ran.error.isEmpty)
      #expect(ran.lines.count == (requests.isEmpty ? 0 : 1))
    }
  }

  @Test func itTakesNoOptionButHelp() throws {
    let help = try perfGate(["arm", "--help"])
    #expect(help.status == 0 && help.out.contains("options of arm:\n  --help"))
    #expect(
      help.out.contains("(for programs) speaks the arm protocol on standard input and output"))
    for option in ["--json", "--workers", "--version", "x"] {
      let ran = try served("hello perfgate.arm/1\n", "arm \(option)")
      #expect(ran.end == .exit(64) && ran.lines.isEmpty, "\(option): \(ran)")
    }
  }

  /// Answers come out alone, whatever a kernel prints or reads.
  @Test func whatAKernelPrintsGoesToStandardError() async {
    let result = await #expect(
      processExitsWith: .exitCode(0),
      observing: [\.standardOutputContent, \.standardErrorContent]
    ) {
      let folder = try TemporaryFolder()
      let requests =
        "hello perfgate.arm/1\nprepare made-up.loud 1 1\nrun made-up.loud swift.loud pool 1 3 1 1\n"
      try requests.write(toFile: folder.path("requests"), atomically: true, encoding: .utf8)
      dup2(open(folder.path("requests"), O_RDONLY), 0)
      exit(try perfGate(["arm"], catalog: Catalog([AnyKernel(Loud.self)])).status)
    }
    let out = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
    let lines = out.split(separator: "\n").filter { !$0.isEmpty }
    #expect(lines.count == 3, "\(out)")
    #expect(lines.first?.hasPrefix("hello ") == true && lines.last?.hasPrefix("ran ") == true)
    let error = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(error.split(separator: "\n").count { $0 == "a banner" } == 4, "\(error)")
    #expect(error.contains("the input is empty: true"))
  }
}

/// Prints in its input and in each task.
enum Loud: Kernel {
  static let name = "made-up.loud"
  static let work = Work(unit: "task", growth: .constant, defaultSize: 1)
  static let variants: [Variant<Int>] = [
    Variant("swift.loud", isReference: true) { _, _ in
      print("a banner")
      fflush(nil)
      return 0
    }
  ]
  static func makeInput(size: Int, seed: UInt64) throws -> Int {
    print("a banner\nthe input is empty: \(readLine() == nil)")
    return size
  }
}
