import Foundation
import PerfGateStatistics

// A changed byte makes most JSON no JSON. So most of the time one value of the document is changed
// instead, and what is behind the parser is reached.

@_silgen_name("LLVMFuzzerMutate")
func mutateBytes(_ data: UnsafeMutablePointer<UInt8>, _ count: Int, _ most: Int) -> Int

/// libFuzzer asks this for each next input; it is a function of input and seed alone.
@_cdecl("LLVMFuzzerCustomMutator")
func mutate(
  _ data: UnsafeMutablePointer<UInt8>, _ count: Int, _ most: Int, _ seed: UInt32
) -> Int {
  var mutation = Mutation(seed: UInt64(seed))
  guard !mutation.isOfBytes,
    let changed = mutation.changed(Data(UnsafeBufferPointer(start: data, count: count))),
    changed.count <= most
  else { return mutateBytes(data, count, most) }
  changed.copyBytes(to: data, count: changed.count)
  return changed.count
}

/// A change of a few values of a JSON document.
struct Mutation {
  private var random: SplitMix64
  /// How many values are still to be visited before the one that is changed.
  private var ahead = 0
  /// All texts of the document: names of series and groups must meet each other.
  private var texts: [String] = []

  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  /// One change of four is of bytes.
  var isOfBytes: Bool { mutating get { random.nextIndex(below: 4) == 0 } }

  /// The document with one to three changes; `nil` when it is no JSON.
  mutating func changed(_ data: Data) -> Data? {
    guard var value = try? JSONSerialization.jsonObject(with: data) else { return nil }
    for _ in 0...random.nextIndex(below: 3) {
      texts = []
      ahead = random.nextIndex(below: max(1, count(value)))
      value = visited(value)
    }
    guard JSONSerialization.isValidJSONObject(value) else { return nil }
    return try? JSONSerialization.data(withJSONObject: value, options: .sortedKeys)
  }

  /// Counts values and collects texts.
  private mutating func count(_ value: Any) -> Int {
    if let text = value as? String { texts.append(text) }
    if let list = value as? [Any] { return list.reduce(1) { $0 + count($1) } }
    if let object = value as? [String: Any] {
      return object.keys.sorted().reduce(1) { $0 + count(object[$1] ?? NSNull()) }
    }
    return 1
  }

  private mutating func visited(_ value: Any) -> Any {
    ahead -= 1
    if ahead == -1 { return replacement(value) }
    guard ahead >= 0 else { return value }
    if let list = value as? [Any] { return list.map { visited($0) } }
    guard var object = value as? [String: Any] else { return value }
    for key in object.keys.sorted() { object[key] = visited(object[key] ?? NSNull()) }
    return object
  }

  private mutating func replacement(_ value: Any) -> Any {
    if random.nextIndex(below: 16) == 0 { return NSNull() }
    if let list = value as? [Any] { return replacement(list) }
    if var object = value as? [String: Any] {
      if let key = pick(object.keys.sorted()) { object[key] = nil }
      return object
    }
    if let text = value as? String { return replacement(text) }
    if let number = value as? NSNumber { return replacement(number) }
    return pick(Self.numbers) ?? 0
  }

  /// Without an element, with one twice, or with two of them exchanged.
  private mutating func replacement(_ list: [Any]) -> [Any] {
    guard !list.isEmpty else { return list }
    var list = list
    let (one, other) = (random.nextIndex(below: list.count), random.nextIndex(below: list.count))
    switch random.nextIndex(below: 4) {
    case 0: list.remove(at: one)
    case 1: list.insert(list[one], at: other)
    case 2: list.swapAt(one, other)
    default: list.removeSubrange(one...)
    }
    return list
  }

  private mutating func replacement(_ text: String) -> String {
    switch random.nextIndex(below: 4) {
    case 0: return pick(Self.words) ?? ""
    case 1: return text + (pick(Self.words) ?? "")
    case 2: return String(text.dropLast(random.nextIndex(below: text.count + 1)))
    default: return pick(texts) ?? text
    }
  }

  private mutating func replacement(_ number: NSNumber) -> Any {
    switch random.nextIndex(below: 8) {
    case 0: return number.int64Value &+ 1
    case 1: return number.int64Value &- 1
    case 2: return number.doubleValue * 2
    case 3: return number.doubleValue / 3
    case 4: return -number.doubleValue
    case 5: return !number.boolValue
    default: return pick(Self.numbers) ?? 0
    }
  }

  private mutating func pick<Value>(_ values: [Value]) -> Value? {
    values.isEmpty ? nil : values[random.nextIndex(below: values.count)]
  }

  /// Numbers at the ends of their types, and of what the readers accept.
  private static let numbers: [any Sendable] = [
    0, 1, 2, 3, 7, 8, 10, 50, 1000, -1, Int.max, Int.min, Int.max - 1, UInt64.max, 1 << 31, 1 << 53,
    0.5, 0.02, 1e-12, 1e9, 1e15, 1e18, 1e19, 1e30, 1e-30, 1e308, -1e308,
    Double.leastNonzeroMagnitude,
    Double.greatestFiniteMagnitude,
  ]

  private static let words = [
    "", " ", "a", "q", "\n", "\u{0}", "\u{1B}[0m", "é", "👩‍👧", "\u{202E}", "|", "<", "::", "%",
    "@9x5",
    "#confirmation", "ratio", "speedup", "efficiency", "flat", "baseline", "pool", "tickets",
    "handoff", "0-3,8", "0-99999", "2026-01-02T03:04:05Z",
  ]
}
