/// What a count may be at most: a whole number, or what was stored: `.allocations(atMost: 3) { … }`,
/// `.allocations(atMost: .stored) { … }`.
public protocol CountLimit: Sendable {
  /// The limit.
  var bound: CountBound { get }
}

/// The two kinds of limits of a count.
public enum CountBound: Hashable, Sendable {
  /// A whole number, from 0.
  case number(Int)
  /// The last stored count, or more than that by a share of it; 0.01 means 1 %.
  case stored(margin: Double)
}

extension Int: CountLimit {
  /// This number.
  public var bound: CountBound { .number(self) }
}

/// The count of the last stored session.
public struct StoredCount: CountLimit {
  let margin: Double

  /// The limit.
  public var bound: CountBound { .stored(margin: margin) }
}

extension CountLimit where Self == StoredCount {
  /// Not more than in the last stored session.
  public static var stored: StoredCount { StoredCount(margin: 0) }

  /// More than in the last stored session by at most this share of it: 0.01 means 1 %.
  public static func stored(worseByAtMost margin: Double) -> StoredCount {
    StoredCount(margin: margin)
  }
}
