/// The two coefficients of the Universal Scalability Law: S = w / (1 + σ(w − 1) + κ w(w − 1)).
///
/// Source: N. J. Gunther, *Guerrilla Capacity Planning*, Springer 2007.
package struct ScalabilityLaw: Hashable, Sendable {
  /// σ, contention: the share of the work that only one worker can do at a time; from 0.
  package var contention: Double
  /// κ, coherency: what each pair of workers costs; from 0.
  package var coherency: Double

  package init(contention: Double, coherency: Double) {
    self.contention = contention
    self.coherency = coherency
  }

  /// The speedup on w workers.
  package func speedup(_ workers: Int) -> Double {
    let w = Double(workers)
    return w / (1 + contention * (w - 1) + coherency * w * (w - 1))
  }

  /// The number of workers with the greatest speedup, √((1 − σ) / κ); `nil` without coherency cost.
  package var peak: Double? {
    coherency > 0 && contention < 1 ? ((1 - contention) / coherency).squareRoot() : nil
  }
}

/// A worker count of a curve, for the fit of the law.
package struct ScalabilityPoint: Hashable, Sendable {
  /// w, from 2.
  package var workers: Int
  /// T_w / T_1 without what the number of tasks costs: 1/w for a linear speedup.
  package var timeRatio: Double

  package init(workers: Int, timeRatio: Double) {
    self.workers = workers
    self.timeRatio = timeRatio
  }

  /// The ratio of two times from M equal tasks, without the last turn's idle workers:
  /// r = (T_w / T_1)(M / w) / ⌈M / w⌉.
  package init(workers: Int, timeRatio: Double, tasks: Int) {
    let turns = (tasks + workers - 1) / workers
    self.init(
      workers: workers,
      timeRatio: timeRatio * Double(tasks) / Double(workers) / Double(max(1, turns)))
  }

  /// w r − 1 = σ(w − 1) + κ w(w − 1): 0 for a linear speedup.
  var loss: Double { Double(workers) * timeRatio - 1 }
}

extension ScalabilityLaw {
  /// The fewest worker counts above 1 from which both coefficients can be told apart.
  package static let leastPoints = 4

  /// Fits the law by weighted least squares of w r − 1 = σa + κb with a = w − 1 and b = w(w − 1). If a
  /// coefficient comes out negative, it is 0, and the better fit of the other one is taken.
  ///
  /// - Parameters:
  ///   - points: at least two different worker counts, from 2.
  ///   - isWeighted: whether points weigh 1/(1 + y)², as equal relative errors of times demand;
  ///     otherwise all the same.
  /// - Returns: `nil` if there are too few points, or one is no number.
  package init?(fitting points: [ScalabilityPoint], isWeighted: Bool = true) {
    guard Set(points.map(\.workers)).count >= 2,
      points.allSatisfy({ $0.workers >= 2 && $0.timeRatio > 0 && $0.timeRatio.isFinite })
    else { return nil }
    var (aa, ab, bb, ay, by) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for point in points {
      let a = Double(point.workers - 1)
      let b = Double(point.workers) * a
      let y = point.loss
      let weight = isWeighted ? 1 / ((1 + y) * (1 + y)) : 1
      aa += weight * a * a
      ab += weight * a * b
      bb += weight * b * b
      ay += weight * a * y
      by += weight * b * y
    }
    let determinant = aa * bb - ab * ab
    let contention = (ay * bb - by * ab) / determinant
    let coherency = (by * aa - ay * ab) / determinant
    if determinant > 0, contention >= 0, coherency >= 0 {
      self.init(contention: contention, coherency: coherency)
      return
    }
    // What a fit of one coefficient explains of the sum of squares: (Σ xy)² / Σ x².
    let (onlyContention, onlyCoherency) = (max(0, ay / aa), max(0, by / bb))
    let isContention = onlyContention * ay >= onlyCoherency * by
    self.init(
      contention: isContention ? onlyContention : 0, coherency: isContention ? 0 : onlyCoherency)
  }
}

/// The fit of the law to rounds, with intervals from drawing the rounds again (bootstrap).
package struct ScalabilityFit: Hashable, Sendable {
  /// The fit to the medians of all rounds.
  package var law: ScalabilityLaw
  /// The interval of σ.
  package var contention: ClosedRange<Double>
  /// The interval of κ.
  package var coherency: ClosedRange<Double>
  /// The number of workers with the greatest speedup; `nil` unless κ's interval excludes 0.
  package var peak: Double?

  /// How often the rounds are drawn again.
  package static let draws = 1000
  /// The part of the draws that an interval leaves out on each side.
  private static let tail = 0.025

  /// Fits the law.
  ///
  /// - Parameters:
  ///   - rounds: for each round the points of all worker counts above 1, each in the same place.
  ///   - seed: for the draws.
  /// - Returns: `nil` with fewer than ``ScalabilityLaw/leastPoints`` worker counts or eight rounds.
  package init?(rounds: [[ScalabilityPoint]], seed: UInt64) {
    guard rounds.count >= 8, let first = rounds.first,
      Set(first.map(\.workers)).count >= ScalabilityLaw.leastPoints,
      rounds.allSatisfy({ $0.map(\.workers) == first.map(\.workers) }),
      let law = Self.law(rounds.indices.map { $0 }, of: rounds)
    else { return nil }
    var generator = SplitMix64(seed: seed)
    var contentions: [Double] = []
    var coherencies: [Double] = []
    for _ in 0..<Self.draws {
      let drawn = rounds.indices.map { _ in
        Int(generator.next().multipliedFullWidth(by: UInt64(rounds.count)).high)
      }
      guard let law = Self.law(drawn, of: rounds) else { return nil }
      contentions.append(law.contention)
      coherencies.append(law.coherency)
    }
    self.law = law
    contention = Self.interval(contentions, around: law.contention)
    coherency = Self.interval(coherencies, around: law.coherency)
    peak = coherency.lowerBound > 0 ? law.peak : nil
  }

  /// The fit to the medians of these rounds.
  private static func law(_ drawn: [Int], of rounds: [[ScalabilityPoint]]) -> ScalabilityLaw? {
    var points = rounds[0]
    for index in points.indices {
      guard let middle = median(drawn.map { rounds[$0][index].timeRatio }) else { return nil }
      points[index].timeRatio = middle
    }
    return ScalabilityLaw(fitting: points)
  }

  private static func interval(
    _ values: [Double], around estimate: Double
  ) -> ClosedRange<Double> {
    let sorted = values.sorted()
    let cut = Int(Double(sorted.count) * tail)
    return min(sorted[cut], estimate)...max(sorted[sorted.count - 1 - cut], estimate)
  }
}
