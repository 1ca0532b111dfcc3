import CPerfGateSystem
import Foundation
import Testing

@testable import PerfGateMachine

/// What is read about a process and everything that it started.
@Suite(.enabled(if: isLinux, "only Linux has /proc"), .timeLimit(.minutes(15)))
struct ProcessTreeTests {
  private func family() throws -> ChildProcess {
    try ChildProcess(
      program: "/bin/sh", arguments: ["-c", "sleep 100 & (sleep 100; :) & wait"],
      environment: ["PATH": "/usr/bin:/bin"], socket: .standardStreams)
  }

  /// Waits, a minute at most.
  private func eventually(_ isTrue: () -> Bool) -> Bool {
    for _ in 0..<6000 where !isTrue() { usleep(10_000) }
    return isTrue()
  }

  @Test func childrenOfChildrenBelongToIt() throws {
    let child = try family()
    let tree = ProcessTree(root: child.pid)
    // The shell, a sleep, a shell in between, and its sleep.
    #expect(eventually { tree.processes.count == 4 })
    #expect(tree.processes.first == child.pid)
    #expect(Set(tree.processes).count == tree.processes.count)
    #expect(eventually { tree.threads.count == 4 })
    #expect(tree.bytes > 100_000)
    child.end()
    #expect(eventually { ProcessTree(root: child.pid).threads.isEmpty })
    #expect(ProcessTree(root: child.pid).bytes == 0)
  }

  /// Its code is that of the whole machine; what it uses does not depend on who else runs it.
  @Test func othersOfTheSameProgramChangeNothing() throws {
    func shell() throws -> ChildProcess {
      let child = try ChildProcess(
        program: "/bin/sh", arguments: ["-c", "echo; read line"], environment: [:],
        socket: .standardStreams)
      // It is up when it has answered.
      _ = try child.receive(atMost: 10)
      return child
    }
    let first = try shell()
    let tree = ProcessTree(root: first.pid)
    let alone = tree.bytes
    let code = try #require(ProcessStatus(pid: tree.root)?.fileBytes)
    #expect(code > 1 << 19 && alone > code)
    let others = try (0..<20).map { _ in try shell() }
    #expect(abs(tree.bytes - alone) <= 1 << 16)
    #expect(others.count == 20 && first.status != nil)
  }

  /// A tree has its code once, and what each process has written.
  @Test func codeCountsOnce() throws {
    let child = try family()
    let tree = ProcessTree(root: child.pid)
    #expect(eventually { tree.processes.count == 4 && tree.threads.count == 4 })
    let statuses = tree.processes.compactMap { ProcessStatus(pid: $0) }
    let codes = statuses.compactMap(\.fileBytes)
    let residents = statuses.compactMap(\.residentBytes)
    #expect(codes.count == 4)
    let all = residents.reduce(0, +)
    #expect(tree.bytes > codes.max() ?? 0)
    #expect(tree.bytes <= all - codes.reduce(0, +) + (codes.max() ?? 0))
  }

  @Test func allOfThemArePinned() throws {
    let child = try family()
    let tree = ProcessTree(root: child.pid)
    #expect(eventually { tree.processes.count == 4 })
    let cpu = try #require(try ThreadPinning.currentMask().last)
    tree.pin(to: [cpu])
    for process in tree.processes {
      let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
      #expect(status.contains("Cpus_allowed_list:\t\(cpu)\n"))
    }
  }

  @Test func timesGrowWithWork() throws {
    let child = try ChildProcess(
      program: "/bin/sh", arguments: ["-c", "while :; do :; done"], environment: [:],
      socket: .standardStreams)
    let tree = ProcessTree(root: child.pid)
    #expect(eventually { (tree.threads.first?.cpuNanoseconds ?? 0) > 50_000_000 })
  }
}
