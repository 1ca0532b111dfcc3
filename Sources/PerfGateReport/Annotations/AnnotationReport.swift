import PerfGateModel

/// Lines in a log from which continuous integration makes remarks, in the form of GitHub's workflow
/// commands.
public enum AnnotationReport {
  /// One line for each claim that is violated, open or not proven, each variant that is not proven, and a run
  /// that did not end; one for all claims that are not checkable, and one for all that hold and have a note.
  /// Errors first found first, then warnings, then notices.
  public static func lines(_ record: Record) -> [String] {
    let refused = record.claims.filter { $0.verdict == .notCheckable && !$0.isUnproven }
    let noted = record.claims.filter { $0.verdict == .holds && $0.note != nil }
    var remarks: [Remark] = record.claims.compactMap { claim in
      let text = ClaimText.message(claim, in: record)
      return switch claim.verdict {
      case .holds: noted == [claim] ? Remark(.notice, "\(claim.id) holds", text) : nil
      case .violated: Remark(.error, "\(claim.id) violated", text)
      case .inconclusive: Remark(.warning, "\(claim.id) inconclusive", text)
      case .notCheckable where claim.isUnproven: Remark(.error, "\(claim.id) not proven", text)
      case .notCheckable:
        refused == [claim] ? Remark(.notice, "\(claim.id) not checkable", text) : nil
      }
    }
    for (claims, title, text) in [
      (refused, "claims are not checkable", \ClaimResult.reason), (noted, "claims hold", \.note),
    ] where claims.count > 1 {
      remarks.append(Remark(.notice, "\(claims.count) \(title)", together(claims, by: text)))
    }
    remarks += record.unproven.map {
      Remark(.error, "work of \($0.kernel)/\($0.variant) not proven", $0.reason)
    }
    if !record.complete {
      remarks.append(
        Remark(.error, "incomplete", "the run ended early; what is here was measured before"))
    }
    return Level.allCases.flatMap { level in
      remarks.filter { $0.level == level }.map(\.line)
    }
  }

  /// `needs 5 cores, 2 allowed: a, b; another reason: c`, first found first.
  private static func together(
    _ claims: [ClaimResult], by text: KeyPath<ClaimResult, String?>
  ) -> String {
    var texts: [String] = []
    for claim in claims {
      let one = claim[keyPath: text] ?? ""
      if !texts.contains(one) { texts.append(one) }
    }
    return texts.map { text_ in
      let ids = claims.filter { ($0[keyPath: text] ?? "") == text_ }.map(\.id)
      return "\(text_): \(ids.joined(separator: ", "))"
    }.joined(separator: "; ")
  }

  private enum Level: String, CaseIterable { case error, warning, notice }

  private struct Remark {
    var level: Level
    var title: String
    var text: String

    init(_ level: Level, _ title: String, _ text: String) {
      self.level = level
      self.title = title
      self.text = text
    }

    var line: String {
      "::\(level.rawValue) title=\(escaped(title, ["%", "\r", "\n", ":", ","]))"
        + "::\(escaped(text, ["%", "\r", "\n"]))"
    }

    /// As `@actions/core` escapes: a percent sign and two hexadecimal digits.
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
