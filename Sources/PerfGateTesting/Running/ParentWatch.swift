import CPerfGateSystem
import Foundation
import PerfGateMachine

/// Notices that `swift test` itself is gone, for example because it was killed. The test bundle goes
/// on then, but nobody waits for its verdicts: the claim that is being judged ends within a second,
/// and no further claim is judged.
enum ParentWatch {
  /// How often to look, in microseconds.
  private static let pause: UInt32 = 500_000

  /// The Swift tool that started this process; `nil`: something else did, which may end first.
  private static let tool: pid_t? = {
    let parent = getppid()
    let isTool = RunningProcesses.Status(pid: Int(parent))?.name.hasPrefix("swift") ?? false
    return isTool ? parent : nil
  }()

  /// Whether the tool is gone.
  static var isParentGone: Bool { tool.map { $0 != getppid() } ?? false }

  /// Watches until the process ends; further calls do nothing.
  static func begin() { _ = begun }

  private static let begun: Void = {
    guard tool != nil else { return }
    Thread.detachNewThread {
      while !isParentGone { usleep(pause) }
      // As a hang-up of the terminal would: everything that waits looks for this.
      pgp_set_interrupt_signal(SIGHUP)
    }
  }()
}
