import PerfGate
import PerfGateReport

/// Turns verdicts into an exit status, for every command that judges.
struct ClaimExit {
  private let claims: [ClaimResult]
  private let unproven: [Record.UnprovenVariant]
  /// The variants of two revisions that cannot be compared.
  private let changed: [Revisions.Change]
  private let options: Options
  /// The claims whose session was stored. Storing it was the purpose, so they count as decided.
  private let stored: Set<String>

  /// - Parameter stored: the names of the claims whose session this command has just stored.
  init(_ record: Record, options: Options, stored: Set<String> = []) {
    claims = record.claims
    unproven = record.unproven
    changed = record.revisions?.changed ?? []
    self.options = options
    self.stored = stored
  }

  /// Returns the exit status. Prints the reason to standard error if it is not 0.
  func end(_ output: CommandOutput) -> Int32 {
    for one in unproven {
      output.complain(
        "perfgate: work of \(one.kernel)/\(one.variant) is not proven: \(one.reason)")
    }
    for claim in claims where claim.isUnproven && unproven.isEmpty {
      output.complain("perfgate: \(Self.text(claim))")
    }
    let (code, line) = conclusion
    if let line { output.complain("perfgate: \(line)") }
    guard let undecided = options.undecided, code != .violated else { return code.rawValue }
    let isOpen = claims.isEmpty || !changed.isEmpty || claims.contains { !isDecided($0) }
    return code.isNoDecision || isOpen ? undecided : code.rawValue
  }

  /// A violated claim outranks work that is not proven, which outranks a claim that is not decided.
  var conclusion: (code: ExitCode, line: String?) {
    let failures = claims.filter { $0.severity() == .failure && !isStored($0) }
    if failures.contains(where: { $0.verdict == .violated }) { return (.violated, nil) }
    if !unproven.isEmpty || !failures.isEmpty { return (.software, nil) }
    if let line = refusal { return (.undecided, line) }
    if let line = lostToDisturbance { return (.notNow, line) }
    return (.success, nil)
  }

  /// What `--strict` or `--require` does not accept; `nil` if they accept everything.
  private var refusal: String? {
    var demands = options.require.map { pattern in
      ("--require \(pattern)", claims.filter { matchesGlob(pattern, $0.id) })
    }
    if options.strict { demands.insert(("--strict", claims), at: 0) }
    if options.strict || !options.require.isEmpty, let first = changed.first {
      return "\(first.kernel)/\(first.variant) \(first.reason)"
    }
    for (demand, named) in demands {
      guard let first = named.first(where: { !isDecided($0) }) else {
        if named.isEmpty { return "\(demand): no claim was judged" }
        continue
      }
      let count = named.count { !isDecided($0) }
      return "\(demand): \(count) of \(named.count) claims "
        + "\(count == 1 ? "is" : "are") not decided, for example \(Self.text(first))"
    }
    return nil
  }

  /// A message if nothing was decided because the machine was too busy; `nil` otherwise. Claims
  /// that this machine cannot check in any case do not count.
  private var lostToDisturbance: String? {
    guard !claims.contains(where: isDecided) else { return nil }
    let lost = claims.filter(\.isLostToDisturbance)
    guard let first = lost.first else { return nil }
    return "nothing was decided: \(lost.count) of \(claims.count) claims "
      + "\(lost.count == 1 ? "was" : "were") lost to disturbance, for example \(Self.text(first)); "
      + "run again when the machine is quiet"
  }

  private static func text(_ claim: ClaimResult) -> String {
    claim.sentence.map { "\(claim.id): \($0)" } ?? claim.id
  }

  private func isDecided(_ claim: ClaimResult) -> Bool {
    isStored(claim) || claim.isDecided
  }

  /// Whether it is a baseline claim whose session was just stored. All other claims are judged.
  private func isStored(_ claim: ClaimResult) -> Bool {
    claim.kind == .baseline && stored.contains(claim.id)
  }
}
