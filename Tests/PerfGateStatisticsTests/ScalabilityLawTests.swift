import PerfGateStatistics
import Testing

@Suite struct ScalabilityLawTests {
  private func points(_ law: ScalabilityLaw, _ counts: [Int]) -> [ScalabilityPoint] {
    counts.map { ScalabilityPoint(workers: $0, timeRatio: 1 / law.speedup($0)) }
  }

  @Test(arguments: [(0.0, 0.0), (0.03, 0.0), (0.0, 0.002), (0.05, 0.001), (0.3, 0.02)])
  func exactTimesGiveTheirCoefficients(contention: Double, coherency: Double) throws {
    let law = ScalabilityLaw(contention: contention, coherency: coherency)
    for isWeighted in [true, false] {
      let found = try #require(
        ScalabilityLaw(fitting: points(law, [2, 3, 5, 8, 12]), isWeighted: isWeighted))
      #expect(abs(found.contention - contention) < 1e-9)
      #expect(abs(found.coherency - coherency) < 1e-9)
    }
  }

  /// Throughput of a Sun SPARCcenter 2000 by load in SPEC SDM 91, and the fit of it in the manual of
  /// the R package `usl` (S. Möding, version 1): σ 0.01705, κ 0.00007892, by the same transformation
  /// with all points of the same weight.
  @Test func thePublishedFitIsFound() throws {
    let load = [18, 36, 72, 108, 144, 216]
    let throughput = [995.9, 1652.4, 1853.2, 1828.9, 1775.0, 1702.2]
    let points = zip(load, throughput).map {
      ScalabilityPoint(workers: $0, timeRatio: 64.9 / $1)
    }
    let law = try #require(ScalabilityLaw(fitting: points, isWeighted: false))
    #expect(abs(law.contention - 0.01705) < 0.00001, "\(law)")
    #expect(abs(law.coherency - 0.00007892) < 0.0000001, "\(law)")
    #expect(abs(try #require(law.peak) - 111.6) < 0.1, "\(String(describing: law.peak))")
    // With times that err by the same share each, the fit is close to it.
    let weighted = try #require(ScalabilityLaw(fitting: points))
    #expect(abs(weighted.contention - law.contention) < 0.01)
    #expect((0.00003...0.00015).contains(weighted.coherency), "\(weighted)")
  }

  @Test func coefficientsAreNeverNegative() throws {
    // Better than linear.
    let fast = [2, 4, 6, 8].map { ScalabilityPoint(workers: $0, timeRatio: 0.9 / Double($0)) }
    #expect(
      ScalabilityLaw(fitting: fast) == ScalabilityLaw(contention: 0, coherency: 0))
    // A loss that grows more slowly than w: only contention.
    let bent = [2, 4, 8, 16].map {
      ScalabilityPoint(workers: $0, timeRatio: (1 + 0.1 * Double($0).squareRoot()) / Double($0))
    }
    let law = try #require(ScalabilityLaw(fitting: bent))
    #expect(law.coherency == 0 && law.contention > 0 && law.peak == nil)
  }

  /// 50 tasks on 4 workers take 13 turns, of which the last is half empty: that is no contention.
  @Test func theNumberOfTasksIsNoContention() throws {
    let points = [2, 3, 4, 6, 7, 8].map { workers in
      let turns = (50 + workers - 1) / workers
      return ScalabilityPoint(workers: workers, timeRatio: Double(turns) / 50, tasks: 50)
    }
    let law = try #require(ScalabilityLaw(fitting: points))
    #expect(abs(law.contention) < 1e-12 && abs(law.coherency) < 1e-12)
  }

  @Test func whatCannotBeFittedIsNot() {
    let one = ScalabilityPoint(workers: 2, timeRatio: 0.5)
    #expect(ScalabilityLaw(fitting: [one]) == nil)
    #expect(ScalabilityLaw(fitting: [one, one]) == nil)
    #expect(
      ScalabilityLaw(fitting: [one, ScalabilityPoint(workers: 3, timeRatio: .nan)]) == nil)
    let law = ScalabilityLaw(contention: 0.1, coherency: 0)
    let three = Array(repeating: points(law, [2, 3, 4]), count: 10)
    #expect(ScalabilityFit(rounds: three, seed: 1) == nil)
    let few = Array(repeating: points(law, [2, 3, 4, 5]), count: 7)
    #expect(ScalabilityFit(rounds: few, seed: 1) == nil)
  }

  /// Made-up rounds with 2 % of noise: how often the interval of each coefficient has the truth, and
  /// how often a peak is told where there is none.
  @Test func intervalsHaveTheTruth() throws {
    var generator = SplitMix64(seed: 11)
    func noise() -> Double {
      let sum = (0..<12).reduce(0.0) { sum, _ in sum + Double(generator.next() >> 11) * 0x1p-53 }
      return 1 + 0.02 * (sum - 6)
    }
    let counts = [2, 3, 4, 5, 6, 8]
    for (contention, coherency) in [(0.05, 0.004), (0.05, 0.0)] {
      let law = ScalabilityLaw(contention: contention, coherency: coherency)
      var (inContention, inCoherency, peaks) = (0, 0, 0)
      let repetitions = 150
      for repetition in 0..<repetitions {
        let rounds = (0..<12).map { _ in
          let first = noise()
          return points(law, counts).map {
            ScalabilityPoint(workers: $0.workers, timeRatio: $0.timeRatio * noise() / first)
          }
        }
        let fit = try #require(ScalabilityFit(rounds: rounds, seed: UInt64(repetition)))
        if fit.contention.contains(contention) { inContention += 1 }
        if fit.coherency.contains(coherency) { inCoherency += 1 }
        if fit.peak != nil { peaks += 1 }
      }
      #expect(inContention >= 125 && inCoherency >= 125, "\(inContention), \(inCoherency)")
      if coherency == 0 { #expect(peaks <= 15, "\(peaks)") } else { #expect(peaks >= 140) }
    }
  }
}
