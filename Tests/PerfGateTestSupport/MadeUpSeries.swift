import PerfGate
import PerfGateStatistics

/// A runner whose samples follow a formula, in virtual time.
package final class MadeUpRunner: ArmRunner {
  private let taskSeconds: (Arm) -> Double
  private let noise: Double
  private var generator = SplitMix64(seed: 7)
  package private(set) var runs: [Arm] = []
  /// The seconds that all runs would have taken.
  package private(set) var virtualSeconds = 0.0

  /// - Parameters:
  ///   - noise: every sample is longer by up to this share, and one in ten by up to 20 times that.
  ///   - taskSeconds: the true time of a task.
  package init(noise: Double = 0, taskSeconds: @escaping (Arm) -> Double) {
    self.noise = noise
    self.taskSeconds = taskSeconds
  }

  package func run(_ arm: Arm) throws(MeasurementError) -> ArmSample {
    runs.append(arm)
    var seconds = taskSeconds(arm) * Double(arm.tasks)
    let uniform = Double(generator.next() >> 11) * 0x1p-53
    let isSpike = generator.next() % 10 == 0
    seconds *= 1 + noise * uniform * (isSpike ? 20 : 1)
    virtualSeconds += seconds
    return ArmSample(seconds: seconds, cpuSeconds: seconds)
  }
}

extension Series {
  /// A series with these times in rounds 0, 1, 2 … unless other rounds are given.
  package static func madeUp(
    _ arm: Arm, seconds: [Double], rounds: [Int]? = nil, group: GroupKey = "made-up",
    cpus: [Int]? = nil
  ) -> Series {
    var series = Series(arm, group: group, cpus: cpus ?? Array(0..<arm.workers), bind: "close")
    series.rounds = rounds ?? Array(seconds.indices)
    series.seconds = seconds
    series.cpuSeconds = seconds.map { $0 * Double(arm.workers) }
    return series
  }
}

/// A record with every required part and nothing measured.
package func madeUpRecord() -> Record {
  Record(
    command: "run", seed: .max, started: "2026-01-02T03:04:05Z",
    tool: Record.Tool(
      version: "0.0.0", swift: "6.3.1", clang: "17", configuration: "debug", flags: ["-O"]),
    machine: Record.MachineSummary(
      key: "made-up-2c-1n", cpu: "Made-up CPU", allowedCPUs: "0-1", cores: 2, memoryNodes: 1,
      quota: nil, libnuma: "linked"),
    plan: Record.Plan(
      places: "cores", bind: "close", mem: "local", oversubscribe: false, cpus: [0, 1]))
}
