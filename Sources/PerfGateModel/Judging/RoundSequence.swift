import PerfGateStatistics

/// One sequence of rounds of a claim, round by round: how the rounds led to the verdict. For pictures.
package struct RoundSequence: Hashable, Sendable {
  /// A round that counted.
  package struct Round: Hashable, Sendable {
    /// Its number in its group, which also counts dropped rounds.
    package var number: Int
    /// The claim's value in this round alone.
    package var value: Double
  }

  /// A look of the sequential test: at which balance of signs it stops.
  ///
  /// The balance is the number of rounds that speak for the claim less that of those against it.
  package struct Look: Hashable, Sendable {
    /// After how many rounds.
    package var rounds: Int
    /// The claim holds from this balance on; `nil`: no balance is enough.
    package var holdsFrom: Int?
    /// The sequence fails at this balance or below; `nil`: no balance is enough.
    package var failsTo: Int?
  }

  /// The first stage or the confirmation.
  package var stage: Stage
  /// The seed for the order of arms.
  package var seed: UInt64
  /// The rounds in time order, up to the decision.
  package var rounds: [Round]
  /// The rounds that were dropped until then, because none of their pairs counted.
  package var dropped: [Discard] = []
  /// Rounds that count although some of their pairs were dropped.
  package var shortened: [Discard] = []
  /// The balance of signs after each round; empty for a claim that no sequential test decides.
  package var balances: [Int] = []
  /// The looks of the test, also those that were not reached.
  package var looks: [Look] = []
}

extension RoundSequence {
  /// The same with what was dropped: a round of several pairs counts if any of them does.
  fileprivate func with(_ discards: [Discard]) -> RoundSequence {
    let kept = Set(rounds.map(\.number))
    var sequence = self
    sequence.dropped = discards.filter { !kept.contains($0.round) }
    sequence.shortened = discards.filter { kept.contains($0.round) }
    return sequence
  }
}

extension MeasuredClaim {
  /// What was measured for the claim, up to its decision. A confirmation that only other claims of the
  /// group needed is left out.
  package var sequences: [RoundSequence] {
    if plan.refusal != nil || unproven != nil { return [] }
    if let counter = plan.kind.counter { return counted(counter) }
    if let baseline = plan.baseline { return compared(baseline) }
    guard let first, let plan = plan.sequentialPlan else { return [] }
    let (sequence, state) = tested(first, plan, .first)
    guard state == .fails, let confirmation else { return [sequence] }
    return [sequence, tested(confirmation, plan.confirmation, .confirmation).sequence]
  }

  private func counted(_ counter: Counter) -> [RoundSequence] {
    guard let series = first?.subject, let counts = series.counts else { return [] }
    let rounds = zip(series.rounds, counts).map {
      RoundSequence.Round(number: $0, value: Double($1.most[counter]))
    }
    return [RoundSequence(stage: .first, seed: 0, rounds: rounds)]
  }

  /// Today's rounds over the mean of the stored sessions.
  private func compared(_ baseline: BaselinePlan) -> [RoundSequence] {
    guard !baseline.stored.isEmpty else { return [] }
    let mean = baseline.stored.reduce(0, +) / Double(baseline.stored.count)
    let stages: [(Stage, MeasuredStage?)] = [(.first, first), (.confirmation, confirmation)]
    return stages.compactMap { which, stage in
      guard let stage else { return nil }
      var rounds: [RoundSequence.Round] = []
      let found = stage.pairs { number, value in
        let change = exponential(-baseline.perUnit(value) - mean)
        rounds.append(RoundSequence.Round(number: number, value: change))
        return rounds.count < BaselinePlan.rounds
      }
      return RoundSequence(stage: which, seed: found.seed, rounds: rounds)
        .with(found.discards)
    }
  }

  private func tested(
    _ stage: MeasuredStage, _ test: SequentialPlan, _ which: Stage
  ) -> (sequence: RoundSequence, state: SequentialTest.State) {
    var test = SequentialTest(test)
    var rounds: [RoundSequence.Round] = []
    var balances: [Int] = []
    let found = stage.pairs { number, value in
      test.add(value)
      rounds.append(RoundSequence.Round(number: number, value: plan.value(exponential(value))))
      balances.append(test.above - test.below)
      return test.state == .undecided
    }
    var sequence = RoundSequence(stage: which, seed: found.seed, rounds: rounds)
      .with(found.discards)
    sequence.balances = balances
    sequence.looks = Self.looks(test)
    return (sequence, test.state)
  }

  /// Where the boundaries lie. A round on the limit is a sign for neither side, so it moves both away.
  private static func looks(_ test: SequentialTest) -> [RoundSequence.Look] {
    var ties = [0]
    for value in test.values {
      let isTie = !(value < test.plan.bound) && !(value > test.plan.bound)
      ties.append((ties.last ?? 0) + (isTie ? 1 : 0))
    }
    return test.plan.failing.looks.map { look in
      let signs = look - ties[min(look, ties.count - 1)]
      return RoundSequence.Look(
        rounds: look, holdsFrom: test.plan.holding[look].map { 2 * $0 - signs },
        failsTo: test.plan.failing[look].map { signs - 2 * $0 })
    }
  }
}
