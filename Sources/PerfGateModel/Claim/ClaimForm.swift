#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What a kind of claim makes of a ratio of two times: all that is needed to judge a stored record.
///
/// Adding a kind of claim is a file beside this one, with its form, and a row in `all`.
public struct ClaimForm: Sendable {
  /// Which side of the limit the value must be on.
  public enum Direction: Hashable, Sendable {
    /// A larger value is the better one.
    case atLeast
    /// A smaller value is the better one.
    case atMost
  }

  /// The word for it in a record: `ratio`.
  public let name: String
  /// Which side of the limit the value must be on.
  public let direction: Direction
  /// Whether the claim is about what more workers gain, so that the machine's own gain must be known.
  public let isScaling: Bool
  /// Whether workers divide the same work among them, so that a serial part explains what is missing.
  package let dividesWork: Bool
  /// Whether the claim sets one variant beside another.
  package let comparesVariants: Bool
  /// What stands behind its value in a sentence: `times as fast`; `nil`: its name stands before it.
  package let unit: String?
  /// What usually makes it violated; `nil`: whatever changed last in the code that is judged.
  package let usualCause: String?
  private let logBound: @Sendable (_ limit: Double, _ workers: Int) -> Double
  private let makeValue: @Sendable (_ quotient: Double, _ workers: Int) -> Double

  init(
    _ name: String, _ direction: Direction, isScaling: Bool = false, dividesWork: Bool = false,
    comparesVariants: Bool = false, unit: String? = nil, usualCause: String? = nil,
    logBound: @escaping @Sendable (_ limit: Double, _ workers: Int) -> Double,
    value: @escaping @Sendable (_ quotient: Double, _ workers: Int) -> Double
  ) {
    self.name = name
    self.direction = direction
    self.isScaling = isScaling
    self.dividesWork = dividesWork
    self.comparesVariants = comparesVariants
    self.unit = unit
    self.usualCause = usualCause
    self.logBound = logBound
    makeValue = value
  }

  /// Every kind of claim.
  package static let all: [ClaimForm] = [
    .ratio, .faster, .speedup, .efficiency, .weakScaling, .flat, .baseline,
  ]

  /// What `ln(T_reference / T_subject)`, for one task each, must be above.
  package func bound(limit: Double, workers: Int) -> Double { logBound(limit, workers) }

  /// The claim's own number from `T_reference / T_subject`, for one task each.
  package func value(_ quotient: Double, workers: Int) -> Double { makeValue(quotient, workers) }
}

extension ClaimForm: Hashable, CustomStringConvertible, Codable {
  /// Forms are told apart by their names.
  public static func == (first: ClaimForm, second: ClaimForm) -> Bool { first.name == second.name }

  /// Forms are told apart by their names.
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }

  /// The word for it.
  public var description: String { name }

  /// Reads the word; one that names no kind of claim is refused.
  public init(from decoder: any Decoder) throws {
    let name = try decoder.singleValueContainer().decode(String.self)
    guard let form = Self.all.first(where: { $0.name == name }) else {
      let known = Self.all.map(\.name).joined(separator: ", ")
      throw DamagedValue(
        path: decoder.codingPath, problem: "is \(name.prefix(60)), expected \(known)")
    }
    self = form
  }

  /// Writes the word.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(name)
  }
}

/// The natural logarithm, for values that are compared as logarithms.
package func naturalLog(_ value: Double) -> Double { log(value) }

/// The number that has a natural logarithm.
package func exponential(_ logarithm: Double) -> Double { exp(logarithm) }
