import CPerfGateTrustPlants
import PerfGate
import PerfGateStatistics

/// Reads buffers whose distance modulo 4,096 decides how many of their lines compete for the same
/// place in the first cache. The distances follow from where the system put the stack, as they do
/// for buffers on the stack.
enum DrawnBuffers: DrawnKernel {
  static let name = "drawn.buffers"

  private static let buffers = 20
  private static let linesOfBuffer = 16
  private static let page = 4096
  private static let line = 64
  /// Multiplications after each pass, whose time is not drawn.
  private static let steps: Int64 = 3600

  static func makeInput(size: Int, seed: UInt64) -> DrawnInput<Ring> {
    DrawnInput(
      copies: Copies { copy in
        var places = SplitMix64(seed: pgt_stack_place(), stream: copy)
        var lines: [Int] = []
        for buffer in 0..<buffers {
          let distance = places.nextIndex(below: page / line)
          let first = buffer * 2 * page + distance * line
          lines += (0..<linesOfBuffer).map { first + $0 * line }
        }
        // Not in the order of their addresses, which the processor would foresee.
        var order = SplitMix64(seed: 1)
        return Ring(
          bytes: (buffers + 1) * 2 * page,
          offsets: order.nextPermutation(of: lines.count).map { lines[$0] })
      }, size: size)
  }

  static func run(_ ring: Ring, passes: Int) -> UInt64 {
    pgt_follow_ring(ring.first, Int64(passes), steps)
  }
}

/// Links in one block of memory that lead from one to the next and back to the first.
final class Ring: Sendable {
  // Nothing writes to the links after `init`.
  nonisolated(unsafe) let first: UnsafePointer<pgt_link>
  nonisolated(unsafe) private let memory: UnsafeMutableRawPointer

  /// - Parameters:
  ///   - bytes: the size of the block, which begins at a multiple of 4,096.
  ///   - offsets: where the links lie in it, in the order in which they are followed; at least one.
  init(bytes: Int, offsets: [Int]) {
    let block = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 4096)
    first = UnsafePointer(
      Ring.close(offsets.map { (block + $0).bindMemory(to: pgt_link.self, capacity: 1) }))
    memory = block
  }

  deinit { memory.deallocate() }

  /// Lets each link lead to the next, and the last to the first, which is returned.
  static func close(_ links: [UnsafeMutablePointer<pgt_link>]) -> UnsafeMutablePointer<pgt_link> {
    for (index, link) in links.enumerated() {
      let next = links[index + 1 < links.count ? index + 1 : 0]
      link.initialize(to: pgt_link(next: next, value: UInt64(index)))
    }
    return links[0]
  }
}
