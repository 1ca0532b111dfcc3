import PerfGateStatistics

/// Computes tables from series. Nothing here measures.
///
/// The rounds of claims end when a sequential test decides. An interval for a fixed number of
/// rounds would be too narrow for them, so the tables know which groups ended that way.
package struct Tables: Sendable {
  /// The probability that an interval of a table contains the median.
  package static let confidence = 0.95

  /// The number N of the sequential tests that ended the rounds of each group.
  private let maximumRounds: [GroupKey: Int]
  /// Up to how many workers the Universal Scalability Law is fitted: one on each core of one memory
  /// node; 0: not at all.
  private let mostForLaw: Int

  /// Makes tables of rounds whose number was fixed.
  package init() {
    maximumRounds = [:]
    mostForLaw = 0
  }

  /// Makes tables of the series of a record.
  package init(_ record: Record) {
    let sequential = record.claimPlans.filter { $0.baseline == nil }.compactMap { plan in
      plan.group.flatMap { group in plan.maximumRounds.map { (group, $0) } }
    }
    maximumRounds = Dictionary(sequential, uniquingKeysWith: { first, _ in first })
    mostForLaw = record.machine.memoryNodes <= 1 ? record.machine.cores : 0
  }

  /// Compares a subject with its reference by time per task, over the rounds with both.
  ///
  /// - Returns: `nil` if the two share no round.
  package func comparison(of subject: Series, to reference: Series) -> Comparison? {
    let ratios = lookedAt(pairedRatios(of: subject, to: reference), subject)
    guard let ratio = median(ratios), let least = ratios.min(), let most = ratios.max() else {
      return nil
    }
    let found = interval(ratios, subject)
    var comparison = Comparison(
      subject: subject.key, reference: reference.key, ratio: ratio,
      interval: found.map { [$0.interval.lower, $0.interval.upper] } ?? [least, most],
      coverage: found?.coverage ?? 0, rounds: ratios.count)
    if subject.layouts != nil {
      comparison.layouts = ratios.count
      comparison.layoutSpread = standardDeviation(ratios.map(naturalLog))
    }
    return comparison
  }

  /// The curve of one variant, from its series over worker counts.
  ///
  /// - Parameter series: series of one kernel, variant and executor, measured in the same rounds.
  package func curve(_ series: [Series]) -> ScalingCurve? {
    // A slow variant may also have a series with fewer tasks: take one point for each worker count.
    let ordered = Dictionary(grouping: series.filter { !$0.seconds.isEmpty }, by: \.workers)
      .compactMap { $0.value.max { $0.tasks < $1.tasks } }.sorted { $0.workers < $1.workers }
    guard let first = ordered.first else { return nil }
    let isWeak = Self.isWeak(ordered)
    var points: [ScalingPoint] = []
    var previous: Double?
    for series in ordered {
      guard let seconds = median(series.seconds) else { continue }
      let speedups = lookedAt(pairedRatios(of: first, to: series), series)
      let isFirst = series.key == first.key
      let speedup = isFirst ? 1 : median(speedups)
      // One round has no interval.
      let range = isFirst || speedups.count < 2 ? nil : interval(speedups, series)
      let more = Double(series.workers) / Double(first.workers)
      points.append(
        ScalingPoint(
          workers: series.workers, seconds: seconds, speedup: speedup,
          interval: range.map { [$0.interval.lower, $0.interval.upper] },
          efficiency: speedup.map { $0 / more },
          improvementPercent: isWeak
            ? nil
            : previous.flatMap {
              PerfGateStatistics.improvementPercent(previousSeconds: $0, seconds: seconds)
            },
          karpFlatt: isWeak || isFirst || first.workers != 1
            ? nil
            : speedup.flatMap {
              PerfGateStatistics.karpFlatt(speedup: $0, workers: series.workers)
            },
          cpus: series.cpus))
      previous = seconds
    }
    return ScalingCurve(
      kernel: first.kernel, variant: first.variant, executor: first.executor, points: points,
      usl: isWeak ? nil : scalability(ordered), isWeak: isWeak)
  }

  /// Whether the tasks grow with the workers.
  private static func isWeak(_ ordered: [Series]) -> Bool {
    guard let first = ordered.first, ordered.contains(where: { $0.tasks != first.tasks }) else {
      return false
    }
    return ordered.allSatisfy { $0.tasks * first.workers == first.tasks * $0.workers }
  }

  /// The fit of the Universal Scalability Law to a curve that begins at one worker, over the rounds
  /// that have all of its points.
  ///
  /// - Parameter ordered: the series of the curve, by number of workers.
  private func scalability(_ ordered: [Series]) -> ScalabilityEstimate? {
    guard let first = ordered.first, first.workers == 1, let last = ordered.last,
      last.workers <= mostForLaw, ordered.count > ScalabilityLaw.leastPoints
    else { return nil }
    let ratios = ordered.dropFirst().map { series in
      Dictionary(
        pairedValues(series, first) { $0 / $1 * Double(first.tasks) / Double(series.tasks) },
        uniquingKeysWith: { first, _ in first })
    }
    let shared = ratios.dropFirst().reduce(Set(ratios[0].keys)) { $0.intersection($1.keys) }
    let rounds = shared.sorted().map { round in
      zip(ordered.dropFirst(), ratios).compactMap { series, ratios in
        ratios[round].map {
          ScalabilityPoint(workers: series.workers, timeRatio: $0, tasks: series.tasks)
        }
      }
    }
    // Drawn with the same seed whenever the record is judged.
    return ScalabilityFit(rounds: rounds, seed: fnv1a(first.key.description.utf8))
      .map { ScalabilityEstimate($0, most: last.workers) }
  }

  /// The ratios of time per task in the rounds with both series, in time order; among peers, whose
  /// tasks have a size of their own each, per unit of their size.
  package func pairedRatios(of subject: Series, to reference: Series) -> [Double] {
    var scale = Double(reference.tasks) / Double(subject.tasks)
    if subject.group.purpose == .peers, subject.group == reference.group {
      scale *= Double(max(reference.size, 1)) / Double(max(subject.size, 1))
    }
    return pairedValues(subject, reference) { $0 / $1 * scale }.map(\.value)
  }

  /// The ratios up to the latest look of the test that ended the rounds. All ratios if the number
  /// of rounds was fixed, or before the first look.
  private func lookedAt(_ ratios: [Double], _ series: Series) -> [Double] {
    let look = boundary(series)?.lastLook(notAfter: ratios.count)
    return Array(ratios.prefix(look ?? ratios.count))
  }

  /// The interval of the median; `nil` if there are too few rounds.
  private func interval(
    _ ratios: [Double], _ series: Series
  ) -> (interval: Interval, coverage: Double)? {
    guard let boundary = boundary(series) else {
      return orderStatisticInterval(ratios, confidence: Self.confidence)
        .map { ($0.interval, $0.coverage) }
    }
    let found = Interval(boundary.lowerEnd(ratios), boundary.upperEnd(ratios))
    guard found.lower.isFinite, found.upper.isFinite else { return nil }
    return (found, Self.confidence)
  }

  /// The interval with half of the error at each end.
  private func boundary(_ series: Series) -> SignBoundary? {
    maximumRounds[series.group].flatMap {
      SignBoundary(alpha: (1 - Self.confidence) / 2, maximumRounds: $0)
    }
  }
}

