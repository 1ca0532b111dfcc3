import Foundation
import PerfGate
import PerfGateReport

/// The messages in the output of a test.
enum TestText {
  /// The code of a record's note that names other processes; spelled as earlier versions wrote it.
  static let neighbors = "neighbours"

  /// Estimate, interval, limit, rounds, ceiling, machine, and where to look for the cause.
  static func violated(_ claim: ClaimResult, _ record: Record) -> String {
    var parts = [
      "claim \(claim.id) is violated: \(kind(claim))\(ClaimText.message(claim, in: record))"
    ]
    // Nothing disturbs what is counted.
    if claim.kind.counter == nil {
      parts.append("\(claim.discarded) \(claim.discarded == 1 ? "pair" : "pairs") discarded")
    }
    if let part = claim.karpFlatt {
      parts.append(
        "corresponds to a serial part of \(String(format: "%.1f", part * 100)) % (Karp-Flatt)")
    }
    if claim.kind.counter == nil, let cpus = claim.subject.flatMap(record.series)?.cpus,
      !cpus.isEmpty
    {
      parts.append("ran on cpus \(cpus.map(String.init).joined(separator: ","))")
    }
    return (parts + ["look at \(lookAt(claim, record))"]).joined(separator: "; ")
      + notes(record, CallLimits.copies)
  }

  /// The numbers that show that a claim holds.
  static func holds(_ claim: ClaimResult, _ record: Record) -> String {
    "\(claim.id) holds: \(kind(claim))\(ClaimText.message(claim, in: record))"
      + notes(record, CallLimits.copies)
  }

  /// The kind of the claim, unless its value has a unit, as in `10.3 times as fast`.
  private static func kind(_ claim: ClaimResult) -> String {
    claim.kind.unit == nil ? "\(claim.kind) " : ""
  }

  /// The notes with these codes, each after a semicolon.
  private static func notes(_ record: Record, _ codes: String...) -> String {
    record.notes.filter { codes.contains($0.code) }.map { "; \($0.text)" }.joined()
  }

  /// Why a claim is not decided, with the numbers so far.
  static func open(_ claim: ClaimResult, _ record: Record) -> String {
    "claim \(claim.id) is \(ClaimText.message(claim, in: record))"
      + notes(record, neighbors, CallLimits.copies)
  }

  /// The closure that is judged; `nil` if a variant of a kernel is.
  private static func closure(of claim: ClaimResult, _ record: Record) -> String? {
    // The closures of a claim are a kernel with the claim's name.
    claim.subject.flatMap(record.series).flatMap { $0.kernel == claim.id ? $0.variant : nil }
  }

  /// A closure in words: by its label in the test, or by its position.
  static func closure(_ name: String) -> String { ClosureCalls.words(name) }

  /// Why the work of a variant does not count.
  static func unproven(_ unproven: Record.UnprovenVariant, ofClosures: Bool) -> String {
    let name =
      ofClosures ? closure(unproven.variant) : "\(unproven.kernel)/\(unproven.variant)"
    // What ended a process is not about its results.
    if let how = Unproven.Reason.ending(in: unproven.reason) {
      return "the process of \(name) \(how)"
    }
    return "the work of \(name) is not proven: \(unproven.reason)"
  }

  /// Why a claim was not judged.
  static func mistake(_ error: any Error) -> String {
    guard case .program(let failure) = error as? MeasurementError else { return "\(error)" }
    // The test's own code, such as its set-up, comes before the closures.
    if case .refused(.other(let reason)) = failure.what { return reason }
    return "\(failure.program), started for a round, \(failure.finding)"
  }

  private static func lookAt(_ claim: ClaimResult, _ record: Record) -> String {
    if let cause = claim.kind.usualCause { return cause }
    if let closure = closure(of: claim, record) {
      return "the latest changes to the code that \(self.closure(closure)) calls"
    }
    let series = claim.subject.flatMap(record.series)
    return "the latest changes" + (series.map { " to \($0.kernel)/\($0.variant)" } ?? "")
  }
}

extension String {
  /// The text on one line in ASCII, without control characters. The reader of a test's output drops
  /// incomplete UTF-8, and names may reach a terminal or a log.
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
