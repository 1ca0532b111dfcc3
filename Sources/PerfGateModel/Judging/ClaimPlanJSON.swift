extension ClaimPlan: Codable {
  private enum CodingKeys: String, CodingKey {
    case id, text, kind, limit, workers, subject, reference, group, maximumRounds, alpha
    case ceiling, ceilingReference, ceilingRounds, notCheckable, cause, why, quantity, baseline
    case countBaseline, isHigherBetter
  }

  /// Reads a plan.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    id = try values.decode(String.self, forKey: .id)
    text = try values.decode(String.self, forKey: .text)
    kind = try values.decode(ClaimForm.self, forKey: .kind)
    limit = try values.decode(Double.self, forKey: .limit)
    workers = try values.decode(Int.self, forKey: .workers)
    subject = try values.decodeIfPresent(SeriesKey.self, forKey: .subject)
    reference = try values.decodeIfPresent(SeriesKey.self, forKey: .reference)
    group = try values.decodeIfPresent(GroupKey.self, forKey: .group)
    maximumRounds = try values.decodeIfPresent(Int.self, forKey: .maximumRounds)
    alpha = try values.decode(Double.self, forKey: .alpha)
    ceiling = try values.decodeIfPresent(SeriesKey.self, forKey: .ceiling)
    ceilingReference = try values.decodeIfPresent(SeriesKey.self, forKey: .ceilingReference)
    ceilingRounds = try values.decodeIfPresent(Int.self, forKey: .ceilingRounds)
    refusal = try StoredReason(values, sentence: .notCheckable, cause: .cause, why: .why).reason
    quantity = try values.decodeIfPresent(String.self, forKey: .quantity)
    baseline = try values.decodeIfPresent(BaselinePlan.self, forKey: .baseline)
    countBaseline = try values.decodeIfPresent(CountBaseline.self, forKey: .countBaseline)
    isHigherBetter = try values.decodeIfPresent(Bool.self, forKey: .isHigherBetter)
  }

  /// Writes the plan, with `null` for unknown values.
  public func encode(to encoder: any Encoder) throws {
    let stored = StoredReason(refusal, encoder)
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(id, forKey: .id)
    try values.encode(text, forKey: .text)
    try values.encode(kind, forKey: .kind)
    try values.encode(limit, forKey: .limit)
    try values.encode(workers, forKey: .workers)
    try values.encode(subject, forKey: .subject)
    try values.encode(reference, forKey: .reference)
    try values.encode(group, forKey: .group)
    try values.encode(maximumRounds, forKey: .maximumRounds)
    try values.encode(alpha, forKey: .alpha)
    try values.encode(ceiling, forKey: .ceiling)
    try values.encode(ceilingReference, forKey: .ceilingReference)
    try values.encode(ceilingRounds, forKey: .ceilingRounds)
    try values.encode(stored.sentence, forKey: .notCheckable)
    try values.encode(stored.cause, forKey: .cause)
    try values.encode(stored.why, forKey: .why)
    try values.encode(quantity, forKey: .quantity)
    try values.encode(baseline, forKey: .baseline)
    try values.encodeIfPresent(countBaseline, forKey: .countBaseline)
    try values.encode(isHigherBetter, forKey: .isHigherBetter)
  }
}
