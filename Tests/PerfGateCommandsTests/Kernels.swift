import CPerfGateTestPlants
import Foundation
import PerfGate
import PerfGateKernels
import PerfGateWorkers
import Synchronization

/// One right variant and one that is wrong in the last bit.
enum HalfWrong: Kernel {
  static let name = "made-up.half"
  static let work = Work(unit: "iteration", growth: .linear)
  static let variants: [Variant<Int>] = [
    Variant("swift.right", twin: "c.right") { count, _ in Viete.run(iterations: count).bitPattern },
    Variant("swift.wrong", twin: "c.right") { count, _ in
      Viete.run(iterations: count).bitPattern ^ 1
    },
    Variant("c.right", isReference: true) { count, _ in
      pgt_series(Int64(count)).bitPattern
    },
  ]
  static func makeInput(size: Int, seed: UInt64) throws -> Int { size }
}

/// Right until somebody else's thread ends.
enum Dying: Kernel {
  static let name = "made-up.dying"
  static let work = Work(unit: "task", growth: .constant, defaultSize: 1)
  static let variants: [Variant<Int>] = [
    Variant("swift.dying", twin: "c.good") { _, task in
      if task == 40 { pgt_exit_thread() }
      return 0
    },
    Variant("c.good", isReference: true) { _, _ in 0 },
  ]
  static func makeInput(size: Int, seed: UInt64) throws -> Int { size }
}

/// One of three variants needs instructions that no CPU has: whoever runs it dies.
enum Lacking: Kernel {
  static let name = "made-up.lacking"
  static let work = Work(unit: "iteration", growth: .linear)
  static let variants: [Variant<Int>] = [
    Variant("swift.right", twin: "c.wide") { count, _ in Viete.run(iterations: count).bitPattern },
    Variant("c.wide", twin: "c.right", isSupported: false) { _, _ in
      pgt_write_to_null()
      return 0
    },
    Variant("c.right", isReference: true) { count, _ in pgt_series(Int64(count)).bitPattern },
  ]
  static func makeInput(size: Int, seed: UInt64) throws -> Int { size }
}

/// Writes to nowhere in a task.
enum Crashing: Kernel {
  static let name = "made-up.crashing"
  static let work = Work(unit: "task", growth: .constant, defaultSize: 1)
  static let variants: [Variant<Int>] = [
    Variant("c.crashing", isReference: true) { _, task in
      if task == 3 { pgt_write_to_null() }
      return 0
    }
  ]
  static func makeInput(size: Int, seed: UInt64) throws -> Int { size }
}

/// Right until a file exists, whose path an environment variable has.
enum CrashingLater: Kernel {
  static let name = "made-up.crashing-later"
  static let work = Work(unit: "iteration", growth: .linear)
  static let variable = "PERFGATE_TEST_RECORD"
  static let variants: [Variant<Int>] = [
    Variant("c.crashing", isReference: true) { count, task in
      if task == 3, let path = getenv(variable), access(path, F_OK) == 0 { pgt_write_to_null() }
      return Viete.run(iterations: count).bitPattern
    }
  ]
  static func makeInput(size: Int, seed: UInt64) throws -> Int { size }
}

/// Tells whether anything of it ran; in one test at a time.
enum Watched: Kernel {
  static let name = "made-up.watched"
  static let work = Work(unit: "byte", growth: .linear, bytesPerUnit: 1, defaultSize: 1000)
  private static let calls = Atomic<Int>(0)

  static var count: Int { calls.load(ordering: .sequentiallyConsistent) }

  static let variants: [Variant<Int>] = [
    Variant("swift.a", twin: "c.a") { _, _ in seen() },
    Variant("c.a", isReference: true) { _, _ in seen() },
  ]
  static func makeInput(size: Int, seed: UInt64) throws -> Int {
    _ = seen()
    return size
  }
  static func inputBytes(size: Int) -> Int { size }

  private static func seen() -> UInt64 {
    UInt64(calls.add(1, ordering: .sequentiallyConsistent).newValue)
  }
}

/// A kernel whose first long task gets the signals of a person who wants it to end.
enum Signalled: Kernel {
  static let name = "made-up.signalled"
  static let work = Work(unit: "step", growth: .constant, defaultSize: 1)
  static let isTwice = ProcessInfo.processInfo.environment["PERFGATE_TEST_TWICE"] != nil
  private static let calls = Atomic<Int>(0)

  static let variants: [Variant<Int>] = [
    Variant("swift.a", isReference: true) { _, _ in
      guard calls.add(1, ordering: .relaxed).oldValue == 0 else { return 1 }
      kill(getpid(), SIGTERM)
      // A thread that is busy elsewhere may get it, and tell it while this task still runs.
      while ProcessSignals.interruptSignal == nil { usleep(1000) }
      usleep(200_000)
      if isTwice {
        kill(getpid(), SIGINT)
        sleep(20)
      }
      return 1
    }
  ]
  static func makeInput(size: Int, seed: UInt64) throws -> Int { size }
}
