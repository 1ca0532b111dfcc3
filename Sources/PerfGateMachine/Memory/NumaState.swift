import CPerfGateSystem

/// Whether libnuma can be used.
package enum NumaState: Hashable, Sendable, Codable, CustomStringConvertible {
  /// Linked, and the kernel answers.
  case linked
  /// The program was built without libnuma-dev (or without pkg-config to find it).
  case notLinked
  /// Linked, but the kernel refuses the memory policy calls with this error number.
  case blocked(errorNumber: Int32)

  /// `linked`, `not linked` or `blocked (EPERM)`.
  package var description: String {
    switch self {
    case .linked: "linked"
    case .notLinked: "not linked"
    case .blocked(let number): "blocked (\(errnoName(number) ?? "errno \(number)"))"
    }
  }

  /// How to make libnuma usable; nil when it is.
  package var hint: String? {
    switch self {
    case .linked: nil
    case .notLinked: "install libnuma-dev and pkg-config, then build again"
    case .blocked: "allow get_mempolicy, mbind and move_pages in the container's seccomp profile"
    }
  }

  /// The state of this process.
  package static var current: NumaState {
    guard pgp_numa_linked() else { return .notLinked }
    let probe = pgp_memory_policy_probe()
    if probe < 0 { return .blocked(errorNumber: -probe) }
    let available = pgp_numa_available()
    return available < 0 ? .blocked(errorNumber: -available) : .linked
  }

  /// The error number with which the kernel refuses memory policy calls, whether libnuma is linked
  /// or not; nil when it accepts them.
  package static var policyError: Int32? {
    let probe = pgp_memory_policy_probe()
    return probe < 0 ? -probe : nil
  }

  /// The nodes that this process may allocate on; nil where the kernel does not report them.
  package static func allowedMemoryNodes() -> CPUSet? {
    var words = [UInt64](repeating: 0, count: 16)
    while words.count <= (CPUSet.maximum + 1) / 64 {
      let filled = pgp_allowed_memory_nodes(&words, words.count)
      if filled >= 0 { return CPUSet(words: words) }
      guard filled == -ErrorNumber.invalid else { return nil }
      words = [UInt64](repeating: 0, count: words.count * 2)
    }
    return nil
  }
}
