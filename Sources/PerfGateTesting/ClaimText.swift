import Foundation
import PerfGate

/// What a person reads in the output of a test.
enum ClaimText {
  /// Estimate, interval, limit, rounds, ceiling, machine, and where to begin to look.
  static func violated(_ claim: ClaimResult, _ record: Record?) -> String {
    var parts = [
      "claim \(claim.id) is violated: \(measured(claim)), claimed \(limit(claim)): \(claim.text)",
      "\(claim.rounds) rounds and \(claim.confirmationRounds) to confirm, "
        + "\(claim.discarded) pairs discarded",
    ]
    if let ceiling = claim.ceiling {
      parts.append(
        "the machine itself reaches \(number(ceiling)) \(interval(claim.ceilingInterval))")
    }
    if let part = claim.karpFlatt {
      parts.append(
        "as if a serial part of \(String(format: "%.1f", part * 100)) % held it back (Karp-Flatt)")
    }
    if let record {
      let cpus = claim.subject.flatMap(record.series)?.cpus ?? []
      let places =
        cpus.isEmpty ? "unpinned" : "cpus \(cpus.map(String.init).joined(separator: ","))"
      parts.append(
        "on \(record.machine.cpu), \(record.machine.cores) cores, \(places), "
          + "Swift \(record.tool.swift)")
    }
    parts.append("look at \(lookAt(claim))")
    return parts.joined(separator: "; ")
  }

  /// The numbers so far, and what is missing.
  static func inconclusive(_ claim: ClaimResult) -> String {
    let numbers = claim.estimate == nil ? "" : " \(measured(claim)), claimed \(limit(claim))"
    return "claim \(claim.id) is inconclusive:\(numbers) (\(claim.reason ?? "not decided"))"
  }

  /// The reason, with its numbers.
  static func notCheckable(_ claim: ClaimResult) -> String {
    let numbers = claim.estimate == nil ? "" : " (\(measured(claim)), claimed \(limit(claim)))"
    return "claim \(claim.id) is not checkable: \(claim.reason ?? "nothing was measured")\(numbers)"
  }

  private static func measured(_ claim: ClaimResult) -> String {
    let what = claim.kind == "flat" ? "ratio" : claim.kind
    let estimate = claim.estimate.map(number) ?? "unknown"
    let workers = claim.workers == 1 ? "1 worker" : "\(claim.workers) workers"
    return "\(what) \(estimate) \(interval(claim.interval)) at \(workers)"
  }

  private static func limit(_ claim: ClaimResult) -> String {
    let sign = claim.kind == "speedup" || claim.kind == "efficiency" ? ">=" : "<="
    return "\(sign) \(number(claim.limit))"
  }

  private static func lookAt(_ claim: ClaimResult) -> String {
    switch claim.kind {
    case "speedup", "efficiency":
      "locks, shared counters, memory that all workers write to, tasks of unequal length"
    case "flat": "copies of what is only to be handed over, allocation in each task"
    default: "what changed last in the code of \(claim.subject ?? "the subject")"
    }
  }

  private static func number(_ value: Double) -> String { String(format: "%.3f", value) }

  private static func interval(_ ends: [Double]?) -> String {
    guard let ends, ends.count == 2 else { return "[?, ?]" }
    let upper = ends[1] < .greatestFiniteMagnitude ? number(ends[1]) : "inf"
    return "[\(number(ends[0])), \(upper)]"
  }
}

extension String {
  /// The text in ASCII: the reader of a test's output drops a piece that is not whole UTF-8.
  var asASCII: String {
    if utf8.allSatisfy({ $0 < 0x80 }) { return self }
    return unicodeScalars.reduce(into: "") { text, scalar in
      text += scalar.isASCII ? String(scalar) : Self.spelled[scalar] ?? "?"
    }
  }

  private static let spelled: [Unicode.Scalar: String] = [
    "\u{2192}": "->", "\u{2264}": "<=", "\u{2265}": ">=", "\u{2013}": "-", "\u{2014}": "-",
    "\u{B7}": "-", "\u{D7}": "x", "\u{B1}": "+-", "\u{221E}": "inf", "\u{B5}": "u",
    "\u{3BC}": "u", "\u{2019}": "'", "\u{2026}": "...",
  ]
}
