import PerfGateModel

/// The verdict and the numbers of a claim as text, for all reports.
package enum ClaimText {
  /// One line that needs no other context: the verdict with its reason, estimate, interval, limit,
  /// rounds, ceiling, note and machine.
  package static func message(_ claim: ClaimResult, in record: Record) -> String {
    var parts: [String] = []
    if claim.reason != nil { parts.append(verdict(claim)) }
    if claim.estimate != nil {
      let unit = unit(claim).map { " \($0)" } ?? ""
      parts.append(
        "\(estimate(claim))\(unit), claimed \(limit(claim)), \(roundsInWords(claim))")
    } else {
      parts.append("claimed \(limit(claim))")
    }
    if let found = wouldFind(claim) { parts.append(found) }
    if let ceiling = claim.ceiling {
      let value = Format.value(ceiling, claim.ceilingInterval, (2, 2))
      parts.append("the machine itself reaches \(value)")
    }
    if let note = claim.note { parts.append(note) }
    parts.append(machine(record))
    return parts.joined(separator: "; ")
  }

  /// The words after the value: `allocations a call`, and for a single one `allocation a call`.
  private static func unit(_ claim: ClaimResult) -> String? {
    guard claim.kind.counter != nil, claim.estimate == 1, claim.interval?.first == 1 else {
      return claim.kind.unit
    }
    return claim.kind.unit?.replacing("s ", with: " ", maxReplacements: 1)
  }

  /// The verdict, and its reason if there is one.
  package static func verdict(_ claim: ClaimResult) -> String {
    claim.sentence.map { "\(word(claim)): \($0)" } ?? word(claim)
  }

  /// The verdict without its reason.
  static func word(_ claim: ClaimResult) -> String {
    switch claim.verdict.word {
    case .holds: "holds"
    case .violated: "violated"
    case .inconclusive: "inconclusive"
    case .notCheckable: "not checkable"
    }
  }

  /// `1.234 [1.20, 1.26]`, or a dash.
  static func estimate(_ claim: ClaimResult) -> String {
    claim.estimate.map { value($0, claim, claim.interval) } ?? "–"
  }

  /// A value of a claim as its estimate is written.
  static func value(
    _ value: Double, _ claim: ClaimResult, _ interval: [Double]? = nil
  ) -> String {
    if claim.kind.isOfBytes { return Format.bytes(value, interval, limit: claim.limit) }
    if claim.kind.counter != nil { return Format.counted(value, interval) }
    return Format.value(value, interval)
  }

  /// `≥ 4.50`.
  static func limit(_ claim: ClaimResult) -> String {
    let sign = isAtLeast(claim) ? "≥" : "≤"
    if claim.kind.isOfBytes {
      return "\(sign) \(Format.bytes(claim.limit, nil, limit: claim.limit))"
    }
    if claim.kind.counter != nil {
      return "\(sign) \(isNothingStored(claim) ? "stored" : Format.counted(claim.limit, nil))"
    }
    return "\(sign) \(Format.limit(claim.limit))"
  }

  /// Whether the limit of a count is one that is not stored yet.
  private static func isNothingStored(_ claim: ClaimResult) -> Bool {
    switch claim.reason {
    case .noBaselines, .noBaseline, .otherQuantity, .firstSession: true
    default: false
    }
  }

  /// Whether a larger value is better.
  static func isAtLeast(_ claim: ClaimResult) -> Bool {
    claim.kind.direction == .atLeast
  }

  /// `8 + 8`: the rounds of the first stage and of the confirmation.
  static func rounds(_ claim: ClaimResult) -> String {
    guard claim.rounds > 0 else { return "–" }
    let rounds =
      claim.confirmationRounds == 0
      ? "\(claim.rounds)" : "\(claim.rounds) + \(claim.confirmationRounds)"
    return claim.starts == 1 ? "\(rounds), \(oneStart(claim))" : rounds
  }

  /// `8 fresh starts and 8 to confirm`, or `8 rounds in one process`.
  private static func roundsInWords(_ claim: ClaimResult) -> String {
    let isOfStarts = (claim.starts ?? 1) > 1
    let unit = (isOfStarts ? "fresh start" : "round") + (claim.rounds == 1 ? "" : "s")
    let confirmation =
      claim.confirmationRounds == 0 ? "" : " and \(claim.confirmationRounds) to confirm"
    return "\(claim.rounds) \(unit)\(confirmation)"
      + (claim.starts == 1 ? " in \(oneStart(claim))" : "")
  }

  /// What all rounds came from: ranks are many processes, which their launcher starts once.
  private static func oneStart(_ claim: ClaimResult) -> String {
    claim.subject?.executor == ExecutorName.mpi ? "one start" : "one process"
  }

  /// What would have been found; `nil` if that is not known, or was found.
  static func wouldFind(_ claim: ClaimResult) -> String? {
    claim.detectable.map { "would find \(value($0, claim)) in 9 of 10 runs" }
  }

  private static func machine(_ record: Record) -> String {
    let cores = record.machine.cores == 1 ? "1 core" : "\(record.machine.cores) cores"
    return "on \(record.machine.cpu), \(cores) (cpus \(record.machine.allowedCPUs))"
  }

  /// The time of all kept rounds of the claim's two series, including a confirmation, in seconds.
  static func measuredSeconds(_ claim: ClaimResult, in index: RecordIndex) -> Double {
    let stages: [Stage] = claim.confirmationRounds > 0 ? [.first, .confirmation] : [.first]
    let reference = claim.reference == claim.subject ? nil : claim.reference
    let keys = [claim.subject, reference].compactMap { $0 }.flatMap { stages.map($0.at) }
    return keys.compactMap(index.series).reduce(0) { $0 + $1.seconds.reduce(0, +) }
  }
}
