import CPerfGateSystem

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Reads from `/proc` about the processes that this one may see.
package enum RunningProcesses {
  /// A process, or a thread of this one, that uses CPU time.
  package struct Busy: Hashable, Sendable, CustomStringConvertible {
    /// What the number identifies.
    package enum Kind: String, Hashable, Sendable { case pid, thread }

    /// Whether it is a process or a thread.
    package var kind: Kind
    /// The number of the process or thread.
    package var number: Int
    /// The process's command, or the thread's name.
    package var name: String
    /// How many CPUs it used; 1 is one CPU all the time.
    package var share: Double

    package init(_ kind: Kind = .pid, number: Int, name: String, share: Double) {
      self.kind = kind
      self.number = number
      self.name = name
      self.share = share
    }

    /// `pid 123 (clang -c x.c) 98 %`.
    package var description: String {
      "\(kind.rawValue) \(number) (\(name)) \(Int((share * 100).rounded())) %"
    }
  }

  /// One process, from its `stat` file.
  package struct Status: Hashable, Sendable {
    /// The program's name, which the kernel cuts to 15 bytes.
    package var name: String
    /// The parent process's number.
    package var parent: Int
    /// CPU time of all its threads, in clock ticks.
    package var ticks: UInt64
    /// When it was started, in clock ticks since the machine started.
    package var startTicks: UInt64

    /// Reads the text of a `stat` file; the name may contain blanks and parentheses.
    package init?(_ text: String) {
      guard let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")"), open < close
      else { return nil }
      let words = text[text.index(after: close)...].split(separator: " ")
      guard words.count >= 20, let parent = Int(words[1]), let user = UInt64(words[11]),
        let system = UInt64(words[12]), let start = UInt64(words[19])
      else { return nil }
      name = String(text[text.index(after: open)..<close])
      self.parent = parent
      ticks = user &+ system
      startTicks = start
    }

    /// The process with that number; `nil` when it has exited or is not visible.
    package init?(pid: Int) {
      guard let text = SystemTree.ofThisMachine("/proc/\(pid)/stat") else { return nil }
      self.init(text)
    }
  }

  /// The command of a process: the program's file name and its arguments, at most 60 characters;
  /// `nil` when it has exited or is not visible.
  package static func command(of pid: Int) -> String? {
    guard let line = SystemTree.ofThisMachine("/proc/\(pid)/cmdline"), !line.isEmpty else {
      return Status(pid: pid)?.name
    }
    var words = line.split(separator: "\0").map(String.init)
    guard let program = words.first else { return nil }
    words[0] = program.split(separator: "/").last.map(String.init) ?? program
    let whole = words.joined(separator: " ")
    return whole.count <= 60 ? whole : whole.prefix(57) + "..."
  }

  /// The other processes that used the most CPU time, the busiest first. Blocks for `seconds`.
  ///
  /// - Parameters:
  ///   - seconds: how long to observe.
  ///   - most: the maximum number of processes; those below 5 % of a CPU are omitted.
  package static func busiest(seconds: Double = 0.2, most: Int = 3) -> [Busy] {
    let own = Int(getpid())
    return busiest(in: "/proc", except: [own], seconds: seconds, most: most).map {
      Busy(.pid, number: $0.number, name: command(of: $0.number) ?? "gone", share: $0.share)
    }
  }

  /// The threads of this process that used the most CPU time, the busiest first. Blocks for
  /// `seconds`.
  ///
  /// - Parameter threads: numbers of threads to ignore.
  package static func busiestThreads(
    except threads: Set<Int>, seconds: Double = 0.2, most: Int = 3
  ) -> [Busy] {
    busiest(in: "/proc/self/task", except: threads, seconds: seconds, most: most).map {
      let text = SystemTree.ofThisMachine("/proc/self/task/\($0.number)/stat")
      let status = text.flatMap(Status.init(_:))
      return Busy(.thread, number: $0.number, name: status?.name ?? "gone", share: $0.share)
    }
  }

  private static func busiest(
    in folder: String, except left: Set<Int>, seconds: Double, most: Int
  ) -> [(number: Int, share: Double)] {
    let (before, start) = (ticks(folder), pgp_monotonic_ns())
    usleep(UInt32(seconds * 1e6))
    let (after, end) = (ticks(folder), pgp_monotonic_ns())
    let elapsed = Double(end - start) * 1e-9 * Double(pgp_ticks_per_second())
    var busy: [(number: Int, share: Double)] = []
    for (number, later) in after where !left.contains(number) {
      // One that did not exist before has used all its time since.
      let used = later &- min(later, before[number] ?? 0)
      let share = Double(used) / max(elapsed, 1)
      if share >= 0.05 { busy.append((number, share)) }
    }
    busy.sort { ($0.share, $1.number) > ($1.share, $0.number) }
    return Array(busy.prefix(most))
  }

  private static func ticks(_ folder: String) -> [Int: UInt64] {
    let names = (try? SystemTree(root: "/").names(in: folder)) ?? []
    var ticks: [Int: UInt64] = [:]
    for number in names.compactMap({ Int($0) }) {
      let text = SystemTree.ofThisMachine("\(folder)/\(number)/stat")
      if let status = text.flatMap(Status.init(_:)) {
        ticks[number] = status.ticks
      }
    }
    return ticks
  }
}
