import PerfGate
import PerfGateReport

/// The one place where verdicts become an exit status; every command that judges ends here.
struct ClaimExit {
  private let claims: [ClaimResult]
  private let unproven: [Record.UnprovenVariant]
  private let options: Options
  /// The claims that got a stored session: recorded is what they were to be.
  private let stored: Set<String>

  /// - Parameter stored: the names of claims whose session this command has just stored.
  init(_ record: Record, options: Options, stored: Set<String> = []) {
    claims = record.claims
    unproven = record.unproven
    self.options = options
    self.stored = stored
  }

  /// Tells why, where it is not 0, on standard error; the exit status.
  func end(_ output: CommandOutput) -> Int32 {
    for one in unproven {
      output.complain(
        "perfgate: work of \(one.kernel)/\(one.variant) is not proven: \(one.reason)")
    }
    let (code, line) = conclusion
    if let line { output.complain("perfgate: \(line)") }
    return code.rawValue
  }

  /// Violated goes before work that is not proven, and that before what is not decided.
  var conclusion: (code: ExitCode, line: String?) {
    if claims.contains(where: { $0.verdict == .violated && !isStored($0) }) {
      return (.violated, nil)
    }
    if !unproven.isEmpty { return (.software, nil) }
    if let line = refusal { return (.undecided, line) }
    if let line = lostToDisturbance { return (.notNow, line) }
    return (.success, nil)
  }

  /// What `--strict` and `--require` do not accept; `nil`: nothing.
  private var refusal: String? {
    var demands = options.require.map { pattern in
      ("--require \(pattern)", claims.filter { matchesGlob(pattern, $0.id) })
    }
    if options.strict { demands.insert(("--strict", claims), at: 0) }
    for (demand, named) in demands {
      guard let first = named.first(where: { !isDecided($0) }) else {
        if named.isEmpty { return "\(demand): no claim was judged" }
        continue
      }
      let count = named.count { !isDecided($0) }
      return "\(demand): \(count) of \(named.count) claims "
        + "\(count == 1 ? "is" : "are") not decided, such as \(Self.text(first))"
    }
    return nil
  }

  /// Says so where nothing was decided because the machine was too busy; what it could not check
  /// anyway does not count.
  private var lostToDisturbance: String? {
    guard !claims.contains(where: isDecided) else { return nil }
    let lost = claims.filter(\.isLostToDisturbance)
    guard let first = lost.first else { return nil }
    return "nothing was decided: \(lost.count) of \(claims.count) claims "
      + "\(lost.count == 1 ? "was" : "were") lost to disturbance, such as \(Self.text(first)); "
      + "run it again when the machine is quiet"
  }

  private static func text(_ claim: ClaimResult) -> String {
    claim.sentence.map { "\(claim.id): \($0)" } ?? claim.id
  }

  private func isDecided(_ claim: ClaimResult) -> Bool {
    isStored(claim) || claim.isDecided
  }

  /// A baseline claim whose session is stored has nothing to be compared with; all others are judged.
  private func isStored(_ claim: ClaimResult) -> Bool {
    claim.kind == .baseline && stored.contains(claim.id)
  }
}
