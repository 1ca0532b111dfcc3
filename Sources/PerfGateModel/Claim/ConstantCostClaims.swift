/// A task of size `to` takes at most `limit` times as long as one of size `from`.
struct ConstantCostOverSizesClaim: ClaimStatement {
  var variant: String
  var from, to: Int
  var limit: Double

  var form: ClaimForm { .flat }
  var variants: [String] { [variant] }

  func problem(tasks: Int) -> String? {
    guard from >= 1, to > from else {
      return "sizes from \(from) to \(to); use two sizes from 1, the smaller one first"
    }
    return ClaimProblem.margin(limit)
  }

  func workers(allowed: Int) -> Int { 1 }

  func sides(workers: Int) -> (subject: ClaimSide, reference: ClaimSide) {
    var sides = (ClaimSide.variant(variant, workers), ClaimSide.variant(variant, workers))
    (sides.0.size, sides.1.size) = (to, from)
    return sides
  }

  func quantity(_ words: QuantityWords) -> String {
    "time of \(words.kernel.name)/\(variant) at size \(to) over \(from)"
  }
}

/// With all allowed workers up to `upTo`, the same tasks take at most `limit` times as long as with
/// one worker.
struct ConstantCostOverWorkersClaim: ClaimStatement {
  var variant: String
  var upTo: Int
  var limit: Double

  var form: ClaimForm { .flat }
  var variants: [String] { [variant] }

  func problem(tasks: Int) -> String? {
    ClaimProblem.workers(upTo, least: 2) ?? ClaimProblem.margin(limit)
  }

  func workers(allowed: Int) -> Int { ClaimProblem.upTo(upTo, allowed: allowed) }

  func sides(workers: Int) -> (subject: ClaimSide, reference: ClaimSide) {
    (.variant(variant, workers), .variant(variant, 1))
  }

  func quantity(_ words: QuantityWords) -> String {
    "time of \(words.kernel.name)/\(variant) \(words.at) over 1\(words.size)"
  }
}

extension ClaimForm {
  /// The cost stays constant when the size or the number of workers grows.
  public static let flat = ClaimForm(
    "flat", .atMost,
    usualCause: "copies of values that should only be handed over, allocation in each task",
    logBound: { limit, _ in -naturalLog(limit) }, value: { quotient, _ in 1 / quotient })
}

extension Claim.Kind {
  /// A task of size `to` takes at most `atMost` times as long as one of size `from`.
  public static func flatOverSizes(
    variant: String, from: Int, to: Int, atMost limit: Double
  ) -> Claim.Kind {
    Claim.Kind(ConstantCostOverSizesClaim(variant: variant, from: from, to: to, limit: limit))
  }

  /// With all allowed workers up to `upTo`, the same tasks take at most `atMost` times as long as
  /// with one worker.
  public static func flatOverWorkers(
    variant: String, upTo: Int, atMost limit: Double
  ) -> Claim.Kind {
    Claim.Kind(ConstantCostOverWorkersClaim(variant: variant, upTo: upTo, limit: limit))
  }
}
