import PerfGateStatistics

/// Why the work of a variant is not proven. No time of such a variant is shown.
package struct Unproven: Error, Hashable, Sendable, CustomStringConvertible {
  /// What was found.
  package enum Reason: Hashable, Sendable {
    /// A task's result differs from the reference's, both as 64 bits.
    case wrongResult(task: Int, found: UInt64, expected: UInt64)
    /// Two calls for the same task returned different results, both as 64 bits. The task is `nil`
    /// if all tasks are alike.
    case changingResult(task: Int?, found: UInt64, before: UInt64)
    /// A closure and the one it is compared with returned different results, both as 64 bits.
    case otherResult(than: String, found: UInt64, expected: UInt64)
    /// CPU time at twice the size over that at the size; expected is 2.
    case notProportionalToSize(ratio: Double)
    /// CPU time of twice the tasks over that of the tasks; expected is 2, and more is no missing work.
    case notProportionalToTasks(ratio: Double)
    /// CPU time of a task at the full size over that at a small size; expected is 1.
    case growsWithSize(ratio: Double)
    /// The median share of the time in which the worker neither ran nor waited for a CPU, 0 to 1.
    case slept(share: Double)
    /// The code was built without optimization.
    case notOptimized
    /// Its process ended, or made no progress; in words.
    case ended(String)
    /// Anything else, in words.
    case told(String)

    private static let processBegin = "its process "

    /// How the process ended, if a finding is about that.
    package static func ending(in finding: String) -> Substring? {
      finding.hasPrefix(processBegin) ? finding.dropFirst(processBegin.count) : nil
    }

    fileprivate static func finding(ofEnding how: String) -> String { processBegin + how }
  }

  /// The kernel's name.
  package var kernel: String
  /// The variant's name.
  package var variant: String
  /// What was found.
  package var reason: Reason

  /// A variant whose work is not proven.
  package init(kernel: String, variant: String, reason: Reason) {
    self.kernel = kernel
    self.variant = variant
    self.reason = reason
  }

  /// What was found and what was expected, without kernel and variant.
  package var finding: String {
    switch reason {
    case .wrongResult(let task, let found, let expected):
      return
        "task \(task) returned 0x\(String(found, radix: 16)), "
        + "the reference 0x\(String(expected, radix: 16))"
    case .changingResult(let task, let found, let before):
      return (task.map { "task \($0)" } ?? "it")
        + " returned 0x\(String(found, radix: 16)) in one call and "
        + "0x\(String(before, radix: 16)) in another, and must return the same each time"
    case .otherResult(let name, let found, let expected):
      return
        "it returned 0x\(String(found, radix: 16)) and \(name): 0x\(String(expected, radix: 16)), "
        + "and both must return the same"
    case .notProportionalToSize(let ratio):
      return "twice the size takes \(rounded(ratio)) times the CPU time, expected 2 +- 10 %: "
        + "work is skipped, or hoisted out of the task"
    case .notProportionalToTasks(let ratio):
      return "twice the tasks take \(rounded(ratio)) times the CPU time, expected at least 1.8: "
        + "tasks are merged, or their call is hoisted"
    case .growsWithSize(let ratio):
      return "a task takes \(rounded(ratio)) times as long at the full size as at a small one, "
        + "expected the same: the task also does something else, such as making the input"
    case .slept(let share):
      return "the worker slept \(Int((share * 100).rounded())) % of the time, expected below 10 %: "
        + "the time is not spent on the work"
    case .ended(let how):
      return Reason.finding(ofEnding: how)
    case .told(let finding): return finding
    case .notOptimized:
      return "built without optimization: build it with -O (C: -O2), or in release configuration"
    }
  }

  /// What was found, in one line with kernel and variant.
  package var description: String { "work of \(kernel)/\(variant) is not proven: \(finding)" }

  private func rounded(_ ratio: Double) -> Double { (ratio * 100).rounded() / 100 }
}
