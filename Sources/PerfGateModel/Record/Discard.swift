/// A disturbance of a sample, as shown by its counters.
public struct DropCause: Hashable, Sendable {
  /// The kind of disturbance, for programs: `steal`.
  public var kind: String
  /// What the counters showed: one short text with its numbers.
  public var text: String

  /// A cause.
  package init(kind: String, text: String) {
    self.kind = kind
    self.text = text
  }
}

/// One arm of one round that was dropped because its counters showed a disturbance.
public struct Discard: Hashable, Sendable {
  /// The round's number in its group.
  public var round: Int
  /// The key of the series that it would have belonged to.
  public var series: SeriesKey
  /// The disturbances.
  public var causes: [DropCause]

  /// A dropped sample.
  package init(round: Int, series: SeriesKey, causes: [DropCause]) {
    self.round = round
    self.series = series
    self.causes = causes
  }
}

extension Discard: Codable {
  private enum CodingKeys: String, CodingKey { case round, series, causes, kinds }

  /// Reads a dropped sample. Earlier versions wrote only texts: those that differ only in numbers
  /// are of the same kind.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    round = try values.decode(Int.self, forKey: .round)
    series = try values.decode(SeriesKey.self, forKey: .series)
    let texts = try values.decode([String].self, forKey: .causes)
    let kinds = try values.decodeIfPresent([String].self, forKey: .kinds) ?? []
    causes = texts.enumerated().map { index, text in
      DropCause(
        kind: index < kinds.count ? kinds[index] : text.filter { !$0.isNumber }, text: text)
    }
  }

  /// Writes a dropped sample.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(round, forKey: .round)
    try values.encode(series, forKey: .series)
    try values.encode(causes.map(\.text), forKey: .causes)
    try values.encode(causes.map(\.kind), forKey: .kinds)
  }
}
