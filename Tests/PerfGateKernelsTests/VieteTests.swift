import PerfGate
import PerfGateKernels
import Testing

@Suite struct VieteTests {
  @Test func knownValues() {
    #expect(Viete.run(iterations: 0) == 2)
    #expect(Viete.run(iterations: 1) == 2 / (2.0.squareRoot() / 2))
    #expect(abs(Viete.run(iterations: 28) - .pi) < 1e-14)
    // 2, then each step halves the angle: 2ⁿ⁺¹ · sin(π / 2ⁿ⁺¹), here for two steps in closed form.
    let two = 4 * 2.0.squareRoot() / (2 + 2.0.squareRoot()).squareRoot()
    #expect(abs(Viete.run(iterations: 2) - two) < 1e-15)
  }

  @Test func bothLanguagesGiveTheSameBits() throws {
    var numbers = TestNumbers(state: 20)
    let random = (0..<20).map { _ in Int.random(in: 3...100_000, using: &numbers) }
    let sizes = [0, 1, 2, 26, 27, 28, 1000] + random
    let found = try disagreements(of: Viete.self, sizes: sizes, seeds: [1], tasks: [0])
    #expect(found.isEmpty, "\(found)")
  }

  @Test func theValueStaysOnceTwoIsReached() {
    // A loop that stopped there would give the same bits: only time in proportion shows the work.
    #expect(Viete.run(iterations: 20) != Viete.run(iterations: 60))
    #expect(Viete.run(iterations: 60) == Viete.run(iterations: 1000))
  }

  @Test func aNegativeNumberOfIterationsIsRefused() {
    for iterations in [-1, -28, Int.min] {
      #expect(throws: KernelError.sizeNegative(size: iterations)) {
        try Viete.makeInput(size: iterations, seed: 1)
      }
      let bits = Viete.variants.filter(\.hasResults).map { $0.run(iterations, 0) }
      #expect(bits.allSatisfy { $0 == Double.nan.bitPattern }, "\(iterations): \(bits)")
    }
  }
}
