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
  private nonisolated(unsafe) var outcomes: [String: Finding] = [:]

  /// Counts a claim; one that is judged again counts once.
  func count(_ id: String, _ finding: Finding) { lock.withLock { outcomes[id] = finding } }

  /// `checked 7 of 9 claims, failed 0`; `nil` without any.
  var line: String? {
    let findings = lock.withLock { Array(outcomes.values) }
    guard !findings.isEmpty else { return nil }
    var (skipped, failed, open) = (0, 0, 0)
    for finding in findings {
      switch finding {
      case .passed: break
      case .warning: open += 1
      case .skipped: skipped += 1
      case .failed: failed += 1
      }
    }
    return "checked \(findings.count - skipped) of \(findings.count) claims, failed \(failed)"
      + (open == 0 ? "" : ", inconclusive \(open)")
  }
}
