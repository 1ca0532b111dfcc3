import CPerfGateSystem
import Foundation
import Testing

@testable import PerfGateMachine

/// How children start and end, and that nothing of them is left.
@Suite(.enabled(if: isLinux, "only Linux starts children"), .timeLimit(.minutes(15)))
struct ChildLifeTests {
  @Test func whatCannotStartIsSaid() {
    let found = failure {
      _ = try ChildProcess(
        program: "/no/such/program", arguments: [], environment: [:], socket: .standardStreams)
    }
    #expect(found == .cannotStart(program: "/no/such/program", errorNumber: ENOENT))
    #expect(
      found?.description == "cannot start /no/such/program: ENOENT, No such file or directory")
  }

  /// It leads its own group, no signal is blocked or ignored, and its environment is the given one.
  @Test func aChildInheritsNothingElse() throws {
    var (blocked, before) = (sigset_t(), sigset_t())
    sigfillset(&blocked)
    pthread_sigmask(SIG_SETMASK, &blocked, &before)
    let ignored = signal(SIGUSR2, SIG_IGN)
    defer {
      pthread_sigmask(SIG_SETMASK, &before, nil)
      signal(SIGUSR2, ignored)
    }
    let child = try ChildProcess(
      program: "/bin/cat", name: "kitten",
      arguments: ["/proc/self/status", "/proc/self/cmdline", "/proc/self/environ"],
      environment: ["B": "2", "A": "1"], socket: .standardStreams)
    while child.hasEnded == nil { usleep(1000) }
    #expect(getpgid(pid_t(child.pid)) == pid_t(child.pid))
    let lines = received(child).split(separator: "\n").map(String.init)
    #expect(
      lines.last == "kitten\0/proc/self/status\0/proc/self/cmdline\0/proc/self/environ\0A=1\0B=2\0")
    for name in ["SigBlk", "SigIgn", "SigCgt"] {
      let line = try #require(lines.first { $0.hasPrefix(name) })
      let mask = try #require(UInt64(line.suffix(16), radix: 16))
      // The C library ignores two signals of its own, 32 and 33, in what it spawns.
      #expect(mask & ~0x1_8000_0000 == 0, "\(line)")
    }
  }

  /// What is there to read, as text: such lines have tabs, which the protocol refuses.
  private func received(_ child: ChildProcess) -> String {
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = pgp_receive(child.socket, &bytes, bytes.count)
    return String(decoding: bytes.prefix(max(0, Int(count))), as: UTF8.self)
  }

  private func descriptors(_ pid: Int) -> [String: String] {
    let folder = "/proc/\(pid)/fd"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    var found: [String: String] = [:]
    for name in names {
      found[name] = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(name)")
    }
    return found
  }

  /// Many threads start children at once: none has another's socket or pipe.
  @Test func siblingsShareNoDescriptor() throws {
    let leaks = (0..<3).map { _ in dup(2) }
    defer { for leak in leaks { close(leak) } }
    let children = Children()
    DispatchQueue.concurrentPerform(iterations: 32) { number in
      if let child = try? ChildProcess(
        program: "/bin/sleep", arguments: ["100"], environment: [:],
        socket: number % 2 == 0 ? .standardStreams : .descriptor3)
      {
        children.add(child)
      }
    }
    var seen: Set<String> = []
    for child in children.all {
      // A program that begins opens its libraries.
      #expect(
        within(seconds: 10) { child.status?.state == "S" && descriptors(child.pid).count < 5 })
      let found = descriptors(child.pid)
      let onStreams = found["0"] != "/dev/null"
      #expect(Set(found.keys) == (onStreams ? ["0", "1", "2"] : ["0", "1", "2", "3"]))
      let own = onStreams ? ["0", "2"] : ["3", "2"]
      #expect(found[own[0]]?.hasPrefix("socket:") == true)
      #expect(found[own[1]]?.hasPrefix("pipe:") == true)
      for name in own { #expect(seen.insert(found[name] ?? "none").inserted) }
    }
    #expect(children.all.count == 32 && seen.count == 64)
  }

  @Test func endLeavesNoGrandchild() throws {
    let mark = "sleepers-\(UUID().uuidString)"
    let child = try shell(
      "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do "
        + "\(childPlantPath) sleeper \(mark) & done; say started; wait")
    #expect(try child.receive(atMost: 30) == "started")
    #expect(within(seconds: 20) { running(mark).count >= 20 })
    child.end()
    #expect(within(seconds: 30) { areGone(mark) }, "\(running(mark))")
  }

  /// Also when the child itself is gone, be it that somebody else has waited for it.
  @Test(arguments: [false, true])
  func endLeavesNoOrphan(isStolen: Bool) throws {
    let mark = "orphans-\(UUID().uuidString)"
    let child = try shell("\(childPlantPath) sleeper \(mark) & say started; read -r line; exit 0")
    #expect(try child.receive(atMost: 30) == "started")
    #expect(within(seconds: 20) { !running(mark).isEmpty })
    try child.send("end")
    while child.hasEnded == nil { usleep(1000) }
    if isStolen { #expect(waitpid(pid_t(child.pid), nil, 0) == pid_t(child.pid)) }
    #expect(child.end() == (isStolen ? .unknown : .exited(status: 0)))
    #expect(within(seconds: 30) { areGone(mark) }, "\(running(mark))")
  }

  @Test func aStolenChildIsAFailureAndNoHang() throws {
    let child = try shell("exit 3")
    #expect(waitpid(pid_t(child.pid), nil, 0) == pid_t(child.pid))
    let found = failure { _ = try child.receive(atMost: 60) }
    #expect(found == .ended(.unknown))
    #expect(found?.description == "ended, it is not known how")
  }

  @Test func aChildEndsWithItsObject() throws {
    var child: ChildProcess? = try shell("exec sleep 100")
    let pid = try #require(child?.pid)
    #expect(kill(pid_t(pid), 0) == 0)
    child = nil
    #expect(kill(pid_t(pid), 0) != 0 && errno == ESRCH)
  }

  @Test func quitWaitsForTheEnd() throws {
    let polite = try shell("read -r line; sleep 0.2; echo bye >&2; exit 7")
    try polite.send("quit")
    #expect(polite.quit(atMost: 20) == .exited(status: 7))
    #expect(polite.lastLines == ["bye"])
    let rude = try shell("exec sleep 100")
    let start = pgp_monotonic_ns()
    #expect(rude.quit(atMost: 0.2) == .killed(signal: 9))
    #expect(Double(pgp_monotonic_ns() - start) * 1e-9 < 30)
  }

  @Test func aChildStartsOnItsCPUs() throws {
    let allowed = try Machine.current().allowed.cpus
    let own = try ThreadPinning.currentMask()
    let cpu = try #require(allowed.last)
    let child = try shell(
      "while read -r name value; do case $name in Cpus_allowed_list:) say \"$value\";; esac; "
        + "done < /proc/self/status", cpus: [cpu])
    #expect(try child.receive(atMost: 10) == "\(cpu)")
    #expect(try ThreadPinning.currentMask() == own)
    let found = failure { _ = try shell("exit 0", cpus: [cpu, 60_000]) }
    #expect(found?.description == "cannot start /bin/sh: the kernel set another mask")
  }

  /// No descriptor, zombie or thread is left of many starts.
  @Test func manyStartsLeaveNothing() throws {
    func leftOver() -> (descriptors: Int, children: Int, threads: Int) {
      let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
      let children = threads.compactMap {
        try? String(contentsOfFile: "/proc/self/task/\($0)/children", encoding: .utf8)
      }
      return (
        descriptors(Int(getpid())).count, children.joined().split(separator: " ").count,
        threads.count
      )
    }
    var before = leftOver()
    for number in 0..<2000 {
      if number == 10 { before = leftOver() }
      let child = try ChildProcess(
        program: "/bin/true", arguments: [], environment: [:], socket: .descriptor3)
      if number % 2 == 0 { child.quit(atMost: 10) } else { child.end() }
    }
    let after = leftOver()
    // Other tests run at the same time, and have up to hundreds of their own; each way of ending would
    // leave about a thousand.
    #expect(abs(after.descriptors - before.descriptors) < 500)
    #expect(abs(after.children - before.children) < 500)
    #expect(after.threads - before.threads < 500)
  }
}

