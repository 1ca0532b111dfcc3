import PerfGate

/// What one gate found.
struct GateOutcome: Codable, Hashable, Sendable {
  /// The name of its claim.
  var claim: String
  var verdict: Verdict.Word
  /// The rounds of the first stage and of the confirmation.
  var rounds: Int
  /// Pairs that were dropped because something disturbed them.
  var discarded: Int
  /// How many processes the rounds came from; `nil` without rounds.
  var starts: Int?
  /// The ratio found; `nil` without rounds.
  var estimate: Double?
  /// Why it is not decided, as the name of the cause.
  var cause: String?

  init(_ result: ClaimResult) {
    claim = result.id
    verdict = result.verdict.word
    rounds = result.rounds + result.confirmationRounds
    discarded = result.discarded
    starts = result.starts
    estimate = result.estimate
    cause = result.cause?.rawValue
  }
}

/// The gates that shared their rounds.
struct Batch: Codable, Sendable {
  var seed: UInt64
  /// How long they took, in seconds.
  var seconds: Double
  var gates: [GateOutcome]
}
