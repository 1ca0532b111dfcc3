import PerfGate

/// What was promised and is not so: no false alarm, ever; and on a quiet machine 95 % of the gates
/// decided the right way, 190 of 200 and 38 of 40.
func brokenPromises(equal: Tally, worse: Tally, isDisturbed: Bool) -> [String] {
  var broken: [String] = []
  if equal.count(.violated) > 0 {
    broken.append("\(equal.count(.violated)) of \(equal.results.count) equal programs violated")
  }
  if worse.count(.holds) > 0 {
    broken.append("\(worse.count(.holds)) of \(worse.results.count) worse programs hold")
  }
  guard !isDisturbed else { return broken }
  if equal.count(.holds) * 20 < equal.results.count * 19 {
    broken.append("only \(equal.count(.holds)) of \(equal.results.count) equal programs hold")
  }
  if worse.count(.violated) * 20 < worse.results.count * 19 {
    broken.append("only \(worse.count(.violated)) of \(worse.results.count) worse ones violated")
  }
  return broken
}
