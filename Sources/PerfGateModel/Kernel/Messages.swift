/// How what a task works on reaches another process.
@usableFromInline
package enum MessageWay: String, Hashable, Sendable {
  /// Encoded, sent, and decoded.
  case serialized
  /// In memory that both processes map and nobody can change.
  case shared
}

/// What another process does with what a task is sent.
@usableFromInline
package enum MessageUse: Sendable {
  /// Makes a value of `count` bytes, which `fill` puts into its memory, and returns the task's result.
  case serialized(
    @Sendable (_ count: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Void) -> UInt64)
  /// Looks at the bytes, and returns the task's result.
  case shared(@Sendable (_ bytes: UnsafeRawBufferPointer) -> UInt64)

  package var way: MessageWay {
    switch self {
    case .serialized: .serialized
    case .shared: .shared
    }
  }
}

/// A variant whose tasks are sent what they work on, because they run in other processes.
@usableFromInline
package struct VariantMessage<Input: Sendable>: Sendable {
  /// What the other process does with it.
  @usableFromInline let use: MessageUse
  /// Calls the closure with the encoded input.
  @usableFromInline let withBytes:
    @Sendable (_ input: Input, _ body: (UnsafeRawBufferPointer) -> Void) -> Void
  /// How many bytes a message of an input of this size has.
  @usableFromInline let bytes: @Sendable (_ size: Int) -> Int

  package init(
    _ use: MessageUse, bytes: @escaping @Sendable (_ size: Int) -> Int,
    withBytes:
      @escaping @Sendable (_ input: Input, _ body: (UnsafeRawBufferPointer) -> Void) ->
      Void
  ) {
    self.use = use
    self.bytes = bytes
    self.withBytes = withBytes
  }

  @usableFromInline var way: MessageWay { use.way }

  /// The message of an input.
  @usableFromInline
  func encoded(_ input: Input, size: Int) -> EncodedInput {
    let withBytes = withBytes
    return EncodedInput(way: way, count: bytes(size)) { withBytes(input, $0) }
  }
}

/// The encoded input of a task.
@usableFromInline
package struct EncodedInput: Sendable {
  /// How it is sent.
  package let way: MessageWay
  /// How many bytes it has.
  package let count: Int
  /// Calls the closure with the bytes.
  package let withBytes: @Sendable (_ body: (UnsafeRawBufferPointer) -> Void) -> Void

  @usableFromInline
  init(
    way: MessageWay, count: Int,
    withBytes: @escaping @Sendable (_ body: (UnsafeRawBufferPointer) -> Void) -> Void
  ) {
    self.way = way
    self.count = count
    self.withBytes = withBytes
  }
}
