/// Why a text is not a list of CPUs.
package enum CPUListError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A part between two commas is neither a number nor a range.
  case notANumber(part: String, list: String)
  /// A range runs backwards.
  case backwards(part: String, list: String)
  /// A number is above `CPUSet.maximum`.
  case tooLarge(part: String, list: String)
  /// A number is given twice where the order matters.
  case repeated(number: Int, list: String)

  /// One line: the faulty part, the list, and what is expected.
  package var description: String {
    switch self {
    case .notANumber(let part, let list):
      "'\(part)' in '\(list)' is not a cpu number or range; expected a list such as 0-3,8"
    case .backwards(let part, let list):
      "range '\(part)' in '\(list)' runs backwards; write the smaller number first"
    case .tooLarge(let part, let list):
      "'\(part)' in '\(list)' is above the largest cpu number, \(CPUSet.maximum)"
    case .repeated(let number, let list):
      "cpu \(number) is named twice in '\(list)'; name each cpu once"
    }
  }
}

/// Reads lists such as `0-3,8`, as the kernel and people write them.
enum CPUList {
  /// The ranges of a list, in the order in which they are written; empty for a blank text.
  static func ranges(_ text: some StringProtocol) throws(CPUListError) -> [ClosedRange<Int>] {
    let list = abbreviated(trimmed(text))
    guard !trimmed(text).isEmpty else { return [] }
    var ranges: [ClosedRange<Int>] = []
    for piece in trimmed(text).split(separator: ",", omittingEmptySubsequences: false) {
      let part = trimmed(piece)
      let ends = part.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
      guard let low = number(ends[0]), let high = number(ends[ends.count - 1]) else {
        throw .notANumber(part: abbreviated(part), list: list)
      }
      guard low <= CPUSet.maximum, high <= CPUSet.maximum else {
        throw .tooLarge(part: abbreviated(part), list: list)
      }
      guard low <= high else { throw .backwards(part: part, list: list) }
      ranges.append(low...high)
    }
    return ranges
  }

  /// The numbers in the order in which they are written; a repeated number is an error.
  static func ordered(_ text: some StringProtocol) throws(CPUListError) -> [Int] {
    var seen = CPUSet()
    var numbers: [Int] = []
    for range in try ranges(text) {
      for number in range {
        guard seen.insert(number).inserted else {
          throw .repeated(number: number, list: abbreviated(trimmed(text)))
        }
        numbers.append(number)
      }
    }
    return numbers
  }

  /// A number of digits only; one too long for `Int` becomes `Int.max`, which every caller refuses.
  private static func number(_ text: some StringProtocol) -> Int? {
    guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    return Int(text) ?? Int.max
  }
}

/// The text without surrounding blanks, line ends and NULs.
func trimmed(_ text: some StringProtocol) -> String {
  let blank: (Character) -> Bool = { $0.isWhitespace || $0 == "\0" }
  return String(text.drop(while: blank).reversed().drop(while: blank).reversed())
}

/// The text, cut so that a damaged file does not fill the screen.
func abbreviated(_ text: String) -> String {
  text.count <= 60 ? text : text.prefix(60) + "…"
}

extension CPUSet {
  /// Reads a list such as `0-3,8`; a blank text is the empty set.
  package init(parsing text: some StringProtocol) throws(CPUListError) {
    self.init()
    for range in try CPUList.ranges(text) {
      for number in range { insert(number) }
    }
  }
}

extension CPUSet {
  /// Reads a mask as the kernel writes it, `00000001,0000ff0f`: groups of 32 bits in hexadecimal
  /// digits, the highest first; nil for anything else, and for numbers above `maximum`.
  init?(mask text: some StringProtocol) {
    let groups = trimmed(text).split(separator: ",", omittingEmptySubsequences: false)
    guard groups.count <= (Self.maximum + 1) / 32 else { return nil }
    self.init()
    for (index, group) in groups.reversed().enumerated() {
      guard !group.isEmpty, group.utf8.count <= 8, group.allSatisfy(\.isHexDigit),
        let bits = UInt32(group, radix: 16)
      else { return nil }
      for bit in 0..<32 where bits & (1 << UInt32(bit)) != 0 { insert(32 * index + bit) }
    }
  }
}

extension CPUSet: CustomStringConvertible {
  /// The list as the kernel writes it, `0-3,8`; empty for the empty set.
  package var description: String {
    var parts: [String] = []
    var start: Int?
    var previous = -2
    func close() {
      guard let start else { return }
      parts.append(start == previous ? "\(start)" : "\(start)-\(previous)")
    }
    for number in self {
      if number != previous + 1 {
        close()
        start = number
      }
      previous = number
    }
    close()
    return parts.joined(separator: ",")
  }
}

extension CPUSet: Codable {
  /// Reads the list from its text.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    do {
      try self.init(parsing: container.decode(String.self))
    } catch let error as CPUListError {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: error.description)
    }
  }

  /// Writes the list as its text.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
