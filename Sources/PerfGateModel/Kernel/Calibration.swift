/// A size chosen so that one task lasts a requested time.
package struct Calibration: Hashable, Sendable {
  /// The kernel.
  package var kernel: String
  /// The chosen size, in the kernel's units.
  package var size: Int
  /// How long one task should last, in seconds.
  package var wantedSeconds: Double
  /// How long one task of that size takes, in seconds of CPU time.
  package var taskSeconds: Double

  /// Makes the calibration of a kernel from its values.
  package init(kernel: String, size: Int, wantedSeconds: Double, taskSeconds: Double) {
    self.kernel = kernel
    self.size = size
    self.wantedSeconds = wantedSeconds
    self.taskSeconds = taskSeconds
  }

  /// How far a task's time may be from the requested one, as a share of it.
  package static let tolerance = 0.05

  /// Whether a task's time is close enough to the requested one.
  package var isWithinTolerance: Bool {
    abs(taskSeconds / wantedSeconds - 1) <= Self.tolerance
  }
}
