/// The work of one task: takes the task's number, and returns the result as 64 bits.
///
/// Many workers call it at once. Its result is compared bit for bit with the reference's.
public typealias TaskBody = @Sendable (_ task: Int) -> UInt64

/// The code of a task, wrapped in a structure.
///
/// A closure stored directly in a dictionary or an optional is called through two more functions.
public struct TaskCode: Sendable {
  /// The code; nothing where it is asynchronous.
  public let run: TaskBody
  /// The code if it is asynchronous; then it runs on the task executor only.
  package let asynchronous: (@Sendable (_ task: Int) async -> UInt64)?
  /// What a task is sent where it runs in another process; `nil`: nothing but its number.
  package let input: EncodedInput?

  /// A box for the code of a task.
  public init(_ run: @escaping TaskBody) {
    self.run = run
    asynchronous = nil
    input = nil
  }

  /// A box for the code of a task that is sent what it works on.
  @usableFromInline
  init(_ run: @escaping TaskBody, input: EncodedInput?) {
    self.run = run
    asynchronous = nil
    self.input = input
  }

  /// A box for the asynchronous code of a task.
  package init(asynchronous: @escaping @Sendable (_ task: Int) async -> UInt64) {
    run = { _ in 0 }
    input = nil
    self.asynchronous = asynchronous
  }
}
