import PerfGate
import PerfGateKernels
import PerfGateTestSupport
import Testing

/// The size at which a task lasts as long as wanted.
@Suite struct CalibrationTests {
  private let kernel = MadeUpKernel().erased

  private func find(
    _ seconds: Double, maximumSize: Int = 1 << 45, runner: MadeUpRunner
  ) throws -> Calibration {
    try Calibration.find(kernel, seconds: seconds, maximumSize: maximumSize, runner: runner)
  }

  /// Wanted times from microseconds to minutes; iterations from fast to slow; a constant part.
  @Test(arguments: [1e-5, 1e-4, 1e-3, 0.01, 0.1, 2, 60], [2e-10, 6.5e-9, 1e-6])
  func theTrueTimeIsWithinFivePercent(wanted: Double, perUnit: Double) throws {
    let time: (Arm) -> Double = { 2e-7 + perUnit * Double($0.size) }
    let runner = MadeUpRunner(noise: 0.02, taskSeconds: time)
    let found = try find(wanted, runner: runner)
    let arm = Arm(kernel: "made-up", variant: "c.a", workers: 1, tasks: 1, size: found.size)
    #expect(abs(time(arm) / wanted - 1) <= 0.05, "\(found)")
    #expect(found.isWithinTolerance && found.wantedSeconds == wanted && found.kernel == "made-up")
    // Finding out must not take much longer than the tasks themselves.
    #expect(runner.virtualSeconds < 20 * max(wanted, 0.01), "\(runner.virtualSeconds) s")
    #expect(runner.runs.allSatisfy { $0.variant == "c.a" && $0.workers == 1 && $0.tasks == 1 })
  }

  @Test func aTimeThatGrowsFasterThanTheSizeIsFoundToo() throws {
    // A cache that ends at 100,000: beyond it every unit takes three times as long.
    let time: (Arm) -> Double = {
      1e-9 * (Double(min($0.size, 100_000)) + 3 * Double(max(0, $0.size - 100_000)))
    }
    for wanted in [5e-5, 2e-4, 0.01] {
      let found = try find(wanted, runner: MadeUpRunner(noise: 0.02, taskSeconds: time))
      #expect(abs(found.taskSeconds / wanted - 1) <= 0.05, "\(found)")
    }
  }

  @Test func impossibleWishesEnd() throws {
    func found(
      _ seconds: Double, maximumSize: Int, _ time: @escaping (Arm) -> Double
    ) throws -> (calibration: Calibration, runs: Int) {
      let runner = MadeUpRunner(taskSeconds: time)
      let found = try find(seconds, maximumSize: maximumSize, runner: runner)
      return (found, runner.runs.count)
    }
    // The size may not become as large as it would have to.
    let small = try found(10, maximumSize: 5000) { 1e-9 * Double($0.size) }
    #expect(small.calibration.size == 5000 && !small.calibration.isWithinTolerance)
    let none = try found(10, maximumSize: 0) { 1e-9 * Double($0.size) }
    #expect(none.calibration.size <= 1 && !none.calibration.isWithinTolerance)
    // A task that takes no time never lasts long enough.
    let nothing = try found(0.01, maximumSize: 1 << 45) { _ in 0 }
    #expect(nothing.calibration.size == 1 << 45 && nothing.runs < 1000)
    // Even one unit takes too long.
    let long = try found(1e-6, maximumSize: 1 << 45) { 1e-3 * Double($0.size) }
    #expect(long.calibration.size == 1 && !long.calibration.isWithinTolerance)
    // A constant part alone takes too long.
    let constant = try found(1e-6, maximumSize: 1 << 45) { 1e-3 + 1e-9 * Double($0.size) }
    #expect(!constant.calibration.isWithinTolerance && constant.runs < 1000)
    // A time that jumps over the requested one.
    let jump = try found(0.01, maximumSize: 1 << 45) { $0.size > 4242 ? 1 : 1e-4 }
    #expect(!jump.calibration.isWithinTolerance && jump.runs < 1000)
  }

  @Test func anErrorOfTheRunnerComesThrough() throws {
    final class Failing: ArmRunner {
      func run(_ arm: Arm) throws(MeasurementError) -> ArmSample {
        throw .worker(.interrupted(signal: 2))
      }
    }
    #expect(throws: MeasurementError.worker(.interrupted(signal: 2))) {
      try Calibration.find(kernel, seconds: 1, maximumSize: 10, runner: Failing())
    }
  }
}

extension RealTime {
  @Suite(.engine) struct RealCalibrationTests {
    @Test func vieteLastsAsLongAsWanted() throws {
      let kernel = AnyKernel(Viete.self)
      let runner = try realRunner([kernel])
      // A machine may change its speed between two measurements, but not each time.
      var misses: [String] = []
      for _ in 0..<4 {
        let found = try Calibration.find(
          kernel, seconds: 0.002, maximumSize: 1 << 45, runner: runner)
        let arm = Arm(
          kernel: "viete", variant: "c.scalar", workers: 1, tasks: 1, size: found.size)
        let again = try (0..<20).map { _ in try runner.run(arm).cpuSeconds }.min() ?? 0
        if found.isWithinTolerance, abs(again / 0.002 - 1) <= 0.05 { return }
        misses.append("\(found), then \(again) s")
      }
      Issue.record("\(misses)")
    }
  }
}
