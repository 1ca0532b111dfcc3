import PerfGate

/// The exit code that the verdicts of a run ask for.
struct ClaimExit {
  var claims: [ClaimResult]
  var options: Options

  /// Violated goes before undecided.
  var code: ExitCode {
    if claims.contains(where: { $0.verdict == .violated }) { return .violated }
    let open = claims.filter { $0.verdict == .inconclusive || $0.verdict == .notCheckable }
    let refused = open.contains { claim in
      options.strict || options.require.contains { matchesGlob($0, claim.id) }
    }
    return refused ? .undecided : .success
  }
}
