import CPerfGateSystem

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

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

  /// One process, told apart from a later one with the same number.
  package struct Member: Hashable, Sendable {
    /// Its number.
    package let process: Int
    /// When it began, in ticks since the system started.
    fileprivate let begin: Substring
  }

  /// All processes, each told apart from later ones.
  package var members: [Member] {
    processes.compactMap { process in
      Self.begin(of: process).map { Member(process: process, begin: $0) }
    }
  }

  /// Ends those that still run, with SIGKILL.
  package static func kill(_ members: some Sequence<Member>) {
    for member in members where member.process > 1 && begin(of: member.process) == member.begin {
      _ = sendSignal(member.process, SIGKILL)
    }
  }

  /// Whether none of them runs any more; one that nobody has waited for yet does not run.
  package static func areGone(_ members: some Sequence<Member>) -> Bool {
    members.allSatisfy { begin(of: $0.process) != $0.begin || isDead($0.process) }
  }

  /// Asks the process group that the root leads to stop, as Ctrl-C does.
  package func interrupt(_ signal: Int32 = SIGINT) {
    if root > 1 { _ = sendSignal(-root, signal) }
  }

  private static func begin(of process: Int) -> Substring? {
    let fields = status(of: process)
    return fields.count > 20 ? fields[20] : nil
  }

  private static func isDead(_ process: Int) -> Bool {
    let fields = status(of: process)
    return fields.count < 2 || ["Z", "X"].contains(fields[1])
  }

  /// What the system tells of a process after its name, from the name's closing parenthesis on.
  private static func status(of process: Int) -> [Substring] {
    // The name in parentheses may contain anything.
    let text = SystemTree.ofThisMachine("/proc/\(process)/stat") ?? ""
    return text.lastIndex(of: ")").map { text[$0...].split(separator: " ") } ?? []
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
    var all = Memory()
    for process in processes {
      guard let status = ProcessStatus(pid: process) else { continue }
      all.add(Memory(of: process, status) ?? Memory(own: status.residentBytes ?? 0))
    }
    return all.bytes
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
    var all = Memory()
    for process in processes {
      guard let status = ProcessStatus(pid: process), let memory = Memory(of: process, status),
        let peak = status.peakBytes, let now = status.residentBytes
      else { return nil }
      all.add(memory)
      all.own += max(0, peak - now)
    }
    return all.bytes
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
}

/// The system's `kill`, which a method hides.
private func sendSignal(_ process: Int, _ number: Int32) -> Int32 { kill(pid_t(process), number) }

/// What processes use, in bytes.
///
/// The kernel divides a page among all processes that have it. Of what a tree has written, all of
/// them belong to the tree. But it divides the code of a program among all that run it on the whole
/// machine, and a program would seem to use less whenever another is alive. Hence pages of files
/// count in full, for the process that has most of them: the others have the same ones.
private struct Memory {
  /// What the processes have written, and what they share in memory.
  var own = 0
  /// Pages of files.
  var file = 0

  var bytes: Int { own + file }

  init(own: Int = 0) { self.own = own }

  /// `nil`: cannot be read.
  init?(of process: Int, _ status: ProcessStatus) {
    guard let text = SystemTree.ofThisMachine("/proc/\(process)/smaps_rollup") else { return nil }
    var shares: [Substring: Int] = [:]
    for line in text.split(separator: "\n") where line.hasPrefix("Pss") {
      let words = line.split(separator: " ")
      guard words.count == 3, let number = Int(words[1]), number <= Int.max >> 10 else { continue }
      shares[words[0]] = number << 10
    }
    if let written = shares["Pss_Anon:"], let shared = shares["Pss_Shmem:"],
      let file = status.fileBytes
    {
      (own, self.file) = (written + shared, file)
    } else if let all = shares["Pss:"] {
      // Before Linux 5.3.
      own = all
    } else {
      return nil
    }
  }

  mutating func add(_ other: Memory) {
    own += other.own
    file = max(file, other.file)
  }
}
