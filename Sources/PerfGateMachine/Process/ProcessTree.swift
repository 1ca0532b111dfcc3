import CPerfGateSystem

/// A process and everything that it started, read from `/proc`.
package struct ProcessTree: Sendable {
  /// The number of the process that all others descend from.
  package var root: Int

  /// The tree below a process.
  package init(root: Int) { self.root = root }

  /// The numbers of all processes, the root first. Those that end meanwhile may be missing.
  package var processes: [Int] {
    var all = [root]
    var index = 0
    while index < all.count {
      for thread in Self.threads(of: all[index]) {
        let path = "/proc/\(all[index])/task/\(thread)/children"
        let text = SystemTree.ofThisMachine(path) ?? ""
        all += text.split(separator: " ").compactMap { Int($0) }.filter { !all.contains($0) }
      }
      index += 1
    }
    return all
  }

  /// The times of all threads of all processes.
  package var threads: [InterferenceSnapshot.ThreadTimes] {
    processes.flatMap { process in
      Self.threads(of: process).compactMap { thread in
        guard
          let text = SystemTree.ofThisMachine("/proc/\(process)/task/\(thread)/schedstat")
        else { return nil }
        let words = text.split(whereSeparator: { $0 == " " || $0 == "\n" })
        guard words.count >= 2, let cpu = UInt64(words[0]), let delay = UInt64(words[1]) else {
          return nil
        }
        return .init(thread: thread, cpuNanoseconds: cpu, delayNanoseconds: delay)
      }
    }
  }

  /// The memory that all processes use now, in bytes; pages that they share count once.
  package var bytes: Int {
    processes.reduce(0) { $0 + (Self.proportionalBytes(of: $1) ?? 0) }
  }

  /// Forgets the peaks of all processes until now; `false` where that is not possible.
  package func resetPeaks() -> Bool {
    processes.allSatisfy { pgp_reset_peak(Int32($0)) == 0 }
  }

  /// The memory that all processes use now, in bytes, with what each has used beyond that since
  /// ``resetPeaks()``; pages that they share count once. `nil` where that cannot be read.
  package var peakBytes: Int? {
    // Without this file the processes below the root would be missing.
    guard Self.threads(of: root).contains(where: { Self.knowsChildren(of: root, $0) }) else {
      return nil
    }
    var all = 0
    for process in processes {
      guard let shared = Self.rollup(of: process), let status = ProcessStatus(pid: process),
        let peak = status.peakBytes, let now = status.residentBytes
      else { return nil }
      all += shared + max(0, peak - now)
    }
    return all
  }

  private static func knowsChildren(of process: Int, _ thread: Int) -> Bool {
    let path = "/proc/\(process)/task/\(thread)/children"
    return pgp_is_readable(path)
  }

  /// Lets every thread of every process run on these CPUs only. Threads that start later inherit
  /// that from the one that starts them.
  package func pin(to cpus: CPUSet) {
    let words = cpus.bitWords
    for process in processes {
      for thread in Self.threads(of: process) {
        _ = pgp_set_affinity(Int32(thread), words, words.count)
      }
    }
  }

  /// Lets every thread of every process run before all threads of ordinary priority, where that is
  /// allowed. Threads that start later do not inherit that.
  package func runFirst() {
    for thread in threads { _ = pgp_run_first(Int32(thread.thread)) }
  }

  private static func threads(of process: Int) -> [Int] {
    let names = (try? SystemTree(root: "/").names(in: "/proc/\(process)/task")) ?? []
    return names.compactMap { Int($0) }
  }

  private static func proportionalBytes(of process: Int) -> Int? {
    rollup(of: process) ?? ProcessStatus(pid: process)?.residentBytes
  }

  /// The memory of a process, of which pages that others have too count in part; `nil`: unknown.
  private static func rollup(of process: Int) -> Int? {
    guard let text = SystemTree.ofThisMachine("/proc/\(process)/smaps_rollup") else { return nil }
    let line = text.split(separator: "\n").first { $0.hasPrefix("Pss:") }
    let number = line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    return number.map { $0 << 10 }
  }
}
