import Foundation
import PerfGate
import PerfGateMachine
import PerfGateTestSupport
import Testing
import XCTest

@testable import PerfGateTesting

/// The test bundle, started again for one claim of one test.
@Suite struct ChildrenTests {
  private let position = ClaimAddress.Position(
    framework: .swiftTesting, test: "My.Claims/`a (b)`()/Claims.swift:3:4", trait: 1, index: 2)
  private var address: ClaimAddress {
    get throws {
      let claim = try TestClaim.ratio(atMost: 1.5, id: "a b", of: { 1 }, to: { 1 })
        .judged(inTest: "x").claim
      let place = Place(file: "/a folder/50 %\n\u{E9}.swift", line: 7, column: 9, fileID: "x")
      return ClaimAddress(position, ClaimAddress.Content(claim, at: place))
    }
  }

  @Test func anAddressIsReadBack() throws {
    let text = try address.text
    #expect(text.utf8.allSatisfy { (0x20...0x7e).contains($0) })
    #expect(ClaimAddress(text: text) == (try address))
    #expect(ClaimAddress(text: "") == nil)
    #expect(ClaimAddress(text: "xctest 0 x 1 1 a b c") == nil)
    #expect(ClaimAddress(text: "other 0 0 1 1 a b c") == nil)
    let xctest = try ClaimAddress(
      ClaimAddress.Position(framework: .xctest, test: "A.B/c", index: 0), address.content)
    #expect(ClaimAddress(text: xctest.text) == xctest)
  }

  @Test func theFilterMatchesOneTest() throws {
    let arguments = try #require(TestBundle.arguments(for: position))
    #expect(arguments.prefix(3) == ["--testing-library", "swift-testing", "--filter"])
    let filter = try Regex(arguments[3])
    #expect(position.test.firstMatch(of: filter) != nil)
    for other in [
      "My.Claims/`a (b)`()/Claims.swift:3:40", "AMy.Claims/`a (b)`()/Claims.swift:3:4",
      "My_Claims/`a (b)`()/Claims.swift:3:4",
    ] { #expect(other.firstMatch(of: filter) == nil) }
  }

  /// XCTest would take what follows a comma as another test.
  @Test func aTestThatCannotBeNamedRunsInThisProcess() throws {
    func program(_ test: String) throws -> Result<ArmProgram, StartRefusal> {
      TestBundle.program(
        for: ClaimAddress(
          ClaimAddress.Position(framework: .xctest, test: test, index: 0), try address.content),
        settings: Settings())
    }
    #expect(try program("M.Base<Int>/testA").get().arguments == ["M.Base<Int>/testA"])
    #expect(throws: StartRefusal.unavailable("XCTest cannot be asked for M.B<C, D>/testA alone")) {
      try program("M.B<C, D>/testA").get()
    }
  }

  @Test func oneProcessOnRequest() throws {
    let settings = try Settings(["PERFGATE_STARTS": "1"])
    #expect(throws: StartRefusal.requested) {
      try TestBundle.program(for: address, settings: settings).get()
    }
  }

  /// A child reports to nobody but its parent.
  @Test func theEnvironmentIsClean() throws {
    let environment = try TestBundle.environment(
      for: address,
      from: [
        "PATH": "/bin", "SWT_EXIT_TEST_ID": "1", "XCTestConfigurationFilePath": "x",
        "LLVM_PROFILE_FILE": "x",
      ])
    #expect(
      environment == [
        "PATH": "/bin", "LLVM_PROFILE_FILE": "/dev/null", "SWIFT_BACKTRACE": "enable=no",
        TestBundle.variable: try address.text,
      ])
  }

  @Test func aSlowTestHasTime() throws {
    let program = try TestBundle.program(for: address, reachedAfter: 40, settings: Settings()).get()
    #expect(program.startTimeout == 430)
  }

  @Test func assertionsAreCountedInEachTest() {
    let counts = AssertionCounts()
    let (one, two) = (XCTestCase(name: "A.b") { _ in }, XCTestCase(name: "A.c") { _ in })
    #expect([one, one, two, two, two].map { counts.next(of: $0) } == [0, 1, 0, 1, 2])
  }

  /// A finding about a process says so; one about results stays as it is.
  @Test func anEndedProcessIsTold() {
    func text(_ reason: Unproven.Reason) -> String {
      TestText.unproven(
        Record.UnprovenVariant(Unproven(kernel: "A.b", variant: "of", reason: reason)),
        ofClosures: true)
    }
    #expect(
      text(.ended("was killed by signal 4 (SIGILL) after 12 ms"))
        == "the process of the `of:` closure was killed by signal 4 (SIGILL) after 12 ms")
    #expect(
      text(.slept(share: 0.5)).hasPrefix(
        "the work of the `of:` closure is not proven: the worker slept"))
  }
}

