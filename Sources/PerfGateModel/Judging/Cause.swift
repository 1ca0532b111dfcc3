/// The kind of reason why a claim is not decided, for programs. The sentence is for people.
public enum Cause: String, Hashable, Sendable, Codable, CaseIterable {
  /// The machine lacks what the claim needs, or cannot itself reach the limit.
  case hardware
  /// The machine was too busy: rounds were dropped, or no CPUs were idle at the start.
  case disturbed
  /// The work of a variant is not proven, which is a fault of the program.
  case notProven
  /// The program was built without optimization, with a sanitizer, or for coverage.
  case build
  /// There are no stored sessions to compare with, or too few.
  case baseline
  /// The budget does not allow enough rounds.
  case budget
  /// The caller skips all claims: the budget is 0.
  case skipped
  /// The claim names something that does not exist, or cannot be judged as written.
  case mistake
  /// The rounds ended early: an interruption, a worker that failed, or no time left.
  case unfinished
  /// All rounds were measured and do not decide the claim.
  case undecided
}
