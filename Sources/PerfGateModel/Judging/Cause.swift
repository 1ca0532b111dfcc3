/// What kind of reason keeps a claim from being decided, for programs; the sentence is for people.
public enum Cause: String, Hashable, Sendable, Codable, CaseIterable {
  /// The machine lacks what the claim needs, or cannot reach its limit itself.
  case hardware
  /// The machine was too busy: rounds were dropped, or there was no room to begin.
  case disturbed
  /// The work of a variant is not proven; a fault of the program.
  case notProven
  /// Built without optimization, or with a sanitizer or coverage.
  case build
  /// Nothing to compare with is stored, or not enough.
  case baseline
  /// The budget does not allow enough rounds.
  case budget
  /// Nobody wants to know now: the budget is 0.
  case skipped
  /// The claim names what does not exist, or cannot be judged as it is written.
  case mistake
  /// The rounds ended early: an interruption, a worker that failed, or no time left.
  case unfinished
  /// All rounds were measured, and they do not decide it.
  case undecided
}
