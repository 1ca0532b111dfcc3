import CPerfGateTestPlants
import CPerfGateSystem
import PerfGateWorkers
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A worker that dies of a signal ends the process with one line that says which, where and why.
@Suite struct CrashTests {
  /// The lines on standard error that are ours.
  private func lines(_ result: ExitTest.Result?) -> [String] {
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    return text.split(separator: "\n").map(String.init)
  }

  @Test(arguments: Executors.all.filter { $0.placement != .processes }.map(\.name))
  func aWriteToNowhereIsToldInOneLine(kind: String) async {
    let result = await #expect(
      processExitsWith: .exitCode(70), observing: [\.standardErrorContent]
    ) { [kind] in
      try await onThread {
        ProcessSignals.catchCrashes(exitStatus: 70)
        let executor = try started(kind, pinnedSlots(1))
        _ = try executor.run(tasks: 50, workers: 1, label: "made-up/swift.null/pool/1") { task in
          if task == 17 { pgt_write_to_null() }
          return 0
        }
      }
    }
    #expect(
      lines(result) == [
        "perfgate: worker 0 died in task 17 of made-up/swift.null/pool/1: signal 11 (SIGSEGV)"
      ])
  }

  /// A parent that asks how the process ended learns the signal.
  @Test func aToldCrashEndsTheProcessByItsSignal() async {
    let segmentation = await #expect(
      processExitsWith: .signal(SIGSEGV), observing: [\.standardErrorContent]
    ) {
      ProcessSignals.tellCrashes()
      let pool = try WorkerPool(slots: freeSlots(2))
      _ = try pool.run(tasks: 50, workers: 2, label: "made-up/swift.null/pool/2") { task in
        if task == 17 { pgt_write_to_null() }
        return 0
      }
    }
    let found = lines(segmentation)
    #expect(found.count == 1)
    #expect(
      found.last?.hasSuffix(
        " died in task 17 of made-up/swift.null/pool/2: signal 11 (SIGSEGV)") == true, "\(found)")
    let abort = await #expect(
      processExitsWith: .signal(SIGABRT), observing: [\.standardErrorContent]
    ) {
      ProcessSignals.tellCrashes()
      let pool = try WorkerPool(slots: freeSlots(1))
      _ = try pool.run(tasks: 5, workers: 1, label: "made-up/abort") { _ in
        kill(getpid(), SIGABRT)
        while true { usleep(1000) }
      }
    }
    #expect(lines(abort).last?.hasSuffix(": signal 6 (SIGABRT)") == true)
  }

  @Test func aSwiftTrapIsToldInOneLine() async {
    let result = await #expect(
      processExitsWith: .exitCode(70), observing: [\.standardErrorContent]
    ) {
      ProcessSignals.catchCrashes(exitStatus: 70)
      let pool = try WorkerPool(slots: freeSlots(2))
      _ = try pool.run(tasks: 50, workers: 2, label: "made-up/overflow") { task in
        task == 3 ? UInt64(Int.max - 1 + task) : 0
      }
    }
    let found = lines(result)
    #expect(found.count == 1)
    let line = found.last ?? ""
    #expect(line.hasPrefix("perfgate: worker "))
    #expect(
      line.hasSuffix(" died in task 3 of made-up/overflow: signal 4 (SIGILL)")
        || line.hasSuffix(" died in task 3 of made-up/overflow: signal 5 (SIGTRAP)"), "\(line)")
  }

  /// The standard library says its own line first; ours is the last.
  @Test func aFailedPreconditionIsToldToo() async {
    let result = await #expect(
      processExitsWith: .exitCode(70), observing: [\.standardErrorContent]
    ) {
      ProcessSignals.catchCrashes(exitStatus: 70)
      let pool = try WorkerPool(slots: freeSlots(1))
      _ = try pool.run(tasks: 2, workers: 1, label: "made-up/index") { task in
        [UInt64(7)][task]
      }
    }
    #expect(
      lines(result).last?.hasPrefix("perfgate: worker 0 died in task 1 of made-up/index: ") == true)
    #expect(lines(result).count { $0.hasPrefix("perfgate:") } == 1)
  }

  @Test func aStackThatIsFullIsTold() async {
    let result = await #expect(
      processExitsWith: .exitCode(70), observing: [\.standardErrorContent]
    ) {
      ProcessSignals.catchCrashes(exitStatus: 70)
      let pool = try WorkerPool(slots: freeSlots(1))
      _ = try pool.run(tasks: 1, workers: 1, label: "made-up/deep") { task in
        UInt64(depth(UInt(task)))
      }
    }
    #expect(
      lines(result) == ["perfgate: worker 0 died in task 0 of made-up/deep: signal 11 (SIGSEGV)"])
  }

  /// AddressSanitizer gives every thread a signal stack, and unmaps the one that it finds at the end of
  /// the thread: with ours in its place it ends the process.
  @Test func aThreadKeepsTheSignalStackThatItHas() async throws {
    let context = UnsafeMutablePointer<pgp_worker_context>.allocate(capacity: 1)
    context.initialize(to: pgp_worker_context(worker: 0, task: nil, label: nil))
    let place = UInt(bitPattern: context)
    let (own, seen, after) = try await onThread {
      let before = signalStack()
      let memory = UnsafeMutableRawPointer.allocate(byteCount: 65_536, alignment: 16)
      var stack = stack_t()
      stack.ss_sp = memory
      stack.ss_size = 65_536
      sigaltstack(&stack, nil)
      pgp_set_worker_context(UnsafePointer(bitPattern: place))
      let seen = signalStack()
      pgp_set_worker_context(nil)
      let after = signalStack()
      var old = before
      sigaltstack(&old, nil)
      memory.deallocate()
      return (UInt(bitPattern: memory), UInt(bitPattern: seen.ss_sp), UInt(bitPattern: after.ss_sp))
    }
    #expect(seen == own)
    #expect(after == own)
    context.deallocate()
  }

  @Test func aThreadWithoutASignalStackHasOneWhileItIsAWorker() async throws {
    let context = UnsafeMutablePointer<pgp_worker_context>.allocate(capacity: 1)
    context.initialize(to: pgp_worker_context(worker: 0, task: nil, label: nil))
    let place = UInt(bitPattern: context)
    let (seen, after) = try await onThread {
      var before = signalStack()
      var none = stack_t()
      none.ss_flags = numericCast(SS_DISABLE)
      sigaltstack(&none, nil)
      pgp_set_worker_context(UnsafePointer(bitPattern: place))
      let seen = signalStack()
      pgp_set_worker_context(nil)
      let after = signalStack()
      sigaltstack(&before, nil)
      return (seen.ss_flags, after.ss_flags)
    }
    #expect(seen & numericCast(SS_DISABLE) == 0)
    #expect(after & numericCast(SS_DISABLE) != 0)
    context.deallocate()
  }

  @Test func twoWorkersThatDieAtOnceMakeOneLine() async {
    for _ in 0..<3 {
      let result = await #expect(
        processExitsWith: .exitCode(70), observing: [\.standardErrorContent]
      ) {
        ProcessSignals.catchCrashes(exitStatus: 70)
        let pool = try WorkerPool(slots: pinnedSlots(8))
        _ = try pool.run(tasks: 8, workers: 8, label: "made-up/both") { _ in
          pgt_write_to_null()
          return 0
        }
      }
      #expect(lines(result).count == 1, "\(lines(result))")
    }
  }

  @Test func aCrashOutsideOfTheWorkersNamesNone() async {
    let result = await #expect(
      processExitsWith: .exitCode(70), observing: [\.standardErrorContent]
    ) {
      ProcessSignals.catchCrashes(exitStatus: 70)
      pgt_write_to_null()
    }
    #expect(
      lines(result) == ["perfgate: died outside of the workers: signal 11 (SIGSEGV)"])
  }
}

/// What the kernel knows of the calling thread's signal stack.
private func signalStack() -> stack_t {
  var stack = stack_t()
  sigaltstack(nil, &stack)
  return stack
}

/// Calls itself for as long as there is a stack.
private func depth(_ level: UInt) -> UInt {
  level == .max ? 0 : 1 + depth(level + 1) % 7
}
