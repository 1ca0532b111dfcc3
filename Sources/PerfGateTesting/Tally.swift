import Foundation

/// What became of the claims of a process, told when it ends.
final class Tally: Sendable {
  /// That of this process.
  static let shared: Tally = {
    atexit {
      if let line = Tally.shared.line { Console.say(line) }
    }
    return Tally()
  }()

  private let lock = NSLock()
  /// `nonisolated(unsafe)`: only touched while `lock` is held.
  private nonisolated(unsafe) var outcomes: [String: (isChecked: Bool, finding: Finding)] = [:]

  /// Counts a claim; one that is judged again counts once.
  func count(_ judgement: Judgement, _ finding: Finding) {
    lock.withLock { outcomes[judgement.id] = (judgement.isChecked, finding) }
  }

  /// `checked 7 of 9 claims, failed 0`; `nil` without any.
  var line: String? {
    let all = lock.withLock { Array(outcomes.values) }
    guard !all.isEmpty else { return nil }
    var (failed, open) = (0, 0)
    for (_, finding) in all {
      switch finding {
      case .passed, .skipped: break
      case .warning: open += 1
      case .failed: failed += 1
      }
    }
    return "checked \(all.count(where: \.isChecked)) of \(all.count) claims, failed \(failed)"
      + (open == 0 ? "" : ", inconclusive \(open)")
  }
}
