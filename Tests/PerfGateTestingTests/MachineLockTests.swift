import Foundation
import PerfGateMachine
import PerfGateTestSupport
import Synchronization
import Testing

@testable import PerfGate
@testable import PerfGateModel

@Suite struct MachineLockTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.root }

  init() throws { temporary = try TemporaryFolder() }

  /// A process that holds the lock of a file until it ends; it has it when this returns.
  private func holder(_ path: String) throws -> StartedProcess {
    // The process that locks becomes the one that sleeps.
    let child = try StartedProcess(["/usr/bin/flock", "--no-fork", path, "/bin/sleep", "60"])
    for _ in 0..<500 where child.isRunning {
      let holder = "process \(child.pid) (sleep 60)"
      do { _ = try MachineLock.acquire(path: path, atMost: 0) } catch {
        if error == .held(by: holder, seconds: 0) { return child }
      }
      usleep(10_000)
    }
    throw MachineLockError.unusable(path: path, reason: "no process could lock it")
  }

  @Test func diesWithItsHolder() throws {
    let path = "\(folder)/lock"
    // Makes the file.
    _ = try MachineLock.acquire(path: path, atMost: 0)
    let child = try holder(path)
    let begin = ContinuousClock.now
    let error = #expect(throws: MachineLockError.self) {
      try MachineLock.acquire(path: path, atMost: 0.3)
    }
    #expect(ContinuousClock.now - begin < .seconds(10))
    #expect(
      error?.description.contains("process \(child.pid) (sleep 60)") == true, "\(error as Any)")
    child.send(SIGKILL)
    _ = try child.wait()
    _ = try MachineLock.acquire(path: path, atMost: 5)
  }

  @Test func waitingIsTold() throws {
    let path = "\(folder)/lock"
    _ = try MachineLock.acquire(path: path, atMost: 0)
    let child = try holder(path)
    var told: [String] = []
    _ = try MachineLock.acquire(path: path, atMost: 60) { holder, waited in
      told.append(holder)
      #expect(waited >= MachineLock.tellAfter)
      // It does not tell the same again soon.
      Thread.detachNewThread { [process = child.pid] in
        usleep(1_000_000)
        kill(process, SIGKILL)
      }
    }
    #expect(told.count == 1)
    #expect(told.first?.hasPrefix("process \(child.pid) ") == true)
    _ = try child.wait()
  }

  @Test func excludesClaimsOfOneProcess() throws {
    let path = "\(folder)/lock"
    let first = try MachineLock.acquire(path: path, atMost: 0)
    let error = #expect(throws: MachineLockError.self) {
      try MachineLock.acquire(path: path, atMost: 0)
    }
    #expect(error?.description.contains("process \(getpid()) (") == true)
    withExtendedLifetime(first) {}
  }

  @Test func isForAllUsers() throws {
    let path = "\(folder)/lock"
    _ = try MachineLock.acquire(path: path, atMost: 0)
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o666)
  }

  @Test func badFilesAreTold() throws {
    let (link, dangling, pipe) = ("\(folder)/link", "\(folder)/dangling", "\(folder)/pipe")
    let made = "\(folder)/made"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "/etc/passwd")
    try FileManager.default.createSymbolicLink(atPath: dangling, withDestinationPath: made)
    #expect(mkfifo(pipe, 0o666) == 0)
    defer { #expect(!FileManager.default.fileExists(atPath: made)) }
    for path in [link, dangling, pipe, folder, "\(folder)/missing/lock"] {
      let error = #expect(throws: MachineLockError.self) {
        try MachineLock.acquire(path: path, atMost: 0)
      }
      guard case .unusable(path, _) = error else {
        Issue.record("\(error as Any)")
        continue
      }
    }
  }

  @Test func holderIsFoundByInode() {
    let locks = """
      1: POSIX  ADVISORY  WRITE 11 08:01:42 0 EOF
      2: FLOCK  ADVISORY  WRITE 12 08:01:421 0 EOF
      3: FLOCK  ADVISORY  WRITE 13 00:2a:42 0 EOF
      3: -> FLOCK  ADVISORY  WRITE 14 00:2a:42 0 EOF
      4: FLOCK  ADVISORY  WRITE -1 00:2a:43 0 EOF
      """
    #expect(LockHolder.process(inode: 42, locks: locks) == 13)
    #expect(LockHolder.process(inode: 43, locks: locks) == nil)
    #expect(LockHolder.process(inode: 44, locks: "") == nil)
  }

  @Test func namesMayHoldBrackets() throws {
    let status = try #require(
      RunningProcesses.Status(
        "77 (a) (b c) S 5 77 77 0 -1 4194560 1 2 3 4 11 22 0 0 20 0 1 0 9876 100 200"))
    #expect(status.name == "a) (b c")
    #expect(status.parent == 5 && status.ticks == 33 && status.startTicks == 9876)
    #expect(RunningProcesses.Status("77 (a) S 5") == nil)
    #expect(RunningProcesses.Status("") == nil)
  }

  @Test func whoIsBusyIsNamed() throws {
    let child = try StartedProcess(["/bin/sh", "-c", "while :; do :; done"])
    defer { child.send(SIGKILL) }
    usleep(50_000)
    // On a full machine it may not come to its turn at once.
    let found = (0..<20).contains { _ in
      RunningProcesses.busiest(seconds: 0.3, most: 1000).contains { $0.number == Int(child.pid) }
    }
    #expect(found)
  }

  @Test func whichThreadIsBusyIsNamed() {
    let spinner = Spinner()
    Thread.detachNewThread { spinner.run() }
    defer { spinner.isOver.store(true, ordering: .relaxed) }
    func threads(except left: Set<Int> = []) -> Set<Int> {
      let busy = RunningProcesses.busiestThreads(except: left, seconds: 0.2, most: 1000)
      return Set(busy.filter { $0.kind == .thread }.map(\.number))
    }
    // On a full machine it may not come to its turn at once.
    let isFound = (0..<20).contains { _ in
      threads().contains(spinner.thread.load(ordering: .relaxed))
    }
    #expect(isFound)
    let number = spinner.thread.load(ordering: .relaxed)
    #expect(!threads(except: [number]).contains(number))
  }

  /// Keeps a CPU busy until it is over.
  private final class Spinner: Sendable {
    let thread = Atomic<Int>(0)
    let isOver = Atomic<Bool>(false)

    func run() {
      thread.store(ThreadPinning.currentThreadID(), ordering: .relaxed)
      while !isOver.load(ordering: .relaxed) {}
    }
  }
}
