/// One task's work: takes the task's number, returns what the task computed, as 64 bits.
///
/// Called by many workers at once; what it returns is compared bit for bit with the reference.
public typealias TaskBody = @Sendable (_ task: Int) -> UInt64

/// The code of a task in a box of its own.
///
/// A closure in a dictionary or an optional is called through two functions more; one in a structure
/// is not.
public struct TaskCode: Sendable {
  /// The code.
  public let run: TaskBody

  /// A box for the code of a task.
  public init(_ run: @escaping TaskBody) { self.run = run }
}
