import PerfGate

/// What each lane of a batch does in each of `steps` steps.
///
/// With chains enough for every lane this is McNaughton's wrap-around rule: all chains stand one
/// behind the other on a strip, which is cut into pieces of `steps` steps, one for each lane.
///
/// No chain is in two lanes at once. Its part at the end of lane l comes first on the strip, but
/// runs last: its rest begins lane l + 1, at step 0. If that part takes the steps from b to T of
/// its lane and the rest those from 0 to e, then the chain has T - b + e iterations. No chain has
/// more than T, so e ≤ b: the rest is over when the part at the end begins, perhaps in that step.
///
/// Source: R. McNaughton, *Scheduling with deadlines and loss functions*, Management Science 6,
/// 1959.
struct VieteWindow {
  let iterations: UnsafeBufferPointer<Int>
  let vectors: Int
  let lanes: Int
  /// Whether a lane takes one chain after the other; otherwise every chain has its own.
  let wraps: Bool
  /// How many steps all lanes make.
  let steps: Int
  /// The values of the chains that are in no lane at the moment.
  private let chainA, chainP: UnsafeMutablePointer<Double>
  /// The values in the lanes; those of a lane without a chain are not used.
  private let a, p: UnsafeMutablePointer<Double>
  /// The chain in each lane, `count` for none, and the step in which it leaves.
  private let chain, end: UnsafeMutablePointer<Int>

  private var count: Int { iterations.count }

  /// Decides how many steps all lanes make, and gives each its first chain.
  ///
  /// - Parameters:
  ///   - iterations: of 1 to `mostChains` chains.
  ///   - lanes: of a vector.
  ///   - chains: memory for 2 · `mostChains` numbers.
  ///   - values: memory for 2 · `mostLanes` numbers.
  ///   - places: memory for 2 · `mostLanes` numbers.
  init(
    _ iterations: UnsafeBufferPointer<Int>, lanes: Int,
    chains: UnsafeMutableBufferPointer<Double>, values: UnsafeMutableBufferPointer<Double>,
    places: UnsafeMutableBufferPointer<Int>
  ) {
    self.iterations = iterations
    chainA = chains.baseAddress.unsafelyUnwrapped
    chainP = chainA + VieteBatch.mostChains
    a = values.baseAddress.unsafelyUnwrapped
    p = a + VieteBatch.mostLanes
    chain = places.baseAddress.unsafelyUnwrapped
    end = chain + VieteBatch.mostLanes
    // A fourth vector fills the unit for roots, but only if its lanes have work: three nearly fill
    // it. (Where that is not so, 4 vectors would be faster for batches just below their number of
    // lanes: 31 chains of 8 lanes by 12 % on Zen 5.)
    let count = iterations.count
    vectors = count >= 4 * lanes ? 4 : min(3, (count + lanes - 1) / lanes)
    self.lanes = vectors * lanes
    wraps = count > self.lanes
    var sum = 0
    var longest = 0
    for chain in 0..<count {
      let iterations = max(iterations[chain], 0)
      sum += iterations
      longest = max(longest, iterations)
      // Each from memory of its own, so that no compiler can merge equal chains.
      chainA[chain] = opaque(0.0)
      chainP[chain] = opaque(1.0)
    }
    let shared = sum / self.lanes + (sum % self.lanes == 0 ? 0 : 1)
    steps = wraps ? max(longest, shared) : longest
    // Values for a lane that never has a chain: they converge as those of any chain.
    a.update(repeating: 0, count: self.lanes)
    p.update(repeating: 1, count: self.lanes)
    if wraps { wrap() } else { giveEachItsOwn() }
  }

  /// Runs all chains to their end.
  func run(advance: VieteBatch.Advance) {
    var now = 0
    while now < steps {
      var next = steps
      for lane in 0..<lanes { next = min(next, end[lane]) }
      advance(a, p, vectors, next - now)
      now = next
      // All leave before any enters: a chain may go from one lane to another in the same step.
      for lane in 0..<lanes where end[lane] == now { save(lane) }
      guard now < steps else { break }
      for lane in 0..<lanes where end[lane] == now { follow(lane, now) }
    }
  }

  /// Writes the bits of 2 / p of each chain.
  func write(to results: UnsafeMutableBufferPointer<UInt64>) {
    for chain in 0..<count {
      results[chain] = (iterations[chain] < 0 ? Double.nan : 2 / chainP[chain]).bitPattern
    }
  }

  private func iterations(of chain: Int) -> Int { max(iterations[chain], 0) }

  private func giveEachItsOwn() {
    for lane in 0..<lanes {
      let runs = lane < count && iterations(of: lane) > 0
      put(lane, runs ? lane : count, until: runs ? iterations(of: lane) : 0)
    }
  }

  private func wrap() {
    // How far the strip reaches into the lane.
    var filled = 0
    var chain = nextChain(0)
    for lane in 0..<lanes {
      if filled == 0 {
        put(lane, chain, until: chain < count ? iterations(of: chain) : 0)
      } else {
        put(lane, chain, until: filled)
        chain = nextChain(chain + 1)
      }
      while chain < count, iterations(of: chain) <= steps - filled {
        filled += iterations(of: chain)
        chain = nextChain(chain + 1)
      }
      // A chain that does not fit is cut if the lane has room for a part of it.
      let isCut = chain < count && filled < steps
      filled = isCut ? iterations(of: chain) - (steps - filled) : 0
    }
  }

  /// Gives a lane the chain that follows on the strip.
  private func follow(_ lane: Int, _ now: Int) {
    let next = wraps ? nextChain(chain[lane] + 1) : count
    put(lane, next, until: now + (next < count ? min(iterations(of: next), steps - now) : 0))
  }

  /// The next chain at or behind `chain` that has any iterations; `count` if there is none.
  private func nextChain(_ chain: Int) -> Int {
    var chain = chain
    while chain < count, iterations(of: chain) == 0 { chain += 1 }
    return chain
  }

  /// Puts a chain (or, with `count`, none) into a lane, up to the step `until`.
  private func put(_ lane: Int, _ next: Int, until: Int) {
    chain[lane] = next
    end[lane] = next < count ? until : steps
    guard next < count else { return }
    a[lane] = chainA[next]
    p[lane] = chainP[next]
  }

  /// Keeps the values of the chain that leaves a lane.
  private func save(_ lane: Int) {
    let chain = chain[lane]
    guard chain < count else { return }
    chainA[chain] = a[lane]
    chainP[chain] = p[lane]
  }
}