/// Children that several threads start.
private final class Children: @unchecked Sendable {
  // Every access holds the lock.
  private let lock = NSLock()
  private var children: [ChildProcess] = []

  func add(_ child: ChildProcess) { lock.withLock { children.append(child) } }
  var all: [ChildProcess] { lock.withLock { children } }
}

/// Whether something becomes true in time.
func within(seconds: Double, _ condition: () -> Bool) -> Bool {
  let start = pgp_monotonic_ns()
  while !condition() {
    if Double(pgp_monotonic_ns() - start) * 1e-9 > seconds { return false }
    usleep(10_000)
  }
  return true
}

/// The processes with this word among their arguments that have not ended.
func running(_ mark: String) -> [Int] {
  let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
  return names.compactMap { Int($0) }.filter { pid in
    let line = try? String(contentsOfFile: "/proc/\(pid)/cmdline", encoding: .utf8)
    let words = line?.split(separator: "\0") ?? []
    return words.contains(Substring(mark)) && ProcessStatus(pid: pid)?.state != "Z"
  }
}

/// Whether there are no such processes. The second look sees one that had not shown its arguments
/// yet.
func areGone(_ mark: String) -> Bool {
  guard running(mark).isEmpty else { return false }
  usleep(20_000)
  return running(mark).isEmpty
}
