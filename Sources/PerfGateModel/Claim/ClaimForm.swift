import PerfGateStatistics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How a kind of claim turns a ratio of two times into its value: enough to judge a stored record.
///
/// To add a kind of claim, add a file to this folder with its form, and a row to `all`.
public struct ClaimForm: Sendable {
  /// Which side of the limit the value must be on.
  public enum Direction: Hashable, Sendable {
    /// A larger value is better.
    case atLeast
    /// A smaller value is better.
    case atMost
  }

  /// Its name in a record: `ratio`.
  public let name: String
  /// Which side of the limit the value must be on.
  public let direction: Direction
  /// Whether the claim is about scaling, so that the machine's own speedup must be known.
  public let isScaling: Bool
  /// Whether workers divide the same work, so that a serial part can explain a missing speedup.
  package let dividesWork: Bool
  /// Whether the claim compares two variants.
  package let comparesVariants: Bool
  /// Whether its value is a number of bytes, and not a ratio of times.
  public let isOfBytes: Bool
  /// What is counted for it; `nil`: it is decided by times or memory.
  public let counter: Counter?
  /// How often it may hold although the truth is the limit.
  package let holdingAlpha: Double
  /// The words after its value in a sentence, such as `times as fast`; `nil`: its name comes before
  /// it.
  package let unit: String?
  /// What usually makes such a claim violated; `nil`: the latest changes to the judged code.
  package let usualCause: String?
  private let logBound: @Sendable (_ limit: Double, _ workers: Int) -> Double
  private let makeValue: @Sendable (_ quotient: Double, _ workers: Int) -> Double

  init(
    _ name: String, _ direction: Direction, isScaling: Bool = false, dividesWork: Bool = false,
    comparesVariants: Bool = false, isOfBytes: Bool = false, counter: Counter? = nil,
    holdingAlpha: Double = SequentialPlan.holdingAlpha, unit: String? = nil,
    usualCause: String? = nil,
    logBound: @escaping @Sendable (_ limit: Double, _ workers: Int) -> Double,
    value: @escaping @Sendable (_ quotient: Double, _ workers: Int) -> Double
  ) {
    self.name = name
    self.direction = direction
    self.isScaling = isScaling
    self.dividesWork = dividesWork
    self.comparesVariants = comparesVariants
    self.isOfBytes = isOfBytes
    self.counter = counter
    self.holdingAlpha = holdingAlpha
    self.unit = unit
    self.usualCause = usualCause
    self.logBound = logBound
    makeValue = value
  }

  /// Every kind of claim.
  package static let all: [ClaimForm] = [
    .ratio, .faster, .limit, .speedup, .efficiency, .weakScaling, .flat, .memory, .allocations,
    .allocatedBytes, .retains, .instructions, .valgrindInstructions, .revision, .baseline,
  ]

  /// Whether times decide it.
  package var isOfTime: Bool { !isOfBytes && counter == nil }

  /// The bound that `ln(T_reference / T_subject)`, for one task each, must exceed.
  package func bound(limit: Double, workers: Int) -> Double { logBound(limit, workers) }

  /// The claim's value from `T_reference / T_subject`, for one task each.
  package func value(_ quotient: Double, workers: Int) -> Double { makeValue(quotient, workers) }
}

extension ClaimForm: Hashable, CustomStringConvertible, Codable {
  /// Forms are told apart by their names.
  public static func == (first: ClaimForm, second: ClaimForm) -> Bool { first.name == second.name }

  /// Forms are told apart by their names.
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }

  /// Its name.
  public var description: String { name }

  /// Reads the name. Refuses an unknown kind of claim, and names it.
  public init(from decoder: any Decoder) throws {
    let name = try decoder.singleValueContainer().decode(String.self)
    guard let form = Self.all.first(where: { $0.name == name }) else {
      let known = Self.all.map(\.name).joined(separator: ", ")
      throw DamagedValue(
        path: decoder.codingPath, problem: "is \(name.prefix(60)), expected \(known)")
    }
    self = form
  }

  /// Writes the name.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(name)
  }
}

/// The natural logarithm.
package func naturalLog(_ value: Double) -> Double { log(value) }

/// The exponential function, the inverse of the natural logarithm.
package func exponential(_ logarithm: Double) -> Double { exp(logarithm) }
