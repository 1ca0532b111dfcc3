import Foundation
import PerfGate
import PerfGateReport

/// What a test framework is to be told of a claim.
enum TestVerdict: Hashable, Sendable {
  /// It holds.
  case passed
  /// It was measured and is not decided; the test passes.
  case warning(String)
  /// It cannot be known here.
  case skipped(String)
  /// It is violated, not proven, or not what a person demands.
  case failed(String)
}

/// What became of a claim in a test.
struct Judgement: Sendable {
  enum Outcome: Sendable {
    /// There is a verdict, from this record of the claim alone.
    case judged(ClaimResult, Record)
    /// Its session is stored, so that there is nothing to compare it with.
    case stored
    /// It was not looked at, because nobody wants that now.
    case skipped(String)
    /// Work that is not proven, a mistake in the claim or in the environment, a worker that died.
    case mistake(String)
    /// Claims of several tests share its name; a sentence, and the last place of them.
    case nameTaken(String, Place)
  }

  /// The claim's name.
  var id: String
  /// The test's name: `MyClaims.scales`.
  var test: String
  /// What became of it.
  var outcome: Outcome
  /// What was measured; `nil` when it did not come to that.
  var record: Record?
  /// How long judging took, waiting included; the frameworks do not count it.
  var seconds = 0.0

  /// Whether the claim was checked at all.
  var isChecked: Bool {
    switch outcome {
    case .judged(let result, _): result.verdict.isChecked
    case .stored: true
    case .skipped, .mistake, .nameTaken: false
    }
  }

  /// Whether there is a decision, or a session to decide by.
  var isDecided: Bool {
    switch outcome {
    case .judged(let result, _): result.isDecided
    case .stored: true
    case .skipped, .mistake, .nameTaken: false
    }
  }

  /// Whether a quieter machine could have decided it.
  var isLostToDisturbance: Bool {
    if case .judged(let result, _) = outcome { result.isLostToDisturbance } else { false }
  }

  /// What the framework is told.
  func finding(_ settings: Settings) -> TestVerdict {
    switch outcome {
    case .mistake(let text): return .failed("claim \(id): \(text)".asASCII)
    case .nameTaken(let text, _): return .failed(text.asASCII)
    case .stored: return .passed
    case .skipped(let reason): return open(reason, settings) { .skipped($0) }
    case .judged(let result, let record):
      let text =
        (result.reason == nil
          ? TestText.violated(result, record) : TestText.open(result, record)) + took
      switch result.severity() {
      case .pass, .note: return .passed
      case .warning: return open(text, settings) { .warning($0) }
      case .skip: return open(text, settings) { .skipped($0) }
      case .failure: return .failed(text.asASCII)
      }
    }
  }

  /// `; judged in 5.1 s`, where it took long enough to be of interest.
  var took: String { seconds < 0.1 ? "" : String(format: "; judged in %.1f s", seconds) }

  /// What passes unless somebody demands a decision.
  private func open(
    _ text: String, _ settings: Settings, _ finding: (String) -> TestVerdict
  ) -> TestVerdict {
    guard let demand = settings.demand(id) else { return finding(text.asASCII) }
    return .failed("\(text); \(demand) wants it decided".asASCII)
  }
}
