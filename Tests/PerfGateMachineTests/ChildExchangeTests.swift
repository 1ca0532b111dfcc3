import CPerfGateSystem
import Foundation
import Testing

@testable import PerfGateMachine

/// A shell that reads lines on its standard input; `say` answers one.
func shell(
  _ script: String, socket: ChildProcess.Socket = .standardStreams, cpus: CPUSet? = nil
) throws -> ChildProcess {
  try ChildProcess(
    program: "/bin/sh", arguments: ["-c", "say() { printf '%s\\n' \"$*\"; }\n" + script],
    environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C"], socket: socket, cpus: cpus)
}

/// What receiving from a child fails with.
func failure(_ body: () throws -> Void) -> ChildFailure? {
  do {
    try body()
    return nil
  } catch {
    return error as? ChildFailure
  }
}

/// Lines there and back, and everything that can be wrong with an answer.
@Suite(.enabled(if: isLinux, "only Linux starts children"), .timeLimit(.minutes(15)))
struct ChildExchangeTests {
  @Test func linesGoThereAndBack() throws {
    let child = try shell("while read -r line; do say \"got $line\"; done")
    for number in 0..<200 {
      try child.send("line \(number)")
      #expect(try child.receive(atMost: 10) == "got line \(number)")
    }
    let longest = String(repeating: "x", count: 4092)
    try child.send(longest)
    #expect(try child.receive(atMost: 10) == "got \(longest)")
    #expect(child.end() == .killed(signal: 9))
    #expect(child.end() == .killed(signal: 9))
  }

  @Test func descriptor3IsTheSocketWhereItIsWanted() throws {
    let child = try shell(
      "read -r line <&3; say \"$line $(readlink /proc/self/fd/0)\" >&3; say lost; exec cat <&3 >&3",
      socket: .descriptor3)
    try child.send("one")
    #expect(try child.receive(atMost: 10) == "one /dev/null")
    try child.send("two")
    #expect(try child.receive(atMost: 10) == "two")
  }

  @Test func manyLinesAreReceivedAtOnce() throws {
    let child = try shell("yes 0123456789abcdef | head -n 200000")
    var (count, wrong) = (0, 0)
    try child.receiveLines(200_000, atMost: 10) { line in
      count += 1
      if !line.elementsEqual("0123456789abcdef".utf8) { wrong += 1 }
    }
    #expect(count == 200_000 && wrong == 0)
    #expect(failure { _ = try child.receive(atMost: 10) } == .ended(.exited(status: 0)))
  }

  @Test func silenceEndsAtItsBound() throws {
    let child = try shell("exec sleep 100")
    #expect(within(seconds: 60) { child.status?.state == "S" })
    let start = pgp_monotonic_ns()
    let found = failure { _ = try child.receive(atMost: 0.3) }
    let seconds = Double(pgp_monotonic_ns() - start) * 1e-9
    #expect(found == .silent(seconds: 0.3, state: "S"))
    #expect(found?.description == "gave no answer for 0.3 s; it is sleeping")
    #expect(seconds >= 0.3 && seconds < 30)
  }

  @Test func aStoppedChildIsNamedSo() throws {
    let child = try shell("say ready; kill -STOP $$; say never")
    #expect(try child.receive(atMost: 10) == "ready")
    #expect(within(seconds: 60) { child.status?.state == "T" })
    let found = failure { _ = try child.receive(atMost: 0.3) }
    #expect(found?.description == "gave no answer for 0.3 s; a signal has stopped it")
    #expect(child.end() == .killed(signal: 9))
  }

  @Test(arguments: [
    ("echo first >&2; echo last >&2; exit 3", ChildEnd.exited(status: 3), "exited with status 3"),
    (
      "echo first >&2; echo last >&2; kill -SEGV $$", .killed(signal: 11),
      "was killed by signal 11 (SIGSEGV)"
    ),
    // Its own child keeps the socket and standard error open.
    (
      "echo first >&2; echo last >&2; sleep 100 & exit 4", .exited(status: 4),
      "exited with status 4"
    ),
    (
      "echo first >&2; echo last >&2; printf half; exit 5", .exited(status: 5),
      "exited with status 5"
    ),
  ])
  func aDeadChildIsNamed(script: String, end: ChildEnd, text: String) throws {
    let child = try shell("read -r line; " + script)
    try child.send("go")
    let found = failure { _ = try child.receive(atMost: 20) }
    #expect(found == .ended(end) && found?.description == text)
    #expect(child.lastLines == ["first", "last"])
    #expect(child.hasEnded == end && child.end() == end)
    #expect(child.lastLines == ["first", "last"])
  }

  @Test func sendingToADeadChildIsAFailureAndNoSignal() throws {
    let child = try shell("exit 6")
    while child.hasEnded == nil { usleep(1000) }
    #expect(failure { try child.send("anyone?") } == .ended(.exited(status: 6)))
  }

  @Test func aChildThatClosesItsSocketIsNotWaitedFor() throws {
    let child = try shell("exec sleep 100 <&- >&-")
    let found = failure { _ = try child.receive(atMost: 60) }
    #expect(found?.description == "closed its connection and goes on")
  }

  @Test func aChildThatDoesNotReadEndsTheSending() throws {
    let child = try shell("exec sleep 100")
    #expect(within(seconds: 60) { child.status?.state == "S" })
    let line = String(repeating: "x", count: 4096)
    let found = failure { for _ in 0..<1000 { try child.send(line, atMost: 0.3) } }
    #expect(found == .silent(seconds: 0.3, state: "S"))
  }

  @Test(arguments: [
    ("printf '%05000d\\n' 1", ChildFailure.answerTooLong(maximum: 4096)),
    ("printf '%04097d' 1; sleep 100", .answerTooLong(maximum: 4096)),
    ("printf 'caf\\303\\251\\n'", .answerNotASCII(byte: 0xc3, position: 3)),
    ("printf 'a\\tb\\n'", .answerNotASCII(byte: 9, position: 1)),
    ("printf 'a\\000b\\n'; sleep 100", .answerNotASCII(byte: 0, position: 1)),
  ])
  func answersThatAreNoLines(script: String, expected: ChildFailure) throws {
    let child = try shell(script)
    #expect(failure { _ = try child.receive(atMost: 20) } == expected)
  }

  @Test(arguments: ["two\nlines", "caf\u{e9}", String(repeating: "x", count: 4097)])
  func requestsThatAreNoLines(line: String) throws {
    let child = try shell("exec cat")
    #expect(failure { try child.send(line) } == .notOneLine(line))
    try child.send("")
    #expect(try child.receive(atMost: 10) == "")
  }

  @Test func aFloodDoesNotBlockTheChild() throws {
    let child = try shell(
      "read -r line; i=0; while [ $i -lt 50000 ]; do echo \"flood $i of it\" >&2; i=$((i+1)); done; "
        + "say done")
    try child.send("go")
    #expect(try child.receive(atMost: 60) == "done")
    #expect(child.lastLines.last == "flood 49999 of it")
    #expect(child.lastLines.joined(separator: "\n").utf8.count < 4096)
    #expect(child.lastLines.count > 100)
    #expect(child.lastLines.first?.hasPrefix("flood 49") == true)
  }

  @Test func anInterruptEndsTheWaiting() throws {
    let child = try shell("exec sleep 100")
    let start = pgp_monotonic_ns()
    let found = failure {
      _ = try child.receive(atMost: 60) { pgp_monotonic_ns() - start > 200_000_000 ? 15 : nil }
    }
    #expect(found == .interrupted(signal: 15))
    #expect(found?.description == "was interrupted by signal 15 (SIGTERM)")
    #expect(Double(pgp_monotonic_ns() - start) * 1e-9 < 30)
  }

  @Test func memoryHasALimit() throws {
    let child = try ChildProcess(
      program: childPlantPath, arguments: ["hog", "limit"], environment: [:],
      socket: .standardStreams)
    child.memoryLimit = 300 << 20
    let found = failure { _ = try child.receive(atMost: 60) }
    guard case .tooMuchMemory(let bytes, let limit)? = found else {
      Issue.record("\(String(describing: found))")
      return
    }
    #expect(bytes > limit && limit == 300 << 20)
    #expect(try #require(child.residentBytes) >= bytes && #require(child.peakBytes) >= bytes)
    child.end()
    #expect(child.residentBytes == nil && child.peakBytes == nil)
  }
}
