import Foundation
import PerfGate
import PerfGateReport

/// What to report about a claim to a test framework.
enum TestVerdict: Hashable, Sendable {
  /// The claim holds.
  case passed
  /// The claim was measured and is not decided; the test passes.
  case warning(String)
  /// The claim cannot be checked here.
  case skipped(String)
  /// The claim is violated, its work is not proven, or a demanded decision is missing.
  case failed(String)
}

/// The result of judging a claim in a test.
struct Judgement: Sendable {
  enum Outcome: Sendable {
    /// There is a verdict; the record contains only this claim.
    case judged(ClaimResult, Record)
    /// Its session was stored, so it was not compared with earlier ones.
    case stored
    /// It was not measured, because the settings skip all claims.
    case skipped(String)
    /// Work that is not proven, a mistake in the claim or in the environment, a worker that died.
    case mistake(String)
    /// Claims of several tests share its name: a sentence, and where the last of them is.
    case nameTaken(String, Place)
  }

  /// The claim's name.
  var id: String
  /// The test's name: `MyClaims.scales`.
  var test: String
  /// The outcome.
  var outcome: Outcome
  /// What was measured; `nil` if nothing was.
  var record: Record?
  /// How long judging took, including waiting, in seconds. The frameworks do not count it.
  var seconds = 0.0

  /// Whether the claim was checked at all.
  var isChecked: Bool {
    switch outcome {
    case .judged(let result, _): result.verdict.isChecked
    case .stored: true
    case .skipped, .mistake, .nameTaken: false
    }
  }

  /// Whether there is a decision, or a stored session.
  var isDecided: Bool {
    switch outcome {
    case .judged(let result, _): result.isDecided
    case .stored: true
    case .skipped, .mistake, .nameTaken: false
    }
  }

  /// Whether a quieter machine might have decided the claim.
  var isLostToDisturbance: Bool {
    if case .judged(let result, _) = outcome { result.isLostToDisturbance } else { false }
  }

  /// What to report to the framework.
  func finding(_ settings: Settings) -> TestVerdict {
    switch outcome {
    case .mistake(let text): return .failed("claim \(id): \(text)".asASCII)
    case .nameTaken(let text, _): return .failed(text.asASCII)
    case .stored: return .passed
    case .skipped(let reason):
      return settings.demand(id).map { Self.undecided(reason, $0) } ?? .skipped(reason.asASCII)
    case .judged(let result, let record):
      let text =
        (result.reason == nil
          ? TestText.violated(result, record) : TestText.open(result, record)) + took
      let demand = settings.demand(id)
      switch result.severity(isDemanded: demand != nil) {
      case .pass, .note: return .passed
      case .warning: return .warning(text.asASCII)
      case .skip: return .skipped(text.asASCII)
      case .failure:
        let isOpen = result.severity() != .failure
        return isOpen ? Self.undecided(text, demand) : .failed(text.asASCII)
      }
    }
  }

  /// `; judged in 5.1 s`; empty below 0.1 s.
  var took: String { seconds < 0.1 ? "" : String(format: "; judged in %.1f s", seconds) }

  /// A claim without a decision, although the settings demand one.
  private static func undecided(_ text: String, _ demand: String?) -> TestVerdict {
    .failed((text + (demand.map { "; \($0) requires a decision" } ?? "")).asASCII)
  }
}
