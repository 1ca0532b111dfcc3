/// How long a program that runs arms may take to answer, and how much memory it may use. What
/// exceeds a bound is ended.
package struct ArmBounds: Hashable, Sendable {
  /// A short request, in seconds; all lines of a long answer together.
  package var short = 10.0
  /// An arm takes at least this long before it is ended, in seconds.
  package var leastArm = 10.0
  /// How many times as long as known an arm may take.
  package var patience = 10.0
  /// Making an input without regard to its size, in seconds.
  package var input = 60.0
  /// How many bytes of an input are made at least in a second.
  package var inputBytesPerSecond = 20e6
  /// The most resident memory, in bytes; `nil`: three quarters of what is available at the start,
  /// at least 1 GiB.
  package var memory: Int?

  /// The usual bounds.
  package init() {}
}

/// How long tasks took, for the bounds of later arms and for warming up.
struct RemotePaces {
  private struct Key: Hashable {
    var kernel: String
    var variant: String
    var executor: String
    var size: Int
  }

  /// Seconds of a worker for each task.
  private var seconds: [Key: Double] = [:]
  /// How long the last arm took as a whole, in seconds.
  private var whole: [Key: Double] = [:]

  mutating func add(_ arm: Arm, seconds: Double) {
    self.seconds[key(arm)] = seconds * Double(arm.workers) / Double(arm.tasks)
    whole[key(arm)] = seconds
  }

  private func key(_ arm: Arm) -> Key {
    Key(kernel: arm.kernel, variant: arm.variant, executor: arm.executor, size: arm.size)
  }

  /// How long an arm takes if its workers share the tasks evenly, in seconds; `nil`: not known.
  func seconds(of arm: Arm) -> Double? {
    seconds[key(arm)].map { $0 * Double(turns(of: arm)) }
  }

  /// How long an arm may take, in seconds.
  ///
  /// - Parameter unknown: the bound of an arm of unknown length.
  func timeout(of arm: Arm, _ bounds: ArmBounds, unknown: Double) -> Double {
    guard let seconds = seconds(of: arm) else { return unknown }
    // Of tasks that are done several at a time, a few take as long as many.
    return max(bounds.leastArm, bounds.patience * max(seconds, whole[key(arm)] ?? 0))
  }

  private func turns(of arm: Arm) -> Int { (arm.tasks + arm.workers - 1) / arm.workers }

  /// How many tasks of an arm last this long, at most its own.
  func tasks(of arm: Arm, lasting wanted: Double) -> Int {
    guard let pace = seconds[key(arm)], pace > 0 else { return arm.tasks }
    let turns = Int(min(wanted / pace, 1e9).rounded(.up))
    return min(arm.tasks, max(1, turns) * arm.workers)
  }
}
