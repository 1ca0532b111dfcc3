import CPerfGateSystem
import Foundation
import Testing

@testable import PerfGateMachine

/// What a child of ours does to itself, and what it learns about itself.
@Suite(.enabled(if: isLinux, "only Linux starts children"), .timeLimit(.minutes(15)))
struct ChildSideTests {
  /// Killed before, while and after its child starts, a parent leaves neither it nor its children.
  @Test(arguments: [nil, 0.0, 0.002, 0.004, 0.006, 0.008, 0.012, 0.02])
  func nothingOutlivesAKilledParent(seconds: Double?) throws {
    let mark = "killed-\(UUID().uuidString)"
    for _ in 0..<(seconds == nil ? 1 : 5) {
      let parent = try ChildProcess(
        program: childPlantPath, arguments: ["parent", mark], environment: [:],
        socket: .standardStreams)
      if let seconds {
        usleep(UInt32(seconds * 1e6))
      } else {
        #expect(try parent.receive(atMost: 60) == "ready 0")
        // The system shows the arguments of a new process only after it has begun.
        #expect(within(seconds: 10) { running(mark).count == 4 })
      }
      // Only the parent: its child leads another group.
      kill(pid_t(parent.pid), SIGKILL)
      #expect(within(seconds: 30) { areGone(mark) }, "\(running(mark))")
      parent.end()
    }
  }

  /// The time in which both were stopped, as by Ctrl-Z, is none in which the child was silent.
  @Test func aStoppedParentGoesOn() throws {
    let parent = try ChildProcess(
      program: childPlantPath, arguments: ["asker", "asker-\(UUID().uuidString)"], environment: [:],
      socket: .standardStreams)
    let child = try #require(
      pid_t(try parent.receive(atMost: 60).split(separator: " ").last ?? ""))
    usleep(300_000)
    for signal in [SIGSTOP, SIGCONT] {
      kill(pid_t(parent.pid), signal)
      kill(-child, signal)
      if signal == SIGSTOP { usleep(6_500_000) }
    }
    #expect(try parent.receive(atMost: 60) == "late")
  }

  /// The kernel ends a child before its parent when memory runs out.
  @Test func aChildIsTheFirstToGo() throws {
    let child = try ChildProcess(
      program: childPlantPath, arguments: ["child", "first"], environment: [:],
      socket: .descriptor3)
    #expect(try child.receive(atMost: 60) == "ready 0")
    let file = "/proc/\(child.pid)/oom_score_adj"
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "1000\n")
  }

  /// A program on a user's pipe, or in a user's job, ends nobody.
  @Test func onlyAChildOfOursEndsItsGroup() throws {
    let piped = try runProgram("/bin/sh", ["-c", "echo | '\(childPlantPath)' piped pipe"])
    #expect(piped.lines == ["\(ENOTSOCK)"])
    let inAJob = try shell("'\(childPlantPath)' piped job; read -r line")
    #expect(try inAJob.receive(atMost: 60) == "\(EPERM)")
    #expect(inAJob.hasEnded == nil)
  }

  /// A parent that only stops sending still gets the answer.
  @Test func theEndOfTheInputIsNoHangUp() throws {
    let child = try ChildProcess(
      program: childPlantPath, arguments: ["child", "input"], environment: [:],
      socket: .descriptor3)
    #expect(try child.receive(atMost: 60) == "ready 0")
    shutdown(child.socket, Int32(SHUT_WR))
    usleep(300_000)
    #expect(child.hasEnded == nil)
  }

  @Test func priorityIsRaisedAsFarAsAllowed() throws {
    /// The nice value of the calling thread is field 19; the second field ends with `)`.
    func nice() -> Int? {
      let text = try? String(contentsOfFile: "/proc/thread-self/stat", encoding: .utf8)
      return text?.split(separator: ")").last.flatMap { Int($0.split(separator: " ")[16]) }
    }
    let before = try #require(nice())
    let reached = onNewThread { (Int(pgp_raise_priority()), nice()) }
    let (told, real) = try #require(reached)
    #expect(told == real && told <= before)
    if geteuid() == 0 { #expect(told == -20) }
    #expect(nice() == before)
  }

  @Test func tracersAndFixedAddressesAreSeen() throws {
    #expect(!OwnProgram.isTraced(root: "/"))
    let tree = try TemporaryTree()
    #expect(!OwnProgram.isTraced(root: tree.root))
    #expect(!OwnProgram.machineHasFixedAddresses(root: tree.root))
    try tree.write("/proc/self/status", "Name:\tx\nTracerPid:\t12\n")
    try tree.write("/proc/sys/kernel/randomize_va_space", "0\n")
    #expect(OwnProgram.isTraced(root: tree.root))
    #expect(OwnProgram.machineHasFixedAddresses(root: tree.root))
    let free = try runProgram(childPlantPath, ["addresses", "x"])
    let fixed = try runProgram("/usr/bin/env", ["setarch", "-R", childPlantPath, "addresses", "x"])
    #expect(free.lines == ["false"] && fixed.lines == ["true"])
  }

  @Test func aStatusFileIsRead() {
    let status = ProcessStatus(
      "Name:\tVmRSS: 3\nState:\tT (stopped)\nTracerPid:\t0\nVmHWM:\t    2048 kB\nVmRSS:\t  1024 kB\n"
        + "RssFile:\t     512 kB\n"
    )
    #expect(status.state == "T" && status.tracer == 0)
    #expect(status.residentBytes == 1 << 20 && status.peakBytes == 2 << 20)
    #expect(status.fileBytes == 1 << 19)
    let ended = ProcessStatus("State:\tZ (zombie)\nVmRSS:\t99999999999999999999 kB\n")
    #expect(ended.state == "Z" && ended.residentBytes == nil && ended.peakBytes == nil)
  }
}
