#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What a baseline claim is judged against, made concrete for one machine.
///
/// Part of the record, so that the same rounds can be judged again.
public struct BaselinePlan: Hashable, Sendable, Codable {
  /// How many pairs today's session takes.
  public static let rounds = 10
  /// Fewer pairs than this are no session.
  public static let fewestRounds = 8

  /// k of the stored sessions; none while the first one is recorded.
  public var stored: [Double]
  /// k of the pinned session.
  @ExplicitNull public var pinned: Double?
  /// When the first of the stored sessions was.
  @ExplicitNull public var since: String?
  /// The compilers of the last stored session.
  @ExplicitNull public var toolchain: String?
  /// Units of work in a task of the subject.
  public var subjectUnits = 1.0
  /// Units of work in a task of the reference.
  public var referenceUnits = 1.0

  /// What is stored of a claim; `nil`: nothing yet.
  package init(_ entry: Baseline.Entry?) {
    stored = entry?.stored ?? []
    since = entry?.current.first?.date
    toolchain = entry?.current.last?.toolchain
    if let entry, let session = entry.pinned { pinned = entry.k(session.median) }
  }

  /// What in it no run can have written.
  var problem: String? {
    let range = -1e3...1e3
    guard stored.allSatisfy(range.contains), stored.count <= Baseline.mostSessions else {
      return "stored holds what is no logarithm of a figure, or more than \(Baseline.mostSessions)"
    }
    if let pinned, !range.contains(pinned) { return "pinned is \(pinned)" }
    let units = 1e-6...1e30
    guard units.contains(subjectUnits), units.contains(referenceUnits) else {
      return "subjectUnits is \(subjectUnits) to \(referenceUnits), expected 1 or more"
    }
    return nil
  }

  /// `ln(T_reference / T_subject)` for one unit of work each, from that for one task each.
  public func perUnit(_ logRatio: Double) -> Double {
    logRatio + log(subjectUnits / referenceUnits)
  }
}

/// What of a folder of baselines concerns this machine.
package struct BaselineContext: Hashable, Sendable {
  /// This machine's key.
  package var key: String
  /// What is stored for it; `nil`: nothing.
  package var baseline: Baseline?
  /// How this program was built: `release` or `debug`.
  package var configuration: String
  /// The other machines that something is stored for.
  package var otherKeys: [String]
  /// What to rename where this machine's sessions may be stored under a former key; `nil`: nothing.
  package var renaming: String?
  /// Whether this run is to record sessions, so that claims without any are measured too.
  package var isRecording: Bool
  /// The command that records one, for people.
  package var recordCommand: String

  /// What is stored for a machine.
  package init(
    key: String, baseline: Baseline?, configuration: String, otherKeys: [String] = [],
    renaming: String? = nil, isRecording: Bool = false, recordCommand: String
  ) {
    self.key = key
    self.baseline = baseline
    self.configuration = configuration
    self.otherKeys = otherKeys
    self.renaming = renaming
    self.isRecording = isRecording
    self.recordCommand = recordCommand
  }

  /// What is stored of a claim by programs that were built like this one.
  package func entry(_ claim: String) -> Baseline.Entry? {
    baseline?.claims[Baseline.name(of: claim, configuration: configuration)]
  }

  /// Why a claim cannot be judged; `nil` when it can.
  package func refusal(_ claim: String, quantity: String) -> Reason? {
    if isRecording { return nil }
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