extension Tables {
  /// The median time of one task of a series; `nil` without rounds.
  package static func secondsPerTask(_ series: Series) -> Double? { median(series.secondsPerTask) }
}

extension Tables {
  /// Compares every variant with its twin, its limit, and if it has a limit also with the kernel's
  /// reference, at each worker count, from series of the same group.
  package func variantComparisons(_ series: [Series], of kernel: AnyKernel) -> [Comparison] {
    let first = series.filter { $0.kernel == kernel.name && $0.key.stage == .first }
    return first.flatMap { subject in
      kernel.partners(of: subject.variant).compactMap { partner in
        let reference = first.first {
          $0.variant == partner.name && $0.workers == subject.workers
            && $0.executor == subject.executor
            && $0.group == subject.group && $0.size == subject.size
        }
        var found = reference.flatMap { comparison(of: subject, to: $0) }
        if partner.isLimit { found?.isOfLimit = true }
        return found
      }
    }
  }

  /// A curve for each variant and executor that a group of rounds measured.
  package func curves(_ series: [Series], of kernel: AnyKernel, group: GroupKey)
    -> [ScalingCurve]
  {
    let own = series.filter {
      $0.kernel == kernel.name && ExecutorName.handsOut($0.executor) && $0.group == group
        && $0.key.stage == .first
    }
    return kernel.variants.flatMap { variant in
      let own = own.filter { $0.variant == variant.name }
      var executors: [String] = []
      for one in own where !executors.contains(one.executor) { executors.append(one.executor) }
      return executors.compactMap { executor in curve(own.filter { $0.executor == executor }) }
    }
  }
}

extension Tables {
  /// Compares each executor with the first one, at the same variant and number of workers.
  package func executorComparisons(
    _ series: [Series], of kernel: AnyKernel, executors: [String]
  ) -> [Comparison] {
    let first = series.filter { $0.key.stage == .first && $0.kernel == kernel.name }
    return executors.dropFirst().flatMap { executor in
      first.filter { $0.executor == executor }.compactMap { subject in
        first.first {
          $0.executor == executors[0] && $0.variant == subject.variant
            && $0.workers == subject.workers && $0.group == subject.group
        }.flatMap { comparison(of: subject, to: $0) }
      }
    }
  }

  /// Compares the pool with empty tasks to its counter alone, at the same number of workers.
  package func executorCosts(_ series: [Series], of kernel: AnyKernel) -> [Comparison] {
    let first = series.filter { $0.key.stage == .first }
    return first.filter {
      $0.kernel == kernel.name && $0.executor == ExecutorName.pool
    }.compactMap { subject in
      first.first {
        $0.executor == ExecutorName.tickets && $0.workers == subject.workers
          && $0.group == subject.group
      }.flatMap { comparison(of: subject, to: $0) }
    }
  }
}
