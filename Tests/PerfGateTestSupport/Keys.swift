import PerfGate

/// In tests a key may be written as its text.
extension SeriesKey: ExpressibleByStringLiteral {
  /// The key that the text stands for.
  public init(stringLiteral text: String) {
    guard let key = SeriesKey(text) else { preconditionFailure("\(text) is no series id") }
    self = key
  }
}

/// In tests a group may be written as its text.
extension GroupKey: ExpressibleByStringLiteral {
  /// The key that the text stands for.
  public init(stringLiteral text: String) { self.init(text) }
}
