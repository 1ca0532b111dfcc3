/// A remark about a claim beside the verdict. PerfGateReport turns it into a sentence.
public enum Remark: Hashable, Sendable, Codable {
  /// Better than its baseline, by a share of it. The command stores a new baseline to keep the
  /// gain.
  case better(change: Double, command: String)
  /// The baseline was recorded with other compilers.
  case otherToolchain(stored: String, current: String)
  /// Worse than the pinned session, by a share of it.
  case creep(change: Double)
  /// When the count was stored that is the limit, and on which machine; `nil`: this one.
  case storedLimit(date: String, machine: String?)
  /// One side takes almost no time compared with the other although the claim does not say so.
  case imbalance(isSubjectFast: Bool)
  /// A sentence of an earlier version.
  case told(String)
}
