import CPerfGateKernels
import PerfGate

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The stored length of a string, the article's `len`. The task gets the string by value or by reference,
/// and none of its bytes are copied.
package enum TextLength: Kernel {
  /// `text.length`.
  package static let name = "text.length"
  /// The same for every size; timed over many tasks.
  package static let work = Work(unit: "byte", growth: .constant, defaultSize: 100_000_000)

  /// One text for both languages: a Swift string owns its bytes, so C has a copy of them.
  ///
  /// `@unchecked Sendable` holds: everything is set in `init`, before anybody else can see it, and
  /// only read afterwards; `cReference` points to memory that is this object's own.
  package final class Input: @unchecked Sendable {
    package let string: String
    let reference: Reference
    let cText: ck_text
    let cReference: UnsafePointer<ck_text>
    let buffer: TextBuffer

    package init(buffer: TextBuffer) {
      self.buffer = buffer
      string = buffer.string()
      reference = Reference(string)
      cText = ck_text(bytes: buffer.start, length: buffer.bytes.count)
      let pointer = UnsafeMutablePointer<ck_text>.allocate(capacity: 1)
      pointer.initialize(to: cText)
      cReference = UnsafePointer(pointer)
    }

    deinit { cReference.deallocate() }
  }

  /// A string that is handed over by reference.
  package final class Reference: Sendable {
    package let string: String

    init(_ string: String) { self.string = string }
  }

  /// The length of a text by value, by reference, and of borrowed bytes, in C and in Swift; and of a text
  /// that another process is sent.
  package static let variants: [Variant<Input>] = [
    Variant("swift.utf8", twin: "c.length") { input, _ in
      UInt64(truncatingIfNeeded: length(input.string))
    },
    Variant("swift.utf8.reference", twin: "c.length.reference") { input, _ in
      UInt64(truncatingIfNeeded: length(reference: input.reference))
    },
    Variant("swift.utf8.pointer", twin: "c.length.pointer") { input, _ in
      UInt64(truncatingIfNeeded: length(bytes: input.buffer.text))
    },
    Variant("swift.utf8.serialized", twin: "c.length.serialized") { input, _ in
      decodedLength(input.buffer.bytes.count) { $0.copyMemory(from: input.buffer.bytes) }
    }.sending(
      VariantMessage(.serialized(decodedLength), bytes: { $0 }, withBytes: encoded)),
    Variant("swift.utf8.shared", twin: "c.length.shared") { input, _ in
      sharedLength(input.buffer.bytes)
    }.sending(VariantMessage(.shared(sharedLength), bytes: { $0 }, withBytes: encoded)),
    Variant("c.length", isReference: true, isOptimized: ck_text_length_is_optimized()) { input, _ in
      UInt64(truncatingIfNeeded: ck_length(input.cText))
    },
    Variant("c.length.reference", isOptimized: ck_text_length_is_optimized()) { input, _ in
      UInt64(truncatingIfNeeded: ck_length_reference(input.cReference))
    },
    Variant("c.length.pointer", isOptimized: ck_text_length_is_optimized()) { input, _ in
      UInt64(
        truncatingIfNeeded: ck_length_pointer(input.buffer.start, input.buffer.bytes.count))
    },
    Variant("c.length.serialized", isOptimized: ck_text_length_is_optimized()) { input, _ in
      copiedLength(input.buffer.bytes.count) { $0.copyMemory(from: input.buffer.bytes) }
    }.sending(VariantMessage(.serialized(copiedLength), bytes: { $0 }, withBytes: encodedForC)),
    Variant("c.length.shared", isOptimized: ck_text_length_is_optimized()) { input, _ in
      sharedLengthInC(input.buffer.bytes)
    }.sending(VariantMessage(.shared(sharedLengthInC), bytes: { $0 }, withBytes: encodedForC)),
  ]

  /// The article's text, the digit 1 `size` times; the seed is not used.
  ///
  /// - Throws: when `size` is negative, or there is no memory for two such texts.
  package static func makeInput(size: Int, seed: UInt64) throws(KernelError) -> Input {
    try TextBuffer.checkedBytes(count: size, copies: 2)
    let buffer = try TextBuffer(count: size, fill: TextContent.ones)
    try TextBuffer.probe(bytes: TextBuffer.neededBytes(count: size, copies: 1))
    return Input(buffer: buffer)
  }

  /// The bytes of C's text and Swift's; the largest `Int` on overflow.
  package static func inputBytes(size: Int) -> Int {
    TextBuffer.neededBytes(count: size, copies: 2)
  }

  /// The length of a string that is handed over by value: both its words, none of its bytes.
  ///
  /// Shape: any text; returns its stored length in bytes.
  /// Work: constant.
  @inline(never)
  package static func length(_ text: String) -> Int { text.utf8.count }

  /// The length of a string that is handed over by reference.
  ///
  /// Shape: any text; returns its stored length in bytes.
  /// Work: constant.
  @inline(never)
  package static func length(reference text: Reference) -> Int { text.string.utf8.count }

  /// The number of bytes that are borrowed.
  ///
  /// Shape: any bytes, of which none is read.
  /// Work: constant.
  @inline(never)
  package static func length(bytes: UnsafeBufferPointer<UInt8>) -> Int { bytes.count }

  /// The bytes of a text as they are sent: its own, as UTF-8.
  private static func encoded(_ input: Input, _ body: (UnsafeRawBufferPointer) -> Void) {
    // The string is of the kind whose bytes lie in one piece.
    _ = input.string.utf8.withContiguousStorageIfAvailable { body(UnsafeRawBufferPointer($0)) }
  }

  /// The length of a text that was received: its bytes become a string, which checks that they are UTF-8.
  private static func decodedLength(
    _ count: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Void
  ) -> UInt64 {
    let text = String(unsafeUninitializedCapacity: count) { memory in
      fill(UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(memory)[..<count]))
      return count
    }
    return UInt64(truncatingIfNeeded: length(text))
  }

  /// The bytes of C's text.
  private static func encodedForC(_ input: Input, _ body: (UnsafeRawBufferPointer) -> Void) {
    body(input.buffer.bytes)
  }

  /// The same of C's text, which has no more to check; no memory counts as no text.
  private static func copiedLength(
    _ count: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Void
  ) -> UInt64 {
    guard let memory = malloc(max(1, count)) else { return .max }
    defer { free(memory) }
    fill(UnsafeMutableRawBufferPointer(start: memory, count: count))
    return UInt64(
      truncatingIfNeeded: ck_length_pointer(memory.assumingMemoryBound(to: UInt8.self), count))
  }

  /// The length of C's text in memory that processes share; its last byte is read.
  private static func sharedLengthInC(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    blackHole(bytes.last ?? 0)
    guard let start = bytes.bindMemory(to: UInt8.self).baseAddress else { return 0 }
    return UInt64(truncatingIfNeeded: ck_length_pointer(start, bytes.count))
  }

  /// The length of a text in memory that processes share; its last byte is read.
  private static func sharedLength(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    blackHole(bytes.last ?? 0)
    return UInt64(truncatingIfNeeded: length(bytes: bytes.bindMemory(to: UInt8.self)))
  }
}
