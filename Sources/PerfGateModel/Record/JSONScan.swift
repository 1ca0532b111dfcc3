/// Finds where the values of JSON text begin and end, without reading them.
///
/// Text that is no JSON may be taken for JSON; a decoder has to read whatever is used of it.
struct JSONScan {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var place: Int
  private let end: Int

  /// - Parameter range: where in the bytes the text is; `nil`: all of them.
  init(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>? = nil) {
    self.bytes = bytes
    place = range?.lowerBound ?? 0
    end = range?.upperBound ?? bytes.count
  }

  /// The members of the object that the text is.
  ///
  /// - Returns: the places of the names, without quotes, and of the values; `nil` if the text is no
  ///   object, or more follows it.
  mutating func members() -> [(name: Range<Int>, value: Range<Int>)]? {
    var all: [(name: Range<Int>, value: Range<Int>)] = []
    let isWhole = list(from: UInt8(ascii: "{"), to: UInt8(ascii: "}")) { scan in
      guard let member = scan.member() else { return false }
      all.append(member)
      return true
    }
    return isWhole ? all : nil
  }

  /// The place of the first value with a name; what follows it is not looked at.
  mutating func value(of name: StaticString) -> Range<Int>? {
    var found: Range<Int>?
    _ = list(from: UInt8(ascii: "{"), to: UInt8(ascii: "}")) { scan in
      guard let member = scan.member() else { return false }
      let isFound = name.withUTF8Buffer { $0.elementsEqual(scan.bytes[member.name]) }
      if isFound { found = member.value }
      return !isFound
    }
    return found
  }

  private mutating func member() -> (name: Range<Int>, value: Range<Int>)? {
    guard let name = self.value(), name.count >= 2, bytes[name.lowerBound] == Self.quote else {
      return nil
    }
    skipSpace()
    guard take(UInt8(ascii: ":")), let value = self.value() else { return nil }
    return (name.lowerBound + 1..<name.upperBound - 1, value)
  }

  /// The places of the elements of the list that the text is; `nil` if it is none.
  mutating func elements() -> [Range<Int>]? {
    var all: [Range<Int>] = []
    let isWhole = list(from: UInt8(ascii: "["), to: UInt8(ascii: "]")) { scan in
      guard let value = scan.value() else { return false }
      all.append(value)
      return true
    }
    return isWhole ? all : nil
  }

  private static let quote = UInt8(ascii: "\"")

  /// Reads what stands between brackets, separated by commas, to the end of the text.
  private mutating func list(
    from first: UInt8, to last: UInt8, _ element: (inout JSONScan) -> Bool
  ) -> Bool {
    skipSpace()
    guard take(first) else { return false }
    skipSpace()
    if !take(last) {
      repeat {
        guard element(&self) else { return false }
        skipSpace()
      } while take(UInt8(ascii: ","))
      guard take(last) else { return false }
    }
    skipSpace()
    return place == end
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard place < end, bytes[place] == byte else { return false }
    place += 1
    return true
  }

  private mutating func skipSpace() {
    while place < end, bytes[place] <= 0x20 { place += 1 }
  }

  /// Skips a value and tells where it is; `nil` if it does not end.
  private mutating func value() -> Range<Int>? {
    skipSpace()
    let start = place
    var depth = 0
    while place < end {
      if depth > 0 { skipNumbers() }
      guard place < end else { return nil }
      switch bytes[place] {
      case Self.quote:
        guard skipText() else { return nil }
        if depth == 0 { return start..<place }
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        // That of a number is the bracket around it.
        if depth == 0 { return start < place ? start..<place : nil }
        depth -= 1
        if depth == 0 {
          place += 1
          return start..<place
        }
      case UInt8(ascii: ","), 0...0x20:
        if depth == 0 { return start < place ? start..<place : nil }
      default: break
      }
      place += 1
    }
    return nil
  }

  /// Skips spaces, digits and what separates numbers, eight bytes at a time: most of a record. Each of
  /// them is below 0x3A, as no letter and no bracket is; so is a quote, which is looked for.
  private mutating func skipNumbers() {
    while let word = nextWord {
      let isHigh = (word | (word &+ Self.ones &* 0x46)) & Self.high != 0
      guard !isHigh, !Self.has(Self.quote, word) else { return }
      place += 8
    }
  }

  /// The next eight bytes; `nil` near the end.
  private var nextWord: UInt64? {
    guard place + 8 <= end, let base = bytes.baseAddress else { return nil }
    return UnsafeRawPointer(base).loadUnaligned(fromByteOffset: place, as: UInt64.self)
  }

  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let high: UInt64 = 0x8080_8080_8080_8080

  /// Whether one of eight bytes is this one.
  private static func has(_ byte: UInt8, _ word: UInt64) -> Bool {
    let other = word ^ (ones &* UInt64(byte))
    return (other &- ones) & ~other & high != 0
  }

  /// Skips a text in quotes.
  private mutating func skipText() -> Bool {
    place += 1
    while let word = nextWord, !Self.has(Self.quote, word), !Self.has(UInt8(ascii: "\\"), word) {
      place += 8
    }
    while place < end {
      let byte = bytes[place]
      place += byte == UInt8(ascii: "\\") ? 2 : 1
      if byte == Self.quote { return true }
    }
    return false
  }
}
