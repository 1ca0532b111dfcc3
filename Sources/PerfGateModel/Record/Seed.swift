/// A seed in a record.
///
/// Programs that read all JSON numbers as floating point lose the last digits of a 64-bit number:
/// they write `18446744073709552000` for the largest. Such a record is still accepted, because no
/// result depends on the last digits of its seed.
@propertyWrapper
public struct Seed: Codable, Hashable, Sendable {
  /// The seed.
  public var wrappedValue: UInt64

  /// Wraps a seed.
  public init(wrappedValue: UInt64) { self.wrappedValue = wrappedValue }

  /// Reads a whole number from 0, or the nearest seed of one that lost its last digits.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let exact = try? container.decode(UInt64.self) {
      wrappedValue = exact
      return
    }
    let rounded = try container.decode(Double.self)
    guard rounded >= 0, rounded <= 0x1p64, rounded == rounded.rounded() else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "expected a whole number from 0")
    }
    wrappedValue = UInt64(exactly: rounded) ?? .max
  }

  /// Writes all digits.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(wrappedValue)
  }
}
