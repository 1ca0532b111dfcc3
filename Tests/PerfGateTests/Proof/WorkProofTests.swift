import PerfGate
import PerfGateKernels
import Testing

/// Tests that look at real time run one after another.
@Suite(.serialized) enum RealTime {}

/// Plants that cheat: each is caught by name, through the same runner and proof as every kernel.
extension RealTime {
  @Suite struct WorkProofTests {
    /// Every plant first proves that it cheats.
    @Test(arguments: ["c.discarded", "swift.discarded"])
    func aDiscardedLoopTakesNoTime(variant: String) throws {
      func seconds(_ variant: String, _ size: Int) throws -> Double {
        try leastSeconds(of: SeriesPlants.self, variant, size: size, tasks: 2000)
      }
      // Sixteen times the size, so that no noise of a busy machine looks like work: it takes
      // microseconds, where honest work takes milliseconds.
      // Stolen time may make microseconds look like none; work would fail each time.
      var (once, often) = (0.0, 0.0)
      for _ in 0..<4 where !(often / once < 8) {
        (once, often) = (try seconds(variant, 1000), try seconds(variant, 16_000))
      }
      #expect(often / once < 8, "\(once) s, \(often) s")
      let honest = try seconds("c.honest", 1000)
      #expect(honest > 20 * once && honest > 20 * often, "\(honest) s")
    }

    @Test(arguments: ["c.discarded", "swift.discarded"])
    func aDiscardedLoopIsCaught(variant: String) throws {
      let found = try #require(try proof(of: SeriesPlants.self, variant))
      #expect(found.kernel == "plant.series" && found.variant == variant)
      guard case .notProportionalToSize(let ratio) = found.reason else {
        Issue.record("\(found)")
        return
      }
      #expect(ratio < 1.8)
      #expect(
        found.description.hasPrefix(
          "work of plant.series/\(variant) is not proven: twice the size takes "))
    }

    @Test func memoisedTasksAreCaught() throws {
      let runner = try realRunner([AnyKernel(SeriesPlants.self)])
      let arm = Arm(
        kernel: "plant.series", variant: "swift.memoised", workers: 1, tasks: 1, size: 500_000)
      let first = try runner.run(arm).cpuSeconds
      let second = try runner.run(arm).cpuSeconds
      #expect(second < first / 10, "\(first) s, then \(second) s")

      let found = try #require(try proof(of: SeriesPlants.self, "swift.memoised"))
      #expect(found.variant == "swift.memoised")
      guard case .notProportionalToSize = found.reason else {
        Issue.record("\(found)")
        return
      }
    }

    @Test func mergedTasksAreCaught() throws {
      let one = try leastSeconds(of: SeriesPlants.self, "swift.merged", size: 300_000, tasks: 1)
      let two = try leastSeconds(of: SeriesPlants.self, "swift.merged", size: 300_000, tasks: 2)
      #expect(two / one < 1.5, "\(one) s, \(two) s")

      let found = try #require(try proof(of: SeriesPlants.self, "swift.merged"))
      guard case .notProportionalToTasks(let ratio) = found.reason else {
        Issue.record("\(found)")
        return
      }
      #expect(ratio < 1.5)
      #expect(
        found.description.hasPrefix(
          "work of plant.series/swift.merged is not proven: twice the tasks take "))
    }

    /// Work that takes more than twice the time for twice the tasks is not missing.
    @Test func dearerTasksAreNoMissingWork() throws {
      let one = try leastSeconds(of: SeriesPlants.self, "swift.dearer", size: 300_000, tasks: 1)
      let two = try leastSeconds(of: SeriesPlants.self, "swift.dearer", size: 300_000, tasks: 2)
      #expect(two / one > 2.2, "\(one) s, \(two) s")
      #expect(try proof(of: SeriesPlants.self, "swift.dearer") == nil)
    }

    @Test func aHoistedCallIsCaught() throws {
      let sizes = [1 << 20, 1 << 21]
      var times = [0.0, 0.0]
      for _ in 0..<4 where !(times[1] / times[0] < 1.5) {
        times = try sizes.map {
          try leastSeconds(of: ScanPlants.self, "swift.hoisted", size: $0, tasks: 5000)
        }
      }
      #expect(times[1] / times[0] < 1.5, "\(times)")

      let found = try #require(try proof(of: ScanPlants.self, "swift.hoisted"))
      #expect(found.kernel == "plant.scan" && found.variant == "swift.hoisted")
      guard case .notProportionalToSize = found.reason else {
        Issue.record("\(found)")
        return
      }
    }

    @Test func makingTheInputInTheTaskIsCaught() throws {
      let few = try leastSeconds(of: LengthPlants.self, "swift.making", size: 10_000, tasks: 4)
      let many = try leastSeconds(of: LengthPlants.self, "swift.making", size: 1_000_000, tasks: 4)
      #expect(many > 5 * few, "\(few) s, \(many) s")

      let found = try #require(try proof(of: LengthPlants.self, "swift.making", size: 1_000_000))
      #expect(found.variant == "swift.making")
      guard case .growsWithSize(let ratio) = found.reason else {
        Issue.record("\(found)")
        return
      }
      #expect(ratio > 5)
    }

    @Test func sleepIsCaught() throws {
      // Its wall time is in proportion to the size: a plain clock is fooled.
      let runner = try realRunner([AnyKernel(SeriesPlants.self)])
      func best(_ size: Int) throws -> ArmSample? {
        let arm = Arm(
          kernel: "plant.series", variant: "swift.sleeping", workers: 1, tasks: 1, size: size)
        return try (0..<5).map { _ in try runner.run(arm) }.min { $0.seconds < $1.seconds }
      }
      let (short, long) = (try #require(try best(2_000_000)), try #require(try best(4_000_000)))
      #expect(long.seconds / short.seconds > 1.5 && long.seconds / short.seconds < 2.6)
      #expect(short.sleepShare > 0.5 && long.sleepShare > 0.5, "\(short), \(long)")

      let sleeping = try #require(try proof(of: SeriesPlants.self, "swift.sleeping"))
      guard case .slept(let share) = sleeping.reason else {
        Issue.record("\(sleeping)")
        return
      }
      #expect(sleeping.variant == "swift.sleeping" && share > 0.8)
      let dozing = try #require(try proof(of: SeriesPlants.self, "swift.dozing"))
      guard case .slept(let half) = dozing.reason else {
        Issue.record("\(dozing)")
        return
      }
      #expect(dozing.variant == "swift.dozing" && half > 0.2)
      #expect(
        dozing.description.hasPrefix(
          "work of plant.series/swift.dozing is not proven: the worker slept "))
    }
  }
}
