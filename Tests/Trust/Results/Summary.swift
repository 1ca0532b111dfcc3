import PerfGate
import PerfGateStatistics

/// How often each verdict came, for one claim or for several of the same truth and limit.
struct Summary: Codable, Hashable, Sendable {
  /// The kernels that the claims are about.
  var work: String
  /// The true ratio; the median of all estimates where the same work may truly be slower.
  var truth: Double
  var limit: Double
  /// The number of gates.
  var n: Int
  var holds: Int
  var violated: Int
  var inconclusive: Int
  var notCheckable: Int
  /// Verdicts that say yes or no: no figure of errors is worth anything without it.
  var decided: Int
  /// Verdicts that contradict the truth.
  var wrong: Int
  /// The largest rate of wrong verdicts that this count still allows (one-sided, 95 %).
  var wrongBound: Double
  /// The mean number of rounds, confirmations included.
  var meanRounds: Double
  /// Pairs that were dropped because something disturbed them.
  var discarded: Int
  /// The least and the greatest ratio found.
  var estimates: [Double]

  /// - Parameter gates: at least one.
  init(_ claims: [TrustClaim], _ gates: [GateOutcome]) {
    func count(_ verdict: Verdict.Word) -> Int { gates.count { $0.verdict == verdict } }
    let found = gates.compactMap(\.estimate).sorted()
    work = Self.name(of: claims.map(\.kernel))
    let percent = claims.first?.percent
    truth = percent.map { 1 + Double($0) / 100 } ?? (median(found) ?? 1).rounded(digits: 4)
    limit = claims.first?.limit ?? 1
    n = gates.count
    holds = count(.holds)
    violated = count(.violated)
    inconclusive = count(.inconclusive)
    notCheckable = count(.notCheckable)
    decided = holds + violated
    // At the limit the claim is true.
    wrong = truth <= limit + 1e-9 ? violated : holds
    wrongBound = errorBound(errors: wrong, of: n).rounded(digits: 5)
    meanRounds = (Double(gates.reduce(0) { $0 + $1.rounds }) / Double(max(n, 1))).rounded(digits: 1)
    discarded = gates.reduce(0) { $0 + $1.discarded }
    estimates = [found.first, found.last].compactMap { $0?.rounded(digits: 4) }
  }

  /// `drawn.*` for several kernels of a family.
  private static func name(of kernels: [String]) -> String {
    let names = Set(kernels)
    guard names.count > 1 else { return kernels.first ?? "" }
    return (kernels[0].split(separator: ".").first.map(String.init) ?? "") + ".*"
  }

  /// One line for people.
  var line: String {
    "\(work) \(truth) against \(limit): n \(n), holds \(holds), violated \(violated), inconclusive "
      + "\(inconclusive), not checkable \(notCheckable), decided \(decided), wrong \(wrong) (rate at "
      + "most \((wrongBound * 100).rounded(digits: 2)) %), \(meanRounds) rounds, \(discarded) "
      + "discarded, ratios \(estimates.first ?? 0) to \(estimates.last ?? 0)"
  }
}

extension Double {
  func rounded(digits: Int) -> Double {
    let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
    return (self * scale).rounded() / scale
  }
}
