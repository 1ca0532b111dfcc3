import CPerfGateTrustPlants
import PerfGate

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Follows a list of small allocations. They fill holes of the heap that a program left when it
/// removed what it found in a `Set`, and the order of a `Set` is drawn in each process.
enum DrawnNodes: DrawnKernel {
  static let name = "drawn.nodes"

  private static let blocks = 4096
  private static let nodes = 340
  private static let bytes = 56
  /// Multiplications after each pass, whose time is not drawn.
  private static let steps: Int64 = 1300

  static func makeInput(size: Int, seed: UInt64) -> DrawnInput<Nodes> {
    var blocks = (0..<Self.blocks).map { _ in malloc(bytes) }
    for index in Set(0..<Self.blocks).prefix(4 * nodes) {
      free(blocks[index])
      blocks[index] = nil
    }
    defer { for block in blocks { free(block) } }
    // Both lists grow at the same time, so neither has the better places.
    let all = (0..<2 * nodes).map { _ in Nodes.allocate(bytes: bytes) }
    return DrawnInput(
      copies: Copies { copy in
        Nodes(all.indices.filter { $0 % 2 == copy }.map { all[$0] })
      }, size: size)
  }

  static func run(_ nodes: Nodes, passes: Int) -> UInt64 {
    pgt_follow_ring(nodes.first, Int64(passes), steps)
  }
}

/// A ring of links, each allocated by itself.
final class Nodes: Sendable {
  // Nothing writes to the links after `init`.
  nonisolated(unsafe) let first: UnsafePointer<pgt_link>
  nonisolated(unsafe) private let links: [UnsafeMutablePointer<pgt_link>]

  /// - Parameter links: at least one; they are freed with the ring.
  init(_ links: [UnsafeMutablePointer<pgt_link>]) {
    self.links = links
    first = UnsafePointer(Ring.close(links))
  }

  /// Memory for a link, of this many bytes, at least those of a link.
  static func allocate(bytes: Int) -> UnsafeMutablePointer<pgt_link> {
    guard let memory = malloc(bytes) else { preconditionFailure("no memory for \(bytes) bytes") }
    return memory.bindMemory(to: pgt_link.self, capacity: 1)
  }

  deinit { for link in links { free(link) } }
}
