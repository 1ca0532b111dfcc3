import CPerfGateTestPlants
import PerfGate
import PerfGateKernels
import Synchronization

/// Viète's series, once honest and many times not; every plant returns the right answer, or says so.
enum SeriesPlants: Kernel {
  static let name = "plant.series"
  static let work = Work(unit: "iteration", growth: .linear)

  /// The input knows the answer, and has room for what tasks should not tell each other.
  final class Input: Sendable {
    let iterations: Int
    let answer: Double
    let memory = Atomic<UInt64>(0)

    init(iterations: Int) {
      self.iterations = iterations
      answer = pgt_series(Int64(iterations))
    }
  }

  static func makeInput(size: Int, seed: UInt64) throws -> Input { Input(iterations: size) }

  static let variants: [Variant<Input>] = [
    Variant("c.honest", isReference: true) { input, _ in honest(input) },
    Variant("swift.honest", twin: "c.honest") { input, _ in
      Viete.run(iterations: input.iterations).bitPattern
    },
    // Dead code: the loop's result is thrown away, as in the article's Go program.
    Variant("c.discarded", twin: "c.honest") { input, _ in
      pgt_discarded_series(Int64(input.iterations), input.answer).bitPattern
    },
    Variant("swift.discarded", twin: "c.honest") { input, _ in
      var hash = UInt64(bitPattern: Int64(opaque(1)))
      for index in 0..<input.iterations { hash = (hash ^ UInt64(index)) &* 0x100_0000_01b3 }
      return input.answer.bitPattern
    },
    // Merged tasks: the first round's only task works for all that follow.
    Variant("swift.memoised", twin: "c.honest") { input, _ in
      let known = input.memory.load(ordering: .relaxed)
      if known != 0 { return known }
      let result = honest(input)
      input.memory.store(result, ordering: .relaxed)
      return result
    },
    // Merged tasks: task 0 of each round works, the others take its result.
    Variant("swift.merged", twin: "c.honest") { input, task in
      task == 0 ? honest(input) : input.answer.bitPattern
    },
    // Nothing is missing: tasks are dearer among many.
    Variant("swift.dearer", twin: "c.honest") { input, task in
      if !task.isMultiple(of: 2) { blackHole(honest(input)) }
      return honest(input)
    },
    // The time of something else: the time is in proportion to the size, the work is not.
    Variant("swift.sleeping", twin: "c.honest") { input, _ in
      nap(nanoseconds: 7 * input.iterations)
      return input.answer.bitPattern
    },
    // Half of the time is work: CPU time is in proportion, the worker sleeps the other half.
    Variant("swift.dozing", twin: "c.honest") { input, _ in
      nap(nanoseconds: 7 * input.iterations)
      return honest(input)
    },
    Variant("swift.last-bit", twin: "c.honest") { input, _ in honest(input) ^ 1 },
    Variant("swift.rarely-wrong", twin: "c.honest") { input, task in
      task % 1000 == 999 ? honest(input) ^ 1 : honest(input)
    },
    Variant("c.unoptimized", isOptimized: false) { input, _ in honest(input) },
  ]

  private static func honest(_ input: Input) -> UInt64 {
    pgt_series(Int64(input.iterations)).bitPattern
  }
}
