import CPerfGateSystem
import Foundation
import PerfGateMachine
import PerfGatePlantTasks
import PerfGateWorkers
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What goes wrong in a round of any executor, each time in a process of its own: interruption is a
/// state of the whole process, and a worker that is stuck stays behind.
@Suite struct FailureTests {
  @Test(arguments: Executors.all.map(\.name))
  func anInterruptionStopsAtTheNextTask(kind: String) async {
    await #expect(processExitsWith: .success) { [kind] in
      try await onThread {
        let executor = try started(kind, pinnedSlots(2))
        let board = Board()
        let begin = ContinuousClock.now
        Thread.detachNewThread {
          _ = eventually { board.counts(6)[5] > 0 }
          pgp_set_interrupt_signal(SIGINT)
        }
        #expect(throws: WorkerError.interrupted(signal: SIGINT)) {
          try executor.run(.nap, board, number: 1000, tasks: 100_000, workers: 2)
        }
        let done = board.counts(100_000).reduce(0, +)
        // All would take 50 s.
        #expect(done >= 1 && done < 50_000, "\(done) tasks ran")
        #expect(ContinuousClock.now - begin < .seconds(40))
        // Nothing begins as long as the signal stands.
        #expect(throws: WorkerError.interrupted(signal: SIGINT)) {
          try executor.run(.square, board, tasks: 1, workers: 1)
        }
        #expect(board.counts(100_000).reduce(0, +) == done)
        // The executor itself is as good as before.
        pgp_set_interrupt_signal(0)
        _ = try executor.run(.plus, board, tasks: 10, workers: 2)
        #expect(results(of: executor, tasks: 10) == (0..<10).map { [UInt64($0)] })
      }
    }
  }

  @Test(arguments: Executors.all.map(\.name))
  func aRealSignalInterrupts(kind: String) async {
    await #expect(processExitsWith: .success) { [kind] in
      try await onThread {
        ProcessSignals.catchInterrupts()
        #expect(ProcessSignals.interruptSignal == nil)
        let executor = try started(kind, freeSlots(1))
        #expect(throws: WorkerError.interrupted(signal: SIGTERM)) {
          try executor.run(.signalling, Board(), number: 3, tasks: 10_000, workers: 1)
        }
        #expect(ProcessSignals.interruptSignal == SIGTERM)
      }
    }
  }

  @Test func aSecondSignalEndsTheProcess() async {
    await #expect(processExitsWith: .exitCode(130)) {
      ProcessSignals.catchInterrupts()
      kill(getpid(), SIGINT)
      while ProcessSignals.interruptSignal == nil { usleep(100) }
      kill(getpid(), SIGINT)
      sleep(10)
    }
  }

  /// The process ends by itself: nothing waits for the thread that never comes back.
  @Test(arguments: Executors.all.map(\.name))
  func aStuckTaskIsFoundWithinTheTimeout(kind: String) async {
    await #expect(processExitsWith: .success) { [kind] in
      try await onThread {
        let begin = ContinuousClock.now
        let board = Board()
        do {
          let executor = try started(kind, pinnedSlots(2))
          let error = #expect(throws: WorkerError.self) {
            try executor.run(
              .sleeping, board, number: 2, tasks: 4, workers: 2, label: "made-up/deadlock",
              timeout: 5)
          }
          guard case .stuck(let worker, task: 2, "made-up/deadlock", let seconds) = error else {
            Issue.record("found \(String(describing: error))")
            return
          }
          #expect((0...1).contains(worker))
          #expect(seconds >= 5 && seconds < 60)
          #expect(throws: WorkerError.unusable) {
            try executor.run(.constant, board, tasks: 1, workers: 1)
          }
          if let pool = executor as? WorkerPool {
            #expect(throws: WorkerError.unusable) { try pool.runTickets(1, workers: 1) }
          }
          executor.forEachResult { _, _ in Issue.record("results of a round that failed") }
        }
        // The task would take a quarter of an hour.
        #expect(ContinuousClock.now - begin < .seconds(60))
      }
    }
  }

  /// A worker that comes back after all finds its executor gone, and ends.
  @Test(arguments: Executors.all.map(\.name))
  func aLateWorkerEndsQuietly(kind: String) async {
    await #expect(processExitsWith: .success) { [kind] in
      try await onThread {
        let ids: [Int32]
        let board = Board()
        do {
          let executor = try started(kind, freeSlots(2))
          ids = executor.threadIDs
          #expect(throws: WorkerError.self) {
            try executor.run(.waiting, board, number: 1, tasks: 2, workers: 2, timeout: 0.2)
          }
        }
        board.isOpen = true
        #expect(eventually { ids.allSatisfy { !pgp_thread_exists($0) } })
      }
    }
  }

  /// As long as tasks end, a round may last longer than the timeout.
  @Test(arguments: Executors.all.map(\.name))
  func slowIsNotStuck(kind: String) async {
    // In a process of its own, because others may keep the threads of Swift's concurrency.
    await #expect(processExitsWith: .success) { [kind] in
      try await onThread {
        let executor = try started(kind, freeSlots(1))
        // 7 s in all; a task that other programs hold up for 4.5 s is not stuck either.
        _ = try executor.run(
          .nap, Board(), number: 500_000, tasks: 14, workers: 1, timeout: 5)
      }
    }
  }

  /// Dispatch ends a thread that had nothing to do for five seconds, as the second one here has.
  @Test(arguments: Executors.all.filter { $0.placement == .confined }.map(\.name))
  func aThreadThatTheRuntimeEndsIsNotDead(kind: String) async {
    await #expect(processExitsWith: .success) { [kind] in
      try await onThread {
        let executor = try started(kind, freeSlots(2))
        let round = try executor.run(
          .nap, Board(), number: 7_000_000, tasks: 3, workers: 2, timeout: 60)
        #expect(round.seconds > 7)
      }
    }
  }

  @Test(arguments: Executors.all.map(\.name), [true, false])
  func aThreadThatEndsInATaskIsFound(kind: String, isByCLibrary: Bool) async {
    // A process of which a thread ends goes on: only its silence tells.
    if Executors.named(kind)?.placement == .processes { return }
    // A runtime whose own thread is ended by the C library traps.
    let isOfRuntime = Executors.named(kind)?.placement == .confined
    if isOfRuntime, isByCLibrary { return }
    // The C library's way unwinds the stack, past what the address sanitizer has marked.
    if isByCLibrary, pgp_instrumentation() != nil { return }
    // On one CPU it would be the runtime's only thread, which this test needs too.
    if isOfRuntime, (try? ThreadPinning.mainThreadMask().count) == 1 { return }
    await #expect(processExitsWith: .success) { [kind, isByCLibrary] in
      try await onThread {
        let executor = try started(kind, pinnedSlots(2))
        let board = Board()
        let begin = ContinuousClock.now
        let error = #expect(throws: WorkerError.self) {
          try executor.run(
            isByCLibrary ? .exiting : .vanishing, board, number: 7, tasks: 50, workers: 2,
            label: "made-up/exit")
        }
        guard case .died(let worker, task: 7, "made-up/exit") = error else {
          Issue.record("found \(String(describing: error))")
          return
        }
        #expect(
          error?.description == "worker \(worker) died in task 7 of made-up/exit: its thread ended")
        // The timeout is ten minutes.
        #expect(ContinuousClock.now - begin < .seconds(60))
        #expect(throws: WorkerError.unusable) {
          try executor.run(.constant, board, tasks: 1, workers: 1)
        }
      }
    }
  }

  @Test(arguments: Executors.all.map(\.name))
  func threadsEndWithTheirExecutor(kind: String) async {
    await #expect(processExitsWith: .success) { [kind] in
      try await onThread {
        var ids: [Int32] = []
        do {
          let executor = try started(kind, pinnedSlots(6))
          ids = executor.threadIDs
          _ = try executor.run(.constant, Board(), tasks: 3, workers: 2)
          #expect(ids.allSatisfy(pgp_thread_exists))
        }
        #expect(eventually { ids.allSatisfy { !pgp_thread_exists($0) } })
      }
    }
  }
}

