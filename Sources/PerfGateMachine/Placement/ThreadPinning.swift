import CPerfGateSystem

/// Why a thread could not be pinned, or its mask could not be read.
package enum PinningError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kernel refused the CPU, or set a mask other than the requested one.
  case refused(cpu: Int, mask: CPUSet, errorNumber: Int32)
  /// A thread's mask cannot be read.
  case unreadable(errorNumber: Int32)
  /// The main thread is never pinned: every thread created later would inherit its mask.
  case mainThread(cpu: Int)

  /// One line: what failed, what was found, what to do.
  package var description: String {
    switch self {
    case .refused(let cpu, let mask, let number):
      "cannot pin a thread to cpu \(cpu): \(errnoText(number)), its mask is \(mask); "
        + "choose --bind close or one of the allowed cpus"
    case .unreadable(let number):
      "cannot read a thread's cpu mask: \(errnoText(number)); choose --bind none"
    case .mainThread(let cpu):
      "cannot pin the main thread to cpu \(cpu): every later thread would inherit the mask; "
        + "pin worker threads only"
    }
  }
}

/// Pins threads and reports where they run. Only on Linux; elsewhere every throwing call fails with
/// `ENOSYS`.
package enum ThreadPinning {
  /// Whether this operating system can pin threads at all.
  #if os(Linux)
    package static let isAvailable = true
  #else
    package static let isAvailable = false
  #endif

  /// Pins the calling thread, which must not be the main thread, to one CPU. The mask is read back:
  /// any mask but this one CPU is an error.
  package static func pin(to cpu: Int) throws(PinningError) {
    let result = pgp_pin_self(Int32(clamping: cpu))
    guard result == 0 else {
      if result == -ErrorNumber.busy { throw .mainThread(cpu: cpu) }
      throw .refused(
        cpu: cpu, mask: (try? currentMask()) ?? CPUSet(), errorNumber: -result)
    }
  }

  /// The CPU that the caller runs on right now; nil where the system does not report it.
  package static func currentCPU() -> Int? {
    let cpu = pgp_getcpu(nil)
    return cpu >= 0 ? Int(cpu) : nil
  }

  /// The memory node of the CPU that the caller runs on right now; nil where the system does not
  /// report it.
  package static func currentNode() -> Int? {
    var node: Int32 = 0
    return pgp_getcpu(&node) >= 0 ? Int(node) : nil
  }

  /// The calling thread's number as in `/proc/self/task`.
  package static func currentThreadID() -> Int { Int(pgp_thread_id()) }

  /// The CPUs that the calling thread may run on.
  package static func currentMask() throws(PinningError) -> CPUSet { try mask(of: 0) }

  /// The CPUs that the main thread may run on: the mask that every new thread starts with.
  package static func mainThreadMask() throws(MachineError) -> CPUSet {
    do {
      return try mask(of: pgp_process_id())
    } catch {
      throw .unreadable(path: "the main thread's cpu mask", reason: error.description)
    }
  }

  /// The mask of a thread or of a process's main thread, 0 for the caller. The buffer doubles until it is long enough for the
  /// kernel.
  package static func mask(of thread: Int32) throws(PinningError) -> CPUSet {
    var words = [UInt64](repeating: 0, count: 16)
    while true {
      let filled = pgp_get_affinity(thread, &words, words.count)
      if filled >= 0 { return CPUSet(words: Array(words.prefix(Int(filled)))) }
      guard filled == -ErrorNumber.invalid, words.count < (CPUSet.maximum + 1) / 64 else {
        throw .unreadable(errorNumber: -filled)
      }
      words = [UInt64](repeating: 0, count: words.count * 2)
    }
  }
}
