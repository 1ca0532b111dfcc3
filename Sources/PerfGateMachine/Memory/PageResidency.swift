import CPerfGateSystem

/// On which memory nodes the pages of a buffer are.
package struct PageResidency: Hashable, Sendable, Codable, CustomStringConvertible {
  /// How the nodes were found.
  package enum Method: String, Hashable, Sendable, Codable {
    /// Page by page, from the kernel.
    case movePages = "move_pages"
    /// Page by page, through the policy call that needs fewer rights.
    case memoryPolicy = "get_mempolicy"
    /// From the mapping's line in `/proc/self/numa_maps`, which containers allow too.
    case numaMaps = "numa_maps"
    /// Not at all.
    case unknown
  }

  /// How many pages are on each node, by its number.
  package var pagesByNode: [Int: Int]
  /// Pages that have not been touched yet and are on no node.
  package var untouched: Int
  /// How the nodes were found.
  package var method: Method

  /// A residency from its parts.
  package init(pagesByNode: [Int: Int], untouched: Int = 0, method: Method) {
    self.pagesByNode = pagesByNode
    self.untouched = untouched
    self.method = method
  }

  /// The number of pages that are on some node.
  package var pages: Int { pagesByNode.values.reduce(0, +) }

  /// `node 0: 12, node 1: 3 pages (move_pages)`.
  package var description: String {
    guard method != .unknown else { return "unknown" }
    let nodes = pagesByNode.sorted { $0.key < $1.key }.map { "node \($0.key): \($0.value)" }
    let rest = untouched > 0 ? ", \(untouched) untouched" : ""
    return (nodes.isEmpty ? "0" : nodes.joined(separator: ", "))
      + " pages\(rest) (\(method.rawValue))"
  }

  /// Tries `move_pages`, then `numa_maps`, then `get_mempolicy`.
  static func read(base: UnsafeMutableRawPointer, pages: Int, pageBytes: Int) -> PageResidency {
    var nodes = [Int32](repeating: 0, count: pages)
    if pgp_page_nodes(base, pageBytes, pages, &nodes) == 0 {
      return counted(nodes, method: .movePages)
    }
    if let found = fromNumaMaps(start: UInt(bitPattern: base), pages: pages) { return found }
    // Last, because this call touches pages that are not touched yet.
    for page in 0..<pages {
      nodes[page] = pgp_page_node(base + page * pageBytes)
      if nodes[page] < 0 && nodes[page] != -ErrorNumber.badAddress {
        return PageResidency(pagesByNode: [:], method: .unknown)
      }
    }
    return counted(nodes, method: .memoryPolicy)
  }

  /// Counts pages by node; a negative number is an error: the page does not exist yet.
  private static func counted(_ nodes: [Int32], method: Method) -> PageResidency {
    var residency = PageResidency(pagesByNode: [:], method: method)
    for node in nodes {
      if node < 0 {
        residency.untouched += 1
      } else {
        residency.pagesByNode[Int(node), default: 0] += 1
      }
    }
    return residency
  }

  private static func fromNumaMaps(start: UInt, pages: Int) -> PageResidency? {
    guard let text = try? SystemTree(root: "/").text("/proc/self/numa_maps") else { return nil }
    return parsed(numaMaps: text, start: start, pages: pages)
  }

  /// Reads `7f2a00000000 default anon=512 dirty=512 N0=500 N1=12 kernelpagesize_kB=4`, which starts
  /// with the mapping's address in hexadecimal digits; nil where no line starts with `start`.
  package static func parsed(numaMaps text: String, start: UInt, pages: Int) -> PageResidency? {
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard let first = words.first, UInt(first, radix: 16) == start else { continue }
      var residency = PageResidency(pagesByNode: [:], method: .numaMaps)
      for word in words where word.first == "N" {
        let pair = word.dropFirst().split(separator: "=")
        if pair.count == 2, let node = Int(pair[0]), let count = Int(pair[1]) {
          residency.pagesByNode[node, default: 0] += count
        }
      }
      residency.untouched = Swift.max(0, pages - residency.pages)
      return residency
    }
    return nil
  }
}
