/// What a reader should know of a claim beside the verdict; PerfGateReport makes the sentence of it.
public enum Remark: Hashable, Sendable, Codable {
  /// Better than its baseline by a part of it; the command keeps the gain.
  case better(change: Double, command: String)
  /// The baseline was recorded with other compilers.
  case otherToolchain(stored: String, current: String)
  /// Worse than the pinned session by a part of it.
  case creep(change: Double)
  /// One side takes next to no time beside the other, and nobody claimed that it would.
  case imbalance(isSubjectFast: Bool)
  /// A sentence of an earlier version.
  case told(String)
}
