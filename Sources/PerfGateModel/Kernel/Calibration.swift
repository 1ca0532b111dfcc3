/// A size that was found so that one task lasts a wanted time.
package struct Calibration: Hashable, Sendable {
  /// The kernel.
  package var kernel: String
  /// The size found, in the kernel's units.
  package var size: Int
  /// What one task was to last, in seconds.
  package var wantedSeconds: Double
  /// What one task of that size takes, in seconds of CPU time.
  package var taskSeconds: Double

  /// What was found for a kernel.
  package init(kernel: String, size: Int, wantedSeconds: Double, taskSeconds: Double) {
    self.kernel = kernel
    self.size = size
    self.wantedSeconds = wantedSeconds
    self.taskSeconds = taskSeconds
  }

  /// How far a task may be from the wanted time.
  package static let tolerance = 0.05

  /// Whether the size is as good as was asked for.
  package var isWithinTolerance: Bool {
    abs(taskSeconds / wantedSeconds - 1) <= Self.tolerance
  }
}
