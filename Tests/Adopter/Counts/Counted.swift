import Foundation
import PerfGateTesting

/// What the claims of both frameworks count.
enum Counted {
  final class Box: Sendable {
    let value: Int
    init(_ value: Int) { self.value = value }
  }

  static let shared = Box(1)
  static let page = "a line of text, and another one"

  /// ADOPTER_PLANT=extra makes each do one thing more: an allocation, a byte, a retain.
  static let extra = ProcessInfo.processInfo.environment["ADOPTER_PLANT"] == "extra" ? 1 : 0

  @inline(never) static func box(_ value: Int) -> Box { Box(value) }

  /// An allocation each, and the extra one.
  @Sendable static func objects() -> Int {
    var sum = 0
    for value in 0..<3 + extra { sum += box(value).value }
    return sum
  }

  /// A buffer of 640 bytes, and the extra one.
  @Sendable static func buffer() {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: 640 + extra, alignment: 16)
    blackHole(memory)
    memory.deallocate()
  }

  /// Two retains, and the extra one.
  @Sendable static func references() {
    let reference = Unmanaged.passUnretained(shared)
    for _ in 0..<2 + extra { blackHole(reference.retain()) }
    for _ in 0..<2 + extra {
      reference.release()
      blackHole(reference)
    }
  }

  @inline(never) @Sendable static func soon() async {}

  /// As `objects`, after letting others run, for which the library allocates once.
  @Sendable static func later() async -> Int {
    await Task.yield()
    return objects()
  }

  /// SwiftNIO's kind of script: how often it allocates to split a text.
  @Sendable static func words() -> [Substring] { page.split(separator: " ") }
}
