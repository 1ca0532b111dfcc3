/// The work of one task: takes the task's number, and returns the result as 64 bits.
///
/// Many workers call it at once. Its result is compared bit for bit with the reference's.
public typealias TaskBody = @Sendable (_ task: Int) -> UInt64

/// The code of a task, wrapped in a structure.
///
/// A closure stored directly in a dictionary or an optional is called through two more functions.
public struct TaskCode: Sendable {
  /// The code.
  public let run: TaskBody

  /// A box for the code of a task.
  public init(_ run: @escaping TaskBody) { self.run = run }
}
