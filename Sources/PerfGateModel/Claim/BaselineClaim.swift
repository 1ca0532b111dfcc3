/// The quantity is at most `margin` worse than in this machine's stored sessions.
struct BaselineClaim: ClaimStatement {
  var stored: Quantity
  var margin: Double

  var form: ClaimForm { .baseline }
  var limit: Double { 1 + margin }

  var variants: [String] {
    switch stored {
    case .time(let variant, _), .speedup(let variant, _): [variant]
    case .ratio(let subject, let reference, _): [subject, reference]
    }
  }

  var isHigherBetter: Bool { if case .speedup = stored { true } else { false } }

  func problem(tasks: Int) -> String? {
    guard margin <= 1 else {
      return "\(margin) means \(margin * 100) %; use at most 1, and write 0.05 for 5 %"
    }
    return quantityProblem ?? ClaimProblem.margin(limit)
  }

  private var quantityProblem: String? {
    switch stored {
    case .time(_, let workers): ClaimProblem.workers(workers, least: 1)
    case .ratio(let subject, let reference, let workers):
      ClaimProblem.pair(subject, reference, workers: workers)
    case .speedup(_, let workers): ClaimProblem.workers(workers, least: 2)
    }
  }

  func workers(allowed: Int) -> Int {
    switch stored {
    case .time(_, let workers), .ratio(_, _, let workers): workers
    case .speedup(_, let upTo): ClaimProblem.upTo(upTo, allowed: allowed)
    }
  }

  func sides(workers: Int) -> (subject: ClaimSide, reference: ClaimSide) {
    switch stored {
    case .time(let variant, _):
      (.variant(variant, workers), ClaimSide(code: .referenceKernel, workers: workers))
    case .ratio(let subject, let reference, _):
      (.variant(subject, workers), .variant(reference, workers))
    case .speedup(let variant, _): (.variant(variant, workers), .variant(variant, 1))
    }
  }

  func quantity(_ words: QuantityWords) -> String {
    switch stored {
    case .time(let variant, _):
      let unit = words.kernel.work.growth == .linear ? words.kernel.work.unit : "task"
      return words.time(variant, over: BuiltInKernel.reference(of: words.kernel)) + ", by \(unit)"
    case .ratio(let subject, let reference, _): return words.time(subject, over: reference)
    case .speedup(let variant, _): return words.speedup(variant)
    }
  }
}

extension ClaimForm {
  /// How much worse than in the stored sessions.
  public static let baseline = ClaimForm(
    "baseline", .atMost, logBound: { limit, _ in -naturalLog(limit) },
    value: { quotient, _ in 1 / quotient })
}

extension Claim.Kind {
  /// The quantity is at most this much worse than in this machine's stored sessions: 0.05 means 5
  /// %.
  public static func baseline(_ quantity: Quantity, worseByAtMost margin: Double) -> Claim.Kind {
    Claim.Kind(BaselineClaim(stored: quantity, margin: margin))
  }
}
