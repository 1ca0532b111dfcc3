import PerfGateMachine

/// A line of the answer to `observe`: what one worker of an executor has seen of its placement.
///
/// `EXECUTOR WORKER THREAD MASK BEFORE AFTER MIGRATIONS BINDING METHOD UNTOUCHED PAGES`, such as
/// `pool 0 4711 0 0 0 0 mbind move_pages 2 0:12,1:3`; `-` for what is not known.
package struct WireObservation: Hashable, Sendable {
  /// The executor's name.
  package var executor: String
  /// What the worker has seen.
  package var seen: PlacementObservation

  package init(executor: String, seen: PlacementObservation) {
    self.executor = executor
    self.seen = seen
  }

  /// The line.
  package var line: String {
    func text(_ number: Int?) -> String { number.map { "\($0)" } ?? "-" }
    let pages = seen.residency?.pagesByNode.sorted { $0.key < $1.key }
      .map { "\($0.key):\($0.value)" }
    return [
      WireText.executor(executor), "\(seen.worker)", "\(seen.thread)",
      seen.mask.map { $0.isEmpty ? "none" : "\($0)" } ?? "-",
      text(seen.cpuBefore), text(seen.cpuAfter), text(seen.migrations),
      seen.binding.map(Self.text) ?? "-", seen.residency?.method.rawValue ?? "-",
      text(seen.residency?.untouched),
      pages.map { $0.isEmpty ? "none" : $0.joined(separator: ",") } ?? "-",
    ].joined(separator: " ")
  }

  private static func text(_ binding: NodeBuffer.Binding) -> String {
    switch binding {
    case .bound(throughLibnuma: true): "libnuma"
    case .bound(throughLibnuma: false): "mbind"
    case .firstTouch(nil): "touch"
    case .firstTouch(let number?): "touch:\(number)"
    }
  }
}

// MARK: - Reading

extension WireObservation {
  /// Reads a line; `nil` for anything else.
  package init?(_ line: String) {
    let fields = line.split(separator: " ", omittingEmptySubsequences: false)
    guard fields.count == 11, ArmProtocol.isName(fields[0]),
      let worker = WireText.number(fields[1], in: 0...Int.max),
      let thread = WireText.number(fields[2], in: 0...Int.max),
      let mask = Self.known(fields[3], Self.mask),
      let before = Self.known(fields[4], Self.number),
      let after = Self.known(fields[5], Self.number),
      let migrations = Self.known(fields[6], Self.number),
      let binding = Self.known(fields[7], Self.binding),
      let residency = Self.residency(fields[8...])
    else { return nil }
    executor = WireText.executorName(String(fields[0]))
    seen = PlacementObservation(
      worker: worker, thread: thread, mask: mask, cpuBefore: before, cpuAfter: after,
      migrations: migrations, residency: residency, binding: binding)
  }

  /// `.some(nil)` for `-`, `nil` for what cannot be read.
  private static func known<Value>(_ text: Substring, _ read: (Substring) -> Value?) -> Value?? {
    text == "-" ? .some(nil) : read(text).map { .some($0) }
  }

  private static func number(_ text: Substring) -> Int? { WireText.number(text, in: 0...Int.max) }

  private static func mask(_ text: Substring) -> CPUSet? {
    text == "none" ? CPUSet() : try? CPUSet(parsing: text)
  }

  private static func binding(_ text: Substring) -> NodeBuffer.Binding? {
    switch text {
    case "libnuma": return .bound(throughLibnuma: true)
    case "mbind": return .bound(throughLibnuma: false)
    case "touch": return .firstTouch(blockedBy: nil)
    default:
      guard text.hasPrefix("touch:") else { return nil }
      return WireText.number(text.dropFirst(6), in: 0...Int32.max).map {
        .firstTouch(blockedBy: $0)
      }
    }
  }

  /// `.some(nil)` for three times `-`.
  private static func residency(_ fields: ArraySlice<Substring>) -> PageResidency?? {
    if fields.allSatisfy({ $0 == "-" }) { return .some(nil) }
    let words = Array(fields)
    guard let method = PageResidency.Method(rawValue: String(words[0])),
      let untouched = number(words[1])
    else { return nil }
    var pages: [Int: Int] = [:]
    for part in words[2] == "none" ? [] : words[2].split(separator: ",") {
      let pair = part.split(separator: ":", omittingEmptySubsequences: false)
      guard pair.count == 2, let node = number(pair[0]), let count = number(pair[1]) else {
        return nil
      }
      pages[node] = count
    }
    return PageResidency(pagesByNode: pages, untouched: untouched, method: method)
  }
}
