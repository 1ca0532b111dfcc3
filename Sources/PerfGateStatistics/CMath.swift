#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The few functions needed from the C math library; only this file knows its name on each platform.
enum CMath {
  static func log(_ x: Double) -> Double { _log(x) }
  static func log1p(_ x: Double) -> Double { _log1p(x) }
  static func exp(_ x: Double) -> Double { _exp(x) }
  static func atan(_ x: Double) -> Double { _atan(x) }
  /// The share of a standard normal distribution below x.
  static func normal(_ x: Double) -> Double { _erfc(-x / 2.0.squareRoot()) / 2 }
}

// Free functions, because inside the enum the bare names would mean its own members.
private func _log(_ x: Double) -> Double { log(x) }
private func _log1p(_ x: Double) -> Double { log1p(x) }
private func _exp(_ x: Double) -> Double { exp(x) }
private func _atan(_ x: Double) -> Double { atan(x) }
private func _erfc(_ x: Double) -> Double { erfc(x) }
