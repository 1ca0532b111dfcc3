/// The number that a baseline's session stores for a claim. It can be compared between days.
public enum Quantity: Hashable, Sendable {
  /// The time of a variant over that of a reference kernel in the same rounds (arithmetic in
  /// registers, or a walk through memory), each for one unit of its work.
  case time(variant: String, workers: Int = 1)
  /// The time of one variant over that of another.
  case ratio(subject: String, reference: String, workers: Int = 1)
  /// The speedup over one worker with all allowed workers up to `upTo`.
  case speedup(variant: String, upTo: Int)
}
