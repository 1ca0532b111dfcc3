import Foundation
import PerfGateTestSupport
import Testing

@testable import PerfGateCommands

/// Programs of others, some at once.
@Suite(.timeLimit(.minutes(15))) struct OutsideProgramTests {
  private func job(_ script: String, seconds: Double = 20) -> OutsideProgram.Job {
    OutsideProgram.Job(
      program: "/bin/sh", arguments: ["-c", script],
      environment: ["PATH": "/usr/bin:/bin"], output: nil, seconds: seconds)
  }

  /// Each ends when all have begun.
  @Test func allRunAndSomeAtOnce() throws {
    let folder = try TemporaryFolder()
    let script = "cd '\(folder.root)'; : >$$; until [ $(ls | wc -l) -ge 4 ]; do sleep 0.02; done"
    var ended: [Int] = []
    OutsideProgram.run((0..<4).map { _ in job(script, seconds: 60) }, atOnce: 4) {
      index, outcome in
      #expect(outcome.failure == nil && outcome.status == 0)
      ended.append(index)
    }
    #expect(ended.sorted() == [0, 1, 2, 3])
  }

  /// When one fails, the others are ended and no further one starts.
  @Test func aFailureEndsTheOthers() {
    var found: [Int: OutsideProgram.Outcome] = [:]
    let jobs = [job("sleep 19"), job("echo bad; exit 3"), job("true")]
    OutsideProgram.run(jobs, atOnce: 2) { found[$0] = $1 }
    #expect(found[1]?.status == 3 && found[1]?.lines == ["bad"])
    #expect(found[0]?.failure == "was ended before its end" && found[0]?.status == nil)
    #expect(found[2] == nil && found.count == 2)
  }

  /// What it has started in groups of their own ends with it, as compilers do.
  @Test func childrenInOtherGroupsEndToo() throws {
    let folder = try TemporaryFolder()
    // A shell with job control gives each job a group; it ignores Ctrl-C here.
    let outcome = OutsideProgram.run(
      job("trap '' INT; set -m; sh -c 'sleep 19; : \(folder.root)' & wait", seconds: 0.5))
    #expect(outcome.failure == "did not end within 0 s")
    #expect(areGone(folder.root))
  }

  @Test func lateOnesAreEnded() {
    let outcome = OutsideProgram.run(job("sleep 19", seconds: 0.2))
    #expect(outcome.failure == "did not end within 0 s" && outcome.seconds < 15)
    let missing = OutsideProgram.run("/no/such", [], [:], atMost: 5)
    #expect(missing.status == 127 || missing.failure != nil)
  }

  @Test func errorsMayBeKeptApart() throws {
    let folder = try TemporaryFolder()
    var one = job("echo warning >&2; echo out")
    one.output = folder.path("out")
    one.keepsErrors = true
    #expect(OutsideProgram.run(one).lines == ["warning"])
    #expect(try folder.text("out") == "out\n")
  }

  @Test func outputGoesToAFile() throws {
    let folder = try TemporaryFolder()
    var one = job("echo out; echo error >&2")
    one.output = folder.path("log of it")
    #expect(OutsideProgram.run(one).failure == nil)
    #expect(try folder.text("log of it") == "out\nerror\n")
  }

  @Test func withoutAGreetingThereIsNoInput() {
    let outcome = OutsideProgram.run(job("cat; echo ended; exit 3"))
    #expect(outcome.lines == ["ended"] && outcome.status == 3)
  }

  @Test func aGreetingIsReadAndTheInputStaysOpen() {
    var one = job("read line; echo \"$line\"")
    one.greeting = "hello\n"
    let outcome = OutsideProgram.run(one)
    #expect(outcome.lines == ["hello"] && outcome.failure == nil)
    // The end of the input would end it.
    one = job("cat; echo ended", seconds: 2)
    one.greeting = "hello\n"
    let open = OutsideProgram.run(one)
    #expect(open.lines == ["hello"] && open.failure == "did not end within 2 s")
    // Nobody reads it.
    one = job("exec <&-; exit 0")
    one.greeting = "hello\n"
    #expect(OutsideProgram.run(one).status == 0)
  }
}
