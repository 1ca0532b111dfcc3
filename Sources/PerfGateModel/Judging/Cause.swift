/// Why a claim is not decided, for programs; the sentence beside it is for people.
///
/// Records of earlier versions have none.
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

/// What is in the way of a claim: its cause, and the sentence for people.
package struct Obstacle: Hashable, Sendable {
  /// For programs.
  package var cause: Cause
  /// For people: what was found, with its numbers, and what to do.
  package var text: String

  /// An obstacle.
  package init(_ cause: Cause, _ text: String) {
    self.cause = cause
    self.text = text
  }
}

extension ClaimResult {
  /// Whether it was shown to be true or false.
  package var isDecided: Bool { verdict == .holds || verdict == .violated }

  /// Whether it could have been decided here on a quieter machine.
  package var isLostToDisturbance: Bool { !isDecided && cause == .disturbed }
}

extension ClaimPlan {
  /// Says that the claim cannot be checked, and why; `nil`: nothing is in the way.
  package mutating func refuse(_ obstacle: Obstacle?) {
    notCheckable = obstacle?.text
    cause = obstacle?.cause
  }
}
