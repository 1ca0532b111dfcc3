/// The limits that can keep a process from starting one more thread, and how close each of them is.
///
/// The kernel gives the same error number for all of them, so a message has to find out which it
/// was.
package struct ThreadLimits: Hashable, Sendable {
  package struct Limit: Hashable, Sendable {
    /// What the limit is, how much of it is used, and how to raise it.
    package var text: String
    /// Whether one more thread would exceed it.
    package var isReached: Bool
  }

  /// All limits that could be read.
  package var limits: [Limit]

  /// Reads the limits of this process as they are now, or those recorded in the tree below another
  /// root.
  package static func current(root: String = "/") -> ThreadLimits {
    ThreadLimits(facts: FactReader(tree: SystemTree(root: root)))
  }

  /// Part of a sentence: the limits that are reached, or else all limits that were checked.
  package var text: String {
    let reached = limits.filter(\.isReached)
    if !reached.isEmpty { return reached.map(\.text).joined(separator: ", and ") }
    guard !limits.isEmpty else { return "no limit is known here" }
    return "none of these limits seems to be reached: "
      + limits.map(\.text).joined(separator: "; ")
  }

  init(facts: FactReader) {
    let status = Self.fields(facts.text("/proc/self/status", .affinity))
    limits =
      Self.groups(facts) + Self.processes(facts, status) + Self.memory(facts, status)
      + Self.system(facts)
  }

  private static func groups(_ facts: FactReader) -> [Limit] {
    CgroupTree(facts: facts).threadLimits().map { group in
      Limit(
        text: "the control group holds \(group.current) of \(group.most) threads "
          + "(raise \(group.file))",
        isReached: group.current >= group.most)
    }
  }

  /// The threads of the same user. The kernel does not limit root, nor users who may exceed the
  /// limit.
  private static func processes(_ facts: FactReader, _ status: [String: String]) -> [Limit] {
    guard let most = limit("Max processes", facts), let user = first(status["Uid"]) else {
      return []
    }
    let capabilities = status["CapEff"].flatMap { UInt64($0, radix: 16) } ?? 0
    let mayExceed: UInt64 = 1 << 21 | 1 << 24  // CAP_SYS_ADMIN, CAP_SYS_RESOURCE
    guard user != 0, capabilities & mayExceed == 0 else { return [] }
    var threads = 0
    for process in facts.numbered("", in: "/proc", .affinity) {
      // A process may exit in between; then it no longer counts.
      let other = fields(try? facts.tree.text("/proc/\(process)/status"))
      if first(other["Uid"]) == user { threads += first(other["Threads"]) ?? 0 }
    }
    return [
      Limit(
        text: "user \(user) runs \(threads) of \(most) threads (raise ulimit -u)",
        isReached: threads >= most)
    ]
  }

  /// A thread's stack takes address space, and counts as data, even before it is used.
  private static func memory(_ facts: FactReader, _ status: [String: String]) -> [Limit] {
    let stack = limit("Max stack size", facts) ?? 2 << 20
    var limits: [Limit] = []
    for (name, field, option) in [
      ("Max address space", "VmSize", "-v"), ("Max data size", "VmData", "-d"),
    ] {
      guard let most = limit(name, facts), let used = first(status[field]) else { continue }
      limits.append(
        Limit(
          text: "\(used >> 10) of \(mebibytes(most)) of memory are in use and each "
            + "thread's stack takes \(mebibytes(stack)) (raise ulimit \(option), or lower ulimit -s)",
          isReached: (used << 10) + stack > most))
    }
    let memory = fields(facts.text("/proc/meminfo", .settings))
    if facts.number("/proc/sys/vm/overcommit_memory", .settings) == 2,
      let most = first(memory["CommitLimit"]), let used = first(memory["Committed_AS"])
    {
      limits.append(
        Limit(
          text: "\(used >> 10) of \(mebibytes(most << 10)) of memory are committed and each "
            + "thread's stack takes \(mebibytes(stack)) (lower ulimit -s)",
          isReached: (used << 10) + stack > most << 10))
    }
    return limits
  }

  private static func system(_ facts: FactReader) -> [Limit] {
    var limits: [Limit] = []
    // `0.20 0.18 0.12 1/80 11206`: one of 80 threads is running.
    let words = (facts.word("/proc/loadavg", .settings) ?? "").split(separator: " ")
    let threads = words.dropFirst(3).first?.split(separator: "/").last.flatMap { Int($0) }
    for name in ["threads-max", "pid_max"] {
      let path = "/proc/sys/kernel/\(name)"
      guard let threads, let most = facts.number(path, .settings) else { continue }
      limits.append(
        Limit(
          text: "the system runs \(threads) of \(most) threads (raise \(path))",
          isReached: threads >= most))
    }
    let path = "/proc/sys/vm/max_map_count"
    if let most = facts.number(path, .settings), let maps = try? facts.tree.text("/proc/self/maps")
    {
      let count = maps.utf8.count { $0 == UInt8(ascii: "\n") }
      limits.append(
        Limit(
          text: "the process has \(count) of \(most) memory mappings (raise \(path))",
          isReached: count + 2 > most))
    }
    return limits
  }

  /// The values of `Name:  value` lines, by name.
  private static func fields(_ text: String?) -> [String: String] {
    var fields: [String: String] = [:]
    for line in (text ?? "").split(separator: "\n") {
      guard let colon = line.firstIndex(of: ":") else { continue }
      fields[String(line[..<colon])] = trimmed(line[line.index(after: colon)...])
    }
    return fields
  }

  private static func first(_ value: String?) -> Int? {
    value?.split(whereSeparator: \.isWhitespace).first.flatMap { Int($0) }
  }

  /// `Max processes             96365                96365                processes`: the soft
  /// limit; nil for unlimited.
  private static func limit(_ name: String, _ facts: FactReader) -> Int? {
    let lines = (facts.text("/proc/self/limits", .settings) ?? "").split(separator: "\n")
    return lines.first { $0.hasPrefix(name) }.flatMap { first(String($0.dropFirst(name.count))) }
  }

  private static func mebibytes(_ bytes: Int) -> String { "\(bytes >> 20) MiB" }
}
