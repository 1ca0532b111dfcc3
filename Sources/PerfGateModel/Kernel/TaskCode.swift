/// The work of one task: takes the task's number, and returns the result as 64 bits.
///
/// Many workers call it at once. Its result is compared bit for bit with the reference's.
public typealias TaskBody = @Sendable (_ task: Int) -> UInt64

/// The work of several tasks at a time: takes their numbers, and a buffer with a place for each result.
public typealias BatchBody =
  @Sendable (
    _ tasks: Range<Int>, _ results: UnsafeMutableBufferPointer<UInt64>
  ) -> Void

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
  /// The code of several tasks at a time; `nil`: they are done one by one.
  package let batch: Batch?

  /// Code for several tasks at a time.
  package struct Batch: Sendable {
    /// How many at most, from 1.
    package let most: Int
    /// The code.
    package let run: BatchBody
  }

  /// A box for the code of a task.
  public init(_ run: @escaping TaskBody) {
    self.run = run
    asynchronous = nil
    input = nil
    batch = nil
  }

  /// A box for code that does several tasks at a time, and its way to do one.
  @usableFromInline
  init(_ run: @escaping TaskBody, batchOf most: Int, _ batch: @escaping BatchBody) {
    self.run = run
    asynchronous = nil
    input = nil
    self.batch = Batch(most: most, run: batch)
  }

  /// A box for the code of a task that is sent what it works on.
  @usableFromInline
  init(_ run: @escaping TaskBody, input: EncodedInput?) {
    self.run = run
    asynchronous = nil
    batch = nil
    self.input = input
  }

  /// A box for the asynchronous code of a task.
  package init(asynchronous: @escaping @Sendable (_ task: Int) async -> UInt64) {
    run = { _ in 0 }
    input = nil
    batch = nil
    self.asynchronous = asynchronous
  }
}
