import PerfGate

/// Lines in a log from which continuous integration makes remarks, in the form of GitHub's workflow
/// commands.
public enum AnnotationReport {
  /// One line for each claim that does not hold or has a note, each variant that is not proven, and a run that
  /// did not end: errors first found first, then warnings, then notices.
  public static func lines(_ record: Record) -> [String] {
    var remarks: [Remark] = record.claims.compactMap { claim in
      let text = ClaimText.message(claim, in: record)
      return switch claim.verdict {
      case .holds: claim.note.map { _ in Remark(.notice, "\(claim.id) holds", text) }
      case .violated: Remark(.error, "\(claim.id) violated", text)
      case .inconclusive: Remark(.warning, "\(claim.id) inconclusive", text)
      case .notCheckable where claim.isUnproven: Remark(.error, "\(claim.id) not proven", text)
      case .notCheckable: Remark(.notice, "\(claim.id) not checkable", text)
      }
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
        } else if scalar.value >= 0x20 || scalar == "\t" {
          result.unicodeScalars.append(scalar)
        }
      }
      return result
    }
  }
}
