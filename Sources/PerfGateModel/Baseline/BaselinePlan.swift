#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The stored sessions that a baseline claim is compared with, on one machine.
///
/// Part of the record, so that the same rounds can be judged again.
public struct BaselinePlan: Hashable, Sendable, Codable {
  /// The number of pairs in today's session.
  public static let rounds = 10
  /// The fewest pairs of a session.
  public static let fewestRounds = 8

  /// k of the stored sessions; empty while the first one is recorded.
  public var stored: [Double]
  /// k of the pinned session; `nil` without one.
  @ExplicitNull public var pinned: Double?
  /// The date of the first stored session.
  @ExplicitNull public var since: String?
  /// The compilers of the last stored session.
  @ExplicitNull public var toolchain: String?
  /// How many stored sessions are of the other kind, of one process or of many, and so are not
  /// compared; `nil` in records of earlier versions.
  @ExplicitNull public var others: Int?
  /// Units of work in a task of the subject.
  public var subjectUnits = 1.0
  /// Units of work in a task of the reference.
  public var referenceUnits = 1.0

  /// Makes the plan from the stored sessions of a claim.
  ///
  /// - Parameters:
  ///   - entry: the sessions; `nil`: there are none yet.
  ///   - isOfStarts: whether today's rounds are processes of their own.
  package init(_ entry: Baseline.Entry?, isOfStarts: Bool) {
    let current = entry?.current(isOfStarts: isOfStarts)
    // A file that was merged by hand may hold more than are kept.
    stored = (entry?.stored(isOfStarts: isOfStarts) ?? []).suffix(Baseline.mostSessions)
    since = current?.first?.date
    toolchain = current?.last?.toolchain
    others = entry?.sessions.count { $0.isOfStarts != isOfStarts }
    if let entry, let session = entry.pinned, session.isOfStarts == isOfStarts {
      pinned = entry.k(session.median)
    }
  }

  /// A value that no run writes; `nil` if there is none.
  var problem: String? {
    let range = -1e3...1e3
    guard stored.allSatisfy(range.contains), stored.count <= Baseline.mostSessions else {
      return "stored has an impossible logarithm, or more than \(Baseline.mostSessions) sessions"
    }
    if let pinned, !range.contains(pinned) { return "pinned is \(pinned)" }
    let units = 1e-6...1e30
    guard units.contains(subjectUnits), units.contains(referenceUnits) else {
      return "subjectUnits is \(subjectUnits) to \(referenceUnits), expected 1 or more"
    }
    return nil
  }

  /// Converts `ln(T_reference / T_subject)` for one task each to that for one unit of work each.
  public func perUnit(_ logRatio: Double) -> Double {
    logRatio + log(subjectUnits / referenceUnits)
  }
}

/// The part of a baseline folder that concerns this machine.
package struct BaselineContext: Hashable, Sendable {
  /// This machine's key.
  package var key: String
  /// The baseline of this machine; `nil`: nothing is stored.
  package var baseline: Baseline?
  /// How this program was built: `release` or `debug`.
  package var configuration: String
  /// The keys of the other machines with baselines.
  package var otherKeys: [String]
  /// The baselines of those machines, for counts, which do not depend on the machine.
  package var elsewhere: [Baseline]
  /// Which file to rename if this machine's sessions may be stored under a former key; otherwise
  /// `nil`.
  package var renaming: String?
  /// Whether this run records sessions, so that claims without any are measured too.
  package var isRecording: Bool
  /// The command that records a session, for messages.
  package var recordCommand: String

  /// Makes the baselines of a machine.
  package init(
    key: String, baseline: Baseline?, configuration: String, otherKeys: [String] = [],
    elsewhere: [Baseline] = [], renaming: String? = nil, isRecording: Bool = false,
    recordCommand: String
  ) {
    self.key = key
    self.baseline = baseline
    self.configuration = configuration
    self.otherKeys = otherKeys
    self.elsewhere = elsewhere
    self.renaming = renaming
    self.isRecording = isRecording
    self.recordCommand = recordCommand
  }

  /// The stored sessions of a claim from programs with the same build configuration.
  package func entry(_ claim: String) -> Baseline.Entry? {
    baseline?.claims[Baseline.name(of: claim, configuration: configuration)]
  }

  /// Why a claim cannot be judged; `nil` when it can.
  ///
  /// - Parameter counter: what is counted for it; `nil` for claims of time.
  package func refusal(_ claim: String, quantity: String, counter: Counter? = nil) -> Reason? {
    if isRecording { return nil }
    if let counter, counted(claim, quantity: quantity, counter: counter) != nil { return nil }
    guard let entry = entry(claim) else {
      let isEmpty = baseline == nil
      return .noBaseline(
        Reason.MissingBaseline(
          key: key, nearest: isEmpty ? Baseline.nearest(to: key, among: otherKeys) : nil,
          renaming: isEmpty ? renaming : nil, configuration: configuration,
          recordCommand: recordCommand))
    }
    guard entry.quantity == quantity else {
      return .otherQuantity(
        stored: entry.quantity, current: quantity, recordCommand: recordCommand)
    }
    return nil
  }
}