/// The real bundle, started for assertions of `RatioClaimTests`, which is in the same bundle.
@Suite(.uninstrumented) struct StartedBundleTests {
  /// What the started bundle answers to the first request.
  private func hello(_ address: ClaimAddress) throws -> (answer: String, child: ChildProcess) {
    let program = try TestBundle.program(for: address, settings: Settings()).get()
    let child = try ChildProcess(
      program: program.path, name: program.nameArgument, arguments: program.arguments,
      environment: program.environment, socket: program.socket)
    try child.send("hello perfgate.arm/1")
    return (WireText.unescaped(try child.receive(atMost: 30)), child)
  }

  private func address(
    _ index: Int, file: String = "/x.swift", line: Int = 1, column: Int = 1,
    _ text: String = "other"
  ) -> ClaimAddress {
    ClaimAddress(
      ClaimAddress.Position(
        framework: .xctest, test: "PerfGateClaimsTests.RatioClaimTests/testTextScan", index: index),
      ClaimAddress.Content(place: Place(file: file, line: line, column: column), text: text))
  }

  @Test func anotherClaimIsNotServed() throws {
    let found = try hello(address(0)).answer
    #expect(
      found.hasPrefix(
        "error the same test reached another claim in another process: text.scan.swift-vs-c ("))
    #expect(found.contains("/RatioClaimTests.swift:9:"))
    #expect(found.hasSuffix(", expected other at /x.swift:1:1"))
  }

  @Test func aClaimThatIsNotReachedIsTold() throws {
    let (answer, child) = try hello(address(1))
    #expect(answer.hasPrefix("error the process ended before its test reached this claim"))
    #expect(child.quit(atMost: 30) == .exited(status: 0))
  }

  /// The judge measures nothing in its own process instead.
  @Test func aClaimThatIsNotReachedFails() throws {
    let temporary = try TemporaryFolder()
    var settings = Settings()
    settings.quietWait = 0
    let judge = ClaimJudge(
      settings: .success(settings), lockPath: "\(temporary.root)/lock",
      built: { .madeUp(files: [#filePath]) }, report: { _ in })
    let verdict = judge.judge(
      .ratio(atMost: 1.5, id: "mine", of: { opaque(1) }, to: { opaque(1) }), test: "A.b",
      place: Place(file: #filePath, line: 1), position: address(1).position
    ).1
    #expect(
      verdict
        == .failed(
          "claim mine: the process ended before its test reached this claim (the same test must "
            + "reach the same claims each time it runs)"))
  }

  /// Serves only the claim that it was asked for, prints no verdict, and ends as it is told.
  @Test func theSameClaimIsServed() throws {
    let wrong = try hello(address(0)).answer
    let own = try #require(
      wrong.firstMatch(of: /process: (.*) at (\/.*):(\d+):(\d+), expected/)?.output)
    let (line, column) = (try #require(Int(own.3)), try #require(Int(own.4)))
    let (answer, child) = try hello(
      address(0, file: String(own.2), line: line, column: column, String(own.1)))
    #expect(answer.hasPrefix("hello perfgate.arm/1 perfgate "))
    try child.send("quit")
    #expect(child.quit(atMost: 30) == .exited(status: 0))
    #expect(child.lastLines == [])
  }
}
