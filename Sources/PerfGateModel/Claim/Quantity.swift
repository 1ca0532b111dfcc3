/// What a session of a baseline stores of a claim: a number that can be compared with another day's.
public enum Quantity: Hashable, Sendable {
  /// The time of a variant over that of a reference kernel in the same rounds (arithmetic in
  /// registers, or a walk through memory), each for one unit of its work.
  case time(variant: String, workers: Int = 1)
  /// The time of one variant over that of another.
  case ratio(subject: String, reference: String, workers: Int = 1)
  /// How much faster than one worker as many are as are allowed, up to `upTo`.
  case speedup(variant: String, upTo: Int)
}
