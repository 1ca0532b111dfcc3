/// The verdict on a claim.
public enum Verdict: Hashable, Sendable {
  /// Shown to be true, with 95 % confidence.
  case holds
  /// Shown to be false, in two independent sequences of rounds.
  case violated
  /// Measured, but shown to be neither true nor false.
  case inconclusive(Reason)
  /// Cannot be known here.
  case notCheckable(Reason)

  /// The verdict without its reason, as records name it.
  public enum Word: String, Hashable, Sendable, Codable, CaseIterable {
    /// Shown to be true.
    case holds
    /// Shown to be false.
    case violated
    /// Neither was shown.
    case inconclusive
    /// Cannot be known here.
    case notCheckable
  }

  /// The verdict without its reason.
  public var word: Word {
    switch self {
    case .holds: .holds
    case .violated: .violated
    case .inconclusive: .inconclusive
    case .notCheckable: .notCheckable
    }
  }

  /// Why it is not decided; `nil` when it is.
  public var reason: Reason? {
    switch self {
    case .holds, .violated: nil
    case .inconclusive(let reason), .notCheckable(let reason): reason
    }
  }

  /// Whether the claim was checked at all.
  public var isChecked: Bool { word != .notCheckable }
}
