import Foundation
import PerfGate
import PerfGateReport

/// What a person reads in the output of a test.
enum TestText {
  /// The code of a record's note that names other processes.
  static let neighbours = "neighbours"

  /// Estimate, interval, limit, rounds, ceiling, machine, and where to begin to look.
  static func violated(_ claim: ClaimResult, _ record: Record) -> String {
    var parts = [
      "claim \(claim.id) is violated: \(kind(claim))\(ClaimText.message(claim, in: record))",
      "\(claim.discarded) \(claim.discarded == 1 ? "pair" : "pairs") discarded",
    ]
    if let part = claim.karpFlatt {
      parts.append(
        "as if a serial part of \(String(format: "%.1f", part * 100)) % held it back (Karp-Flatt)")
    }
    if let cpus = claim.subject.flatMap(record.series)?.cpus, !cpus.isEmpty {
      parts.append("ran on cpus \(cpus.map(String.init).joined(separator: ","))")
    }
    return (parts + ["look at \(lookAt(claim, record))"]).joined(separator: "; ")
      + notes(record, CallLimits.copies)
  }

  /// The numbers that show it.
  static func holds(_ claim: ClaimResult, _ record: Record) -> String {
    "\(claim.id) holds: \(kind(claim))\(ClaimText.message(claim, in: record))"
      + notes(record, CallLimits.copies)
  }

  /// What the figure is, unless that stands behind it: `10.3 times as fast`.
  private static func kind(_ claim: ClaimResult) -> String {
    claim.kind.unit == nil ? "\(claim.kind) " : ""
  }

  /// The notes of a code, each behind a semicolon.
  private static func notes(_ record: Record, _ codes: String...) -> String {
    record.notes.filter { codes.contains($0.code) }.map { "; \($0.text)" }.joined()
  }

  /// Why it is not decided, with the numbers so far.
  static func open(_ claim: ClaimResult, _ record: Record) -> String {
    "claim \(claim.id) is \(ClaimText.message(claim, in: record))"
      + notes(record, neighbours, CallLimits.copies)
  }

  /// The closure that is judged; `nil` when it is a variant of a kernel.
  private static func closure(of claim: ClaimResult, _ record: Record) -> String? {
    // A claim's closures are a kernel of its name.
    claim.subject.flatMap(record.series).flatMap { $0.kernel == claim.id ? $0.variant : nil }
  }

  /// A closure as it is written in the test: `of:`, or the only one.
  static func closure(_ name: String) -> String { ClosureCalls.words(name) }

  private static func lookAt(_ claim: ClaimResult, _ record: Record) -> String {
    if let cause = claim.kind.usualCause { return cause }
    if let closure = closure(of: claim, record) {
      return "what changed last in the code that \(self.closure(closure)) calls"
    }
    let series = claim.subject.flatMap(record.series)
    return "what changed last" + (series.map { " in \($0.kernel)/\($0.variant)" } ?? "")
  }
}

extension String {
  /// The text on one line in ASCII: the reader of a test's output drops a piece that is not whole UTF-8,
  /// and what is in names reaches a terminal or a log.
  var asASCII: String {
    let line = VisibleText.logLine(self)
    if line.utf8.allSatisfy({ $0 < 0x80 }) { return line }
    return line.unicodeScalars.reduce(into: "") { text, scalar in
      text += scalar.isASCII ? String(scalar) : Self.spelled[scalar] ?? "?"
    }
  }

  private static let spelled: [Unicode.Scalar: String] = [
    "\u{2192}": "->", "\u{2264}": "<=", "\u{2265}": ">=", "\u{2013}": "-", "\u{2014}": "-",
    "\u{B7}": "-", "\u{D7}": "x", "\u{B1}": "+-", "\u{221E}": "inf", "\u{B5}": "u",
    "\u{3BC}": "u", "\u{2019}": "'", "\u{2026}": "...",
  ]
}
