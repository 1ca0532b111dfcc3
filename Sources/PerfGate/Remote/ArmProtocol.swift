/// What every message of the arm protocol has in common: one line of printable ASCII, fields
/// separated by one space.
package enum ArmProtocol {
  /// The protocol's name and version.
  package static let version = "perfgate.arm/1"
  /// The most bytes of a line, without its end.
  package static let longestLine = 4096
  /// The most results that one request may ask for.
  package static let mostResults = 200

  /// How many lines follow the first line of an answer; 0 for what is none. Whoever reads them sets
  /// a limit.
  package static func linesFollowing(_ line: String) -> Int {
    let fields = line.split(separator: " ")
    switch fields.first {
    case "catalog", "results", "observed": return fields.count == 2 ? count(fields[1]) : 0
    case "sample": return fields.count == 5 ? count(fields[4]) : 0
    default: return 0
    }
  }

  private static func count(_ field: Substring) -> Int {
    WireText.number(field, in: 0...Int.max) ?? 0
  }

  /// Whether a name may be sent as it is.
  package static func isName(_ text: some StringProtocol) -> Bool { Catalog.isName(text) }
}

/// Numbers and texts as the arm protocol spells them.
package enum WireText {
  /// The name of an executor as a name of the protocol: `channel.16` for `channel:16`.
  package static func executor(_ name: String) -> String { name.replacing(":", with: ".") }

  /// The executor that a name of the protocol means.
  package static func executorName(_ text: String) -> String { text.replacing(".", with: ":") }

  /// A number of decimal digits that is in the range; `nil` for anything else.
  package static func number<Value: FixedWidthInteger>(
    _ text: some StringProtocol, in range: ClosedRange<Value>
  ) -> Value? {
    guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }),
      let value = Value(text), range ~= value
    else { return nil }
    return value
  }

  /// A word of 16 hexadecimal digits.
  package static func word(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// Reads a word of 16 hexadecimal digits; `nil` for anything else.
  package static func word(_ text: some StringProtocol) -> UInt64? {
    guard text.utf8.count == 16, text.utf8.allSatisfy({ isHexDigit($0) }) else { return nil }
    return UInt64(text, radix: 16)
  }

  /// The text with every byte that is not printable ASCII, and the percent sign, as `%` and two
  /// hexadecimal digits.
  ///
  /// - Parameters:
  ///   - spaces: whether spaces stay, as they may at the end of a line, but not in a field.
  ///   - limit: the most bytes of the outcome; the rest is cut off.
  package static func escaped(
    _ text: String, spaces: Bool = true, limit: Int = ArmProtocol.longestLine
  ) -> String {
    var bytes: [UInt8] = []
    for scalar in text.unicodeScalars {
      // Whole characters only: half of one would not be text.
      var part: [UInt8] = []
      for byte in String(scalar).utf8 {
        let isPlain = (0x21...0x7e).contains(byte) && byte != 0x25 || spaces && byte == 0x20
        part += isPlain ? [byte] : [0x25, hexDigit(byte >> 4), hexDigit(byte & 15)]
      }
      guard bytes.count + part.count <= limit else { break }
      bytes += part
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The text that was escaped; a percent sign without two hexadecimal digits stays as it is.
  package static func unescaped(_ text: some StringProtocol) -> String {
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if bytes[index] == 0x25, index + 2 < bytes.count, let high = value(bytes[index + 1]),
        let low = value(bytes[index + 2])
      {
        result.append(high << 4 | low)
        index += 3
      } else {
        result.append(bytes[index])
        index += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// A time in whole nanoseconds; 0 for what is no time.
  package static func nanoseconds(_ seconds: Double) -> UInt64 {
    UInt64(exactly: (max(0, seconds.isFinite ? seconds : 0) * 1e9).rounded()) ?? .max
  }

  private static func hexDigit(_ value: UInt8) -> UInt8 { value < 10 ? 48 + value : 55 + value }

  private static func isHexDigit(_ byte: UInt8) -> Bool { value(byte) != nil }

  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case 48...57: digit - 48
    case 65...70: digit - 55
    case 97...102: digit - 87
    default: nil
    }
  }
}
