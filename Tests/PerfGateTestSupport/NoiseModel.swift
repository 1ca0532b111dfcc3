import PerfGateStatistics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Made-up times of arms on a noisy machine, one sample after the other in the order in which they
/// are measured.
///
/// A sample is the arm's true time, times a log-normal error of the arm, times a drift that all arms
/// share, and now and then times a heavy-tailed spike. Spikes are 1 + scale · (1/u − 1) with u drawn
/// from 0 … 1 (Pareto's second kind, whose mean does not exist), cut at 15 times. With a scale of
/// 0.1 in 5 to 10 % of the samples that is the machine the rules were made on: p99 at 1.4 to 3.5
/// times the median, the worst of 2,000 samples at 15 times.
package struct NoiseModel: Sendable {
  package struct Shape: Sendable {
    /// From where each arm draws its σ.
    package var sigma = 0.01...0.03
    /// From where the share of samples with a spike is drawn.
    package var spikeShare = 0.05...0.05
    /// How many times as many spikes, and as large ones, all arms but the first have.
    package var laterArmsFactor = 1.0
    package var spikeScale = 0.1
    /// The sine's half height and the random walk's step from sample to sample, both of ln seconds.
    package var driftHeight = 0.05
    package var driftStep = 0.002

    /// Spikes of a share; in all arms but the first so many times as many, and as large.
    package init(laterArmsFactor: Double = 1, spikeShare: ClosedRange<Double> = 0.05...0.05) {
      self.laterArmsFactor = laterArmsFactor
      self.spikeShare = spikeShare
    }

    package static let even = Shape()
    /// Twice as many and twice as large in the second arm: 5 % and 10 % of the samples.
    package static let asymmetric = Shape(laterArmsFactor: 2)
    /// Worse than the table asks for: 5 to 10 % of the samples of each arm.
    package static let harsh = Shape(spikeShare: 0.05...0.10)
    /// Worse than the table asks for: 5 to 10 % of the first arm's samples, 10 to 20 % of the second's.
    package static let harshAsymmetric = Shape(laterArmsFactor: 2, spikeShare: 0.05...0.10)

    package func with(sigma: Double) -> Shape {
      var shape = self
      shape.sigma = sigma...sigma
      return shape
    }
  }

  private let shape: Shape
  private let trueSeconds: [Double]
  private let sigmas: [Double]
  private let share: Double
  private let period: Double
  private let phase: Double
  private var walk = 0.0
  private var sample = 0.0
  private var random: SplitMix64

  package init(_ shape: Shape, trueSeconds: [Double], seed: UInt64) {
    // A stream of its own, so that an order drawn from the same seed shares nothing with it.
    var random = SplitMix64(seed: seed, stream: .min)
    func draw(_ range: ClosedRange<Double>) -> Double {
      range.lowerBound + (range.upperBound - range.lowerBound) * random.nextUnit()
    }
    self.shape = shape
    self.trueSeconds = trueSeconds
    sigmas = trueSeconds.map { _ in draw(shape.sigma) }
    share = draw(shape.spikeShare)
    // One wave takes 30 to 300 samples, each length as likely on a log scale.
    period = 30 * exp(log(10) * random.nextUnit())
    phase = 2 * Double.pi * random.nextUnit()
    self.random = random
  }

  /// The time of the next sample, which is one of `arm`.
  package mutating func seconds(arm: Int) -> Double {
    let factor = arm == 0 ? 1 : shape.laterArmsFactor
    let (error, step) = normalPair()
    let wave = shape.driftHeight * sin(2 * .pi * sample / period + phase)
    sample += 1
    walk += shape.driftStep * step
    let logSeconds = sigmas[arm] * error + wave + walk
    let spikes = random.nextUnit() < share * factor
    let size = shape.spikeScale * factor * (1 / (1 - random.nextUnit()) - 1)
    return trueSeconds[arm] * exp(logSeconds) * (spikes ? 1 + min(size, 14) : 1)
  }

  /// Two independent draws of the standard normal distribution (Box and Muller).
  private mutating func normalPair() -> (Double, Double) {
    let radius = (-2 * log(1 - random.nextUnit())).squareRoot()
    let angle = 2 * Double.pi * random.nextUnit()
    return (radius * cos(angle), radius * sin(angle))
  }
}
