/// The sentences of reasons and remarks for a record's JSON. The encoder's caller provides them.
package struct Sentences: Sendable {
  /// The key of the sentences in an encoder's `userInfo`.
  package static let key = CodingUserInfoKey(rawValue: "perfgate.sentences")
  let reason: @Sendable (Reason) -> String
  let remark: @Sendable (Remark) -> String

  /// Makes sentences from two functions.
  package init(
    reason: @escaping @Sendable (Reason) -> String, remark: @escaping @Sendable (Remark) -> String
  ) {
    self.reason = reason
    self.remark = remark
  }

  /// The sentences that an encoder was given; `nil`: none.
  static func of(_ encoder: any Encoder) -> Sentences? {
    key.flatMap { encoder.userInfo[$0] as? Sentences }
  }
}

/// A reason in JSON: a sentence for people, a cause for programs, and all its numbers.
///
/// Records of earlier versions have only the sentence.
struct StoredReason {
  var sentence: String?
  var cause: Cause?
  var why: Reason?

  init(_ reason: Reason?, _ encoder: any Encoder) {
    why = reason
    cause = reason?.cause
    sentence = reason.flatMap { Sentences.of(encoder)?.reason($0) }
  }

  init<Key: CodingKey>(
    _ values: KeyedDecodingContainer<Key>, sentence: Key, cause: Key, why: Key
  ) throws {
    self.sentence = try values.decodeIfPresent(String.self, forKey: sentence)
    // A later version may have reasons that this one does not know; then the sentence is used.
    self.cause = try? values.decodeIfPresent(Cause.self, forKey: cause)
    self.why = try? values.decodeIfPresent(Reason.self, forKey: why)
  }

  /// The reason; `nil` if there is none.
  var reason: Reason? {
    if let why { return why }
    guard let sentence else { return nil }
    return .told(sentence, cause: cause ?? Self.causeOfEarlierVersions(sentence))
  }

  /// The cause of a sentence without one. Earlier versions began the sentence for unproven work
  /// with these words.
  private static func causeOfEarlierVersions(_ sentence: String) -> Cause? {
    sentence.starts(with: "work not proven") ? .notProven : nil
  }
}

extension ClaimResult: Codable {
  private enum CodingKeys: String, CodingKey {
    case id, text, kind, limit, subject, reference, workers, estimate, interval, detectable, rounds
    case confirmationRounds, starts, discarded, maximumRounds, alpha, verdict, reason, cause, why
    case ceiling, ceilingInterval, karpFlatt, note, remarks, stages
  }

  /// Reads a result.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    id = try values.decode(String.self, forKey: .id)
    text = try values.decode(String.self, forKey: .text)
    kind = try values.decode(ClaimForm.self, forKey: .kind)
    limit = try values.decode(Double.self, forKey: .limit)
    subject = try values.decodeIfPresent(SeriesKey.self, forKey: .subject)
    reference = try values.decodeIfPresent(SeriesKey.self, forKey: .reference)
    workers = try values.decode(Int.self, forKey: .workers)
    estimate = try values.decodeIfPresent(Double.self, forKey: .estimate)
    interval = try values.decodeIfPresent([Double].self, forKey: .interval)
    detectable = try values.decodeIfPresent(Double.self, forKey: .detectable)
    rounds = try values.decode(Int.self, forKey: .rounds)
    confirmationRounds = try values.decode(Int.self, forKey: .confirmationRounds)
    discarded = try values.decode(Int.self, forKey: .discarded)
    starts = try values.decodeIfPresent(Int.self, forKey: .starts)
    maximumRounds = try values.decodeIfPresent(Int.self, forKey: .maximumRounds)
    alpha = try values.decode(Double.self, forKey: .alpha)
    ceiling = try values.decodeIfPresent(Double.self, forKey: .ceiling)
    ceilingInterval = try values.decodeIfPresent([Double].self, forKey: .ceilingInterval)
    karpFlatt = try values.decodeIfPresent(Double.self, forKey: .karpFlatt)
    stages = try values.decode([Stage].self, forKey: .stages)
    let note = try values.decodeIfPresent(String.self, forKey: .note)
    remarks =
      (try? values.decodeIfPresent([Remark].self, forKey: .remarks))
      ?? note.map { [.told($0)] } ?? []
    let reason =
      try StoredReason(values, sentence: .reason, cause: .cause, why: .why).reason
      ?? .told("not decided", cause: nil)
    switch try values.decode(Verdict.Word.self, forKey: .verdict) {
    case .holds: verdict = .holds
    case .violated: verdict = .violated
    case .inconclusive: verdict = .inconclusive(reason)
    case .notCheckable: verdict = .notCheckable(reason)
    }
  }

  /// Writes the result, with `null` for unknown values.
  public func encode(to encoder: any Encoder) throws {
    let sentences = Sentences.of(encoder)
    let stored = StoredReason(reason, encoder)
    let note = sentences.map { words in remarks.map(words.remark).joined(separator: "; ") }
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(id, forKey: .id)
    try values.encode(text, forKey: .text)
    try values.encode(kind, forKey: .kind)
    try values.encode(limit, forKey: .limit)
    try values.encode(subject, forKey: .subject)
    try values.encode(reference, forKey: .reference)
    try values.encode(workers, forKey: .workers)
    try values.encode(estimate, forKey: .estimate)
    try values.encode(interval, forKey: .interval)
    try values.encode(detectable, forKey: .detectable)
    try values.encode(rounds, forKey: .rounds)
    try values.encode(confirmationRounds, forKey: .confirmationRounds)
    try values.encodeIfPresent(starts, forKey: .starts)
    try values.encode(discarded, forKey: .discarded)
    try values.encode(maximumRounds, forKey: .maximumRounds)
    try values.encode(alpha, forKey: .alpha)
    try values.encode(verdict.word, forKey: .verdict)
    try values.encode(stored.sentence, forKey: .reason)
    try values.encode(stored.cause, forKey: .cause)
    try values.encode(stored.why, forKey: .why)
    try values.encode(ceiling, forKey: .ceiling)
    try values.encode(ceilingInterval, forKey: .ceilingInterval)
    try values.encode(karpFlatt, forKey: .karpFlatt)
    try values.encode(remarks.isEmpty ? nil : note, forKey: .note)
    try values.encode(remarks, forKey: .remarks)
    try values.encode(stages, forKey: .stages)
  }
}
