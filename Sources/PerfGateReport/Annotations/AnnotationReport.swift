import PerfGateModel

/// Log lines that a CI system shows as annotations, in the form of GitHub's workflow commands.
package enum AnnotationReport {
  /// One line for each claim that is violated, inconclusive or not proven, for each variant that is
  /// not proven, and for an incomplete run. One line for all claims that are not checkable, and one
  /// for all that hold and have a note. One line each for what two revisions, other languages and
  /// executors add. Errors come first, then warnings, then notices, each in
  /// order of discovery.
  package static func lines(_ record: Record) -> [String] {
    let bySeverity = Dictionary(grouping: record.claims) { $0.severity() }
    let refused = bySeverity[.skip] ?? []
    let noted = bySeverity[.note] ?? []
    var lines: [Line] = record.claims.compactMap { claim in
      let title = "\(claim.id) \(claim.isUnproven ? "not proven" : ClaimText.word(claim))"
      let text = ClaimText.message(claim, in: record)
      return switch claim.severity() {
      case .pass: nil
      case .note: noted.count == 1 ? Line(.notice, title, text) : nil
      case .warning: Line(.warning, title, text)
      case .skip: refused.count == 1 ? Line(.notice, title, text) : nil
      case .failure: Line(.error, title, text)
      }
    }
    if refused.count > 1 {
      let text = together(refused, \.sentence)
      lines.append(Line(.notice, "\(refused.count) claims are not checkable", text))
    }
    if noted.count > 1 {
      lines.append(Line(.notice, "\(noted.count) claims hold", together(noted, \.note)))
    }
    lines += record.unproven.map {
      Line(.error, "work of \($0.kernel)/\($0.variant) not proven", $0.reason)
    }
    for change in record.revisions?.changed ?? [] {
      lines.append(
        Line(.warning, "\(change.kernel)/\(change.variant) cannot be compared", change.reason))
    }
    lines += Findings.all(record).map { Line(.notice, $0.title, $0.text) }
    if !record.complete {
      lines.append(
        Line(.error, "incomplete", ConsoleReport.incompleteText))
    }
    return Level.allCases.flatMap { level in
      lines.filter { $0.level == level }.map(\.text)
    }
  }

  /// `needs 5 cores, 2 allowed: a, b; another reason: c`, in order of discovery.
  private static func together(
    _ claims: [ClaimResult], _ text: (ClaimResult) -> String?
  ) -> String {
    var texts: [String] = []
    var ids: [String: [String]] = [:]
    for claim in claims {
      let one = text(claim) ?? ""
      if ids[one] == nil { texts.append(one) }
      ids[one, default: []].append(claim.id)
    }
    return texts.map { "\($0): \((ids[$0] ?? []).joined(separator: ", "))" }
      .joined(separator: "; ")
  }

  private enum Level: String, CaseIterable { case error, warning, notice }

  private struct Line {
    var level: Level
    var title: String
    var message: String

    init(_ level: Level, _ title: String, _ message: String) {
      self.level = level
      self.title = title
      self.message = message
    }

    var text: String {
      "::\(level.rawValue) title=\(escaped(title, ["%", "\r", "\n", ":", ","]))"
        + "::\(escaped(message, ["%", "\r", "\n"]))"
    }

    /// Escapes as `@actions/core` does: a percent sign and two hexadecimal digits.
    private func escaped(_ text: String, _ special: Set<Unicode.Scalar>) -> String {
      var result = ""
      for scalar in text.unicodeScalars {
        if special.contains(scalar) {
          let digits = String(scalar.value, radix: 16, uppercase: true)
          result += "%" + (digits.count == 1 ? "0" : "") + digits
        } else {
          result += VisibleText.isUnsafe(scalar) ? VisibleText.spelled(scalar) : String(scalar)
        }
      }
      return result
    }
  }
}
