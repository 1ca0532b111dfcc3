/// The verdicts of the runs on one machine key on one claim.
package struct FleetTally: Hashable, Sendable {
  /// How many kinds of reasons are told apart; whatever comes after them is only counted.
  private static let mostReasons = 32

  /// A kind of reason.
  private struct Reasons: Hashable, Sendable {
    var count: Int
    var first: FleetReason
  }

  /// The numbers of the runs, by verdict, in the order in which they were read.
  private var runs: [Verdict.Word: [Int]] = [:]
  /// Why runs did not decide, by kind.
  private var reasons: [String: Reasons] = [:]
  /// How often each cause kept a run from a decision.
  package private(set) var causes: [Cause: Int] = [:]

  /// The runs with a verdict.
  package func runs(_ verdict: Verdict.Word) -> [Int] { runs[verdict] ?? [] }

  /// How many runs there are.
  package var count: Int { runs.values.reduce(0) { $0 + $1.count } }

  /// The verdict of the key.
  package var verdict: FleetVerdict { FleetVerdict(runs: { runs($0).count }) }

  /// The most frequent kind of reason, as its first run put it; `nil` if all runs decided.
  package var reason: (count: Int, reason: FleetReason)? {
    let most = reasons.max { ($0.value.count, $1.key) < ($1.value.count, $0.key) }
    return most.map { ($0.value.count, $0.value.first) }
  }

  /// The verdict of a run; `nil` if it did not judge the claim.
  func verdict(of run: Int) -> Verdict.Word? {
    runs.first { _, numbers in
      // Numbers ascend.
      var range = numbers.startIndex..<numbers.endIndex
      while let middle = range.isEmpty ? nil : (range.lowerBound + range.upperBound) / 2 {
        if numbers[middle] == run { return true }
        range =
          numbers[middle] < run ? middle + 1..<range.upperBound : range.lowerBound..<middle
      }
      return false
    }?.key
  }

  /// Adds the verdict of a run.
  ///
  /// - Parameter sentences: what other tallies hold; gets what this one keeps.
  mutating func add(_ finding: FleetRun.Finding, run: Int, sentences: inout Set<String>) {
    runs[finding.verdict, default: []].append(run)
    guard let reason = finding.reason else { return }
    if let cause = reason.cause { causes[cause, default: 0] += 1 }
    if reasons[reason.kind] != nil {
      reasons[reason.kind]?.count += 1
    } else if reasons.count < Self.mostReasons {
      var first = reason
      first.sentence = sentences.insert(reason.sentence).memberAfterInsert
      first.kind = sentences.insert(reason.kind).memberAfterInsert
      reasons[first.kind] = Reasons(count: 1, first: first)
    }
  }
}
