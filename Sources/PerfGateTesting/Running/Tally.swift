import Foundation

/// Counts the verdicts of a process and prints them when it ends.
final class Tally: Sendable {
  /// The tally of this process.
  static let shared: Tally = {
    atexit {
      if let line = Tally.shared.line { Console.say(line) }
      if let warning = Tally.shared.warning { Console.say(warning) }
    }
    return Tally()
  }()

  private let lock = NSLock()
  /// `nonisolated(unsafe)`: only touched while `lock` is held.
  private nonisolated(unsafe) var outcomes: [Key: Outcome] = [:]

  private struct Key: Hashable {
    var id: String
    var test: String
  }

  private struct Outcome {
    var isChecked: Bool
    var isDecided: Bool
    var isLost: Bool
    var finding: TestVerdict
    var seconds: Double
  }

  /// Counts a claim, even if it was refused. A claim that is judged again counts once.
  func count(_ judgement: Judgement, _ finding: TestVerdict) {
    lock.withLock {
      outcomes[Key(id: judgement.id, test: judgement.test)] = Outcome(
        isChecked: judgement.isChecked, isDecided: judgement.isDecided,
        isLost: judgement.isLostToDisturbance, finding: finding, seconds: judgement.seconds)
    }
  }

  /// A warning if nothing was decided because the machine was too busy: such a run passes but has
  /// checked nothing. `nil` otherwise.
  var warning: String? {
    let all = lock.withLock { Array(outcomes.values) }
    let lost = all.count(where: \.isLost)
    guard lost > 0, !all.contains(where: \.isDecided) else { return nil }
    return "warning: nothing was decided: \(lost) of \(all.count) claims "
      + "\(lost == 1 ? "was" : "were") lost to disturbance; run the tests again when the machine is "
      + "quiet (PERFGATE_STRICT=1 makes such a run fail)"
  }

  /// `checked 7 of 9 claims, failed 0, in 45.1 s`; `nil` without any.
  var line: String? {
    let all = lock.withLock { Array(outcomes.values) }
    guard !all.isEmpty else { return nil }
    var (failed, open) = (0, 0)
    for outcome in all {
      switch outcome.finding {
      case .passed, .skipped: break
      case .warning: open += 1
      case .failed: failed += 1
      }
    }
    let seconds = all.reduce(0) { $0 + $1.seconds }
    return "checked \(all.count(where: \.isChecked)) of \(all.count) claims, failed \(failed)"
      + (open == 0 ? "" : ", inconclusive \(open)")
      + (seconds < 0.1 ? "" : String(format: ", in %.1f s", seconds))
  }
}
