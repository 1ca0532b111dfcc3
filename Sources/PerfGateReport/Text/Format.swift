import PerfGateModel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Formats numbers for people.
package enum Format {
  /// `1.234`, with this many digits after the point.
  package static func fixed(_ value: Double, _ digits: Int) -> String {
    let scale = pow(10, Double(digits))
    let scaled = (abs(value) * scale).rounded()
    // Digits after the point of a larger number mean nothing, and it would not fit into an Int.
    guard value.isFinite, scaled < 9e18 else { return "\(value)" }
    let whole = String(Int(scaled))
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard digits > 0 else { return sign + whole }
    let padded = String(repeating: "0", count: max(0, digits + 1 - whole.count)) + whole
    return sign + padded.dropLast(digits) + "." + padded.suffix(digits)
  }

  /// A time in seconds, with a fitting unit: `12.3 ms`.
  package static func seconds(_ value: Double) -> String {
    let (scaled, unit) =
      switch abs(value) {
      case 1...: (value, "s")
      case 1e-3..<1: (value * 1e3, "ms")
      case 1e-6..<1e-3: (value * 1e6, "us")
      default: (value * 1e9, "ns")
      }
    return shown(scaled, digits(scaled)) + " " + unit
  }

  /// The number of digits after the point for three significant digits, from 0.
  private static func digits(_ value: Double) -> Int {
    switch abs(value) {
    case 100...: 0
    case 10..<100: 1
    default: 2
    }
  }

  /// The value of a stored session with its interval; of counts the number, or both ends.
  static func stored(_ value: Double, _ interval: [Double], of entry: Baseline.Entry) -> String {
    entry.counter == nil ? self.value(value, interval) : counted(value, interval)
  }

  /// What was counted: `3`, or `3 to 5` where calls differ.
  package static func counted(_ most: Double, _ ends: [Double]?) -> String {
    let whole = { count(Reason.wholeNumber($0)) }
    guard let least = ends?.first, least < most else { return whole(most) }
    return "\(whole(least)) to \(whole(most))"
  }

  /// `3.2 [3.1, 3.4] MB`: bytes and their interval; in kB where the limit that they are about is small.
  package static func bytes(_ bytes: Double, _ ends: [Double]?, limit: Double) -> String {
    let (scale, unit) = limit < 1e6 ? (1e3, "kB") : (1e6, "MB")
    let digits = limit < scale ? 3 : 1
    let range = ends.map { ends in
      " " + interval(ends.map { min($0 / scale, .greatestFiniteMagnitude) }, digits)
    }
    return "\(fixed(bytes / scale, digits))\(range ?? "") \(unit)"
  }

  /// `12,345,678`.
  package static func count(_ value: Int) -> String {
    var groups: [Substring] = []
    var digits = Substring(String(value.magnitude))
    while digits.count > 3 {
      groups.insert(digits.suffix(3), at: 0)
      digits = digits.dropLast(3)
    }
    groups.insert(digits, at: 0)
    return (value < 0 ? "-" : "") + groups.joined(separator: ",")
  }

  /// `[0.99, 1.01]`.
  package static func interval(_ ends: [Double]?, _ digits: Int) -> String {
    guard let ends, ends.count == 2 else { return "" }
    let upper = ends[1] < .greatestFiniteMagnitude ? fixed(ends[1], digits) : "∞"
    return "[\(fixed(ends[0], digits)), \(upper)]"
  }

  /// `1.002 [0.99, 1.01]`: a value and its interval.
  ///
  /// A small value gets more digits, until two are significant, and the ends get more until they
  /// differ. The printed value lies inside its printed interval.
  ///
  /// - Parameters:
  ///   - ends: the interval, the lower end first; `nil` prints the value alone.
  ///   - digits: the fewest digits after the point, of the value and of its ends.
  package static func value(
    _ value: Double, _ ends: [Double]?, _ digits: (value: Int, ends: Int) = (3, 2)
  ) -> String {
    var (ofValue, ofEnds) = digits
    while ofValue < mostDigits, value != 0, abs(value) * pow(10, Double(ofValue)) < 9.95 {
      ofValue += 1
    }
    guard let ends, ends.count == 2 else { return fixed(value, ofValue) }
    let isPoint = ends[1] - ends[0] <= 1e-4 * abs(value)
    while ofEnds < mostDigits {
      let (lower, upper) = (printed(ends[0], ofEnds), printed(ends[1], ofEnds))
      let middle = printed(value, max(ofValue, ofEnds))
      if lower <= middle, middle <= upper, isPoint || lower < upper { break }
      ofEnds += 1
    }
    // A value with as many digits as its ends is rounded like them, and stays between them.
    return "\(fixed(value, max(ofValue, ofEnds))) \(interval(ends, ofEnds))"
  }

  /// The number that the printed text means.
  private static func printed(_ value: Double, _ digits: Int) -> Double {
    Double(fixed(value, digits)) ?? value
  }

  /// `1.05`, with two digits after the point, or as many as the limit was written with.
  package static func limit(_ value: Double) -> String {
    let digits = (2...mostDigits).first { Double(fixed(value, $0)) == value }
    return fixed(value, digits ?? 2)
  }

  /// The most digits after the point: no measured value is more precise.
  private static let mostDigits = 12

  /// `98.5 %` for a share of 0.985.
  package static func percent(_ share: Double, _ digits: Int = 0) -> String {
    fixed(share * 100, digits) + " %"
  }

  /// `1 worker`, `2 workers`.
  static func workers(_ count: Int) -> String { count == 1 ? "1 worker" : "\(count) workers" }

  /// `0,1,2` or `0-11`: the CPUs in worker order, with consecutive numbers as ranges.
  package static func cpus(_ numbers: [Int]) -> String {
    guard !numbers.isEmpty else { return "not pinned" }
    var parts: [String] = []
    var index = 0
    while index < numbers.count {
      var end = index
      while end + 1 < numbers.count, numbers[end] < .max, numbers[end + 1] == numbers[end] + 1 {
        end += 1
      }
      if end - index >= 2 {
        parts.append("\(numbers[index])-\(numbers[end])")
        index = end + 1
      } else {
        parts.append("\(numbers[index])")
        index += 1
      }
    }
    return parts.joined(separator: ",")
  }
}

extension Format {
  /// The time of a call: `0.25 ms`, `3.1 s`.
  package static func callTime(_ seconds: Double) -> String {
    let (value, unit) = seconds < 1 ? (seconds * 1000, "ms") : (seconds, "s")
    return "\((value * 100).rounded() / 100) \(unit)"
  }
}
