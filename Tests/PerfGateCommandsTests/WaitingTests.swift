import PerfGate
import PerfGateTestSupport
import Testing

@testable import PerfGateCommands

/// For whom a command waits, and how long.
@Suite struct WaitingTests {
  private func quietSeconds(_ arguments: String...) throws -> Double {
    try MeasurementEnvironment().gateOptions(Invocation(arguments).options).quietSeconds
  }

  @Test func theWaitForQuietIsChosen() throws {
    #expect(try quietSeconds("run") == 5)
    #expect(try quietSeconds("run", "--quiet-wait", "0") == 0)
    #expect(try quietSeconds("compare", "--quiet-wait=90.5") == 90.5)
    #expect(try quietSeconds("baseline", "check", "--quiet-wait", "60") == 60)
  }

  @Test(arguments: ["-1", "soon", "nan", "inf", "86401", ""])
  func wrongWaits(text: String) throws {
    let error = #expect(throws: CommandError.self) {
      try Invocation(["run", "--quiet-wait", text])
    }
    #expect(
      error?.description == "cannot use --quiet-wait \(text): expected seconds from 0 to 86400")
  }

  #if os(Linux)
    /// It measures nothing: whoever measures meanwhile keeps nobody waiting, and is not kept waiting.
    @Test func theMachineIsShownWhileOthersMeasure() throws {
      let folder = try TemporaryFolder()
      // Where it is held already, that does as well.
      let held = try? MachineLock.acquire(atMost: 0)
      defer { withExtendedLifetime(held) {} }
      for arguments in [["machine"], ["machine", "--workers", "1", "--json", "-"]] {
        let process = try StartedProcess(
          [builtProgram("perfgate")] + arguments, output: folder.path("out"),
          error: folder.path("error"))
        #expect(try process.wait(atMost: .seconds(30)) == .exit(0))
        #expect(try folder.text("error").isEmpty)
      }
    }
  #endif
}
