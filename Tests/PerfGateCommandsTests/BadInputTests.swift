import Foundation
import PerfGate
import Synchronization
import Testing

/// Bad input gives one line and the right exit code, before anything is measured.
@Suite(.serialized) struct BadInputTests {
  @Test(arguments: [
    (["sacle"], "unknown command sacle"),
    (["compare", "--kernal", "x"], "unknown option --kernal"),
    (["compare", "--kernel", "nothing"], "unknown kernel nothing: expected chain, wrong, huge"),
    (["compare", "--variant", "rust.*"], "unknown variant rust.*"),
    (["compare", "--kernel"], "--kernel needs a value"),
    (["compare", "--quiet=1"], "--quiet takes no value"),
    (["compare", "extra"], "unexpected argument extra"),
    (["compare", "--root", "/"], "option --root does not belong to compare"),
    (["scale", "--executor", "channel"], "unknown executor channel"),
    (["scale", "--workers", "0"], "--workers 0"),
    (["scale", "--workers", "-1"], "--workers -1"),
    (["scale", "--workers", "abc"], "--workers abc"),
    (["scale", "--workers", "3-1"], "--workers 3-1"),
    (["scale", "--workers", "1,,2"], "--workers 1,,2"),
    (["scale", "--workers", "10000"], "--workers 10000"),
    (["scale", "--workers", "１"], "--workers １"),
    (["scale", "--tasks", "0"], "--tasks 0"),
    (["scale", "--rounds", "0"], "--rounds 0"),
    (["scale", "--size", "-5"], "--size -5"),
    (["scale", "--size", "99999999999999999999"], "--size 99999999999999999999"),
    (["scale", "--task-seconds", "0"], "--task-seconds 0"),
    (["scale", "--task-seconds", "nan"], "--task-seconds nan"),
    (["scale", "--task-seconds", "-1"], "--task-seconds -1"),
    (["scale", "--seed", "-1"], "--seed -1"),
    (["scale", "--bind", "near"], "--bind near"),
    (["scale", "--bind", "cpus:70000"], "70000"),
    (["run", "--budget", "0"], "--budget 0"),
    (["run", "--require", "nothing.*"], "--require nothing.* names no claim"),
    (["judge"], "judge needs a record"),
    (["judge", "a", "b"], "unexpected argument b"),
  ])
  func oneLineAndUsage(arguments: [String], text: String) throws {
    let before = kernelCalls.load(ordering: .relaxed)
    let outcome = try run(arguments)
    #expect(outcome.status == 64)
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.error.hasPrefix("perfgate: "))
    #expect(outcome.error.contains(text), "\(outcome.error)")
    #expect(outcome.out.isEmpty)
    #expect(kernelCalls.load(ordering: .relaxed) == before)
  }

  @Test func moreWorkersThanCoresNamesBothNumbers() throws {
    let outcome = try run(["scale", "--kernel", "chain", "--workers", "1000"])
    #expect(outcome.status == 64)
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.error.contains("1000"))
    #expect(outcome.error.contains("allowed"))
    #expect(outcome.error.contains("--oversubscribe"))
  }

  @Test func moreMemoryThanThereIs() throws {
    let outcome = try run(["compare", "--kernel", "huge", "--size", "\(1 << 60)"])
    #expect(outcome.status == 64)
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.error.contains("MiB"))
  }

  @Test(arguments: ["missing/record.json", "."])
  func outputThatCannotBeMade(name: String) throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let before = kernelCalls.load(ordering: .relaxed)
    let outcome = try run(["compare", "--kernel", "chain", "--json", folder.file(name)])
    #expect(outcome.status == 73)
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.error.contains(folder.path))
    #expect(kernelCalls.load(ordering: .relaxed) == before)
  }

  @Test func machineOfAnotherTreeThatIsNotThere() throws {
    let outcome = try run(["machine", "--root", "/nowhere/at/all"])
    #expect(outcome.status == 65)
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.error.contains("/nowhere/at/all"))
  }

  @Test(arguments: ["--help", "--version"])
  func questionsAreAnswered(option: String) throws {
    for command in ["run", "compare", "scale", "handoff", "machine", "judge"] {
      let outcome = try run([command, option])
      #expect(outcome.status == 0)
      #expect(outcome.out.contains("perfgate"))
      #expect(outcome.error.isEmpty)
    }
  }

  private func run(_ arguments: [String]) throws -> Outcome { try perfgate(arguments) }
}
