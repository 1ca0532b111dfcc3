import PerfGateStatistics

/// A value for each round in which both series have a pair: the median over the round's pairs.
///
/// - Parameters:
///   - latest: whether only the last round of the subject is wanted.
///   - value: makes the value of a pair from the times of both, in seconds.
package func pairedValues(
  _ subject: Series, _ reference: Series, latest: Bool = false,
  _ value: (_ subject: Double, _ reference: Double) -> Double
) -> [(round: Int, value: Double)] {
  var all: [(round: Int, value: Double)] = []
  var values: [Double] = []
  var (own, other) = (0, 0)
  if latest, let last = subject.rounds.last {
    own = subject.rounds.lastIndex { $0 != last }.map { $0 + 1 } ?? 0
    other = reference.rounds.lastIndex { $0 < last }.map { $0 + 1 } ?? 0
  }
  // Both are in the order of rounds and pairs.
  while own < subject.rounds.count, other < reference.rounds.count {
    let (first, second) = (subject.place(own), reference.place(other))
    if first == second {
      values.append(value(subject.seconds[own], reference.seconds[other]))
    }
    if first <= second { own += 1 }
    if first >= second { other += 1 }
    let isEnd = own == subject.rounds.count || subject.rounds[own] != first.round
    if isEnd || other == reference.rounds.count, let middle = median(values) {
      all.append((first.round, middle))
      values = []
    }
  }
  return all
}

/// How many pairs of a round both series have.
package func commonPairs(_ one: Series, _ other: Series, in round: Int) -> Int {
  func pairs(_ series: Series) -> Set<Int> {
    Set(
      series.rounds.indices.reversed().prefix { series.rounds[$0] >= round }
        .filter { series.rounds[$0] == round }.map { series.place($0).pair })
  }
  return pairs(one).intersection(pairs(other)).count
}