/// Whether the condition becomes true within a minute.
func eventually(_ condition: () -> Bool) -> Bool {
  for _ in 0..<60_000 {
    if condition() { return true }
    usleep(1000)
  }
  return false
}

/// A worker that cannot be started names the limit that was found.
@Suite struct StartTests {
  @Test(.enabled(if: pgp_instrumentation() == nil, "sanitizers reserve more than any limit"))
  func theAddressSpaceIsNamed() async {
    await #expect(processExitsWith: .success) {
      var limit = rlimit(rlim_cur: 3 << 30, rlim_max: 3 << 30)
      #expect(setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0)
      let slots = (0..<1000).map { WorkerSlot(worker: $0, cpu: nil, node: nil) }
      do {
        _ = try WorkerPool(slots: slots)
        Issue.record("1,000 stacks fit into 3 GiB")
      } catch {
        let text = "\(error)"
        #expect(text.hasPrefix("cannot start worker "), "\(text)")
        #expect(text.contains("EAGAIN"), "\(text)")
        #expect(text.contains("of 3072 MiB of memory are in use"), "\(text)")
        #expect(text.contains("(raise ulimit -v, or lower ulimit -s)"), "\(text)")
        #expect(text.contains("; or ask for at most "), "\(text)")
      }
    }
  }
}
