import Foundation
import PerfGatePlantKernels
import PerfGateTestSupport
import PerfGateWorkers
import Testing

@testable import PerfGate
@testable import PerfGateMachine

/// Tasks that are done several at a time: an executor sees fewer tasks, and everybody else all results.
///
/// Only something that hangs reaches the limit: a test that waits for a thread of Swift's concurrency waits for
/// most others as well.
@Suite(.timeLimit(.minutes(15))) struct BatchTests {
  private func local() throws -> LocalRunner {
    try LocalRunner(
      catalog: Catalog.plants(), slots: (0..<3).map { WorkerSlot(worker: $0, cpu: nil, node: nil) },
      seed: 42)
  }

  private func arm(
    _ variant: String, _ executor: String = ExecutorName.pool, workers: Int = 1, tasks: Int = 50
  ) -> Arm {
    Arm(
      kernel: BatchKernel.name, variant: variant, executor: executor, workers: workers,
      tasks: tasks, size: 200)
  }

  private func results(_ runner: LocalRunner, _ arm: Arm) throws -> [UInt64]? {
    _ = try runner.runUnchecked(arm)
    return runner.lastResults(0..<arm.tasks)
  }

  @Test func groupsHaveEachTaskOnceAndAreOfOneSize() {
    for tasks in Array(1...70) + [1000] {
      for workers in 1...5 {
        for most in [1, 2, 8, 64] {
          let groups = TaskGroups(tasks: tasks, workers: workers, most: most)
          let all = (0..<groups.count).map { groups[$0] }
          #expect(all.flatMap(Array.init) == Array(0..<tasks))
          let sizes = all.map(\.count)
          #expect(sizes.max() == groups.most && groups.most <= most)
          #expect(sizes.min() == 1 || groups.most - (sizes.min() ?? 0) <= 1)
          // As many for each worker, where there are enough tasks.
          #expect(groups.count.isMultiple(of: workers) || groups.count == tasks)
          // No more than necessary.
          let least = (tasks - 1) / most + 1
          #expect(groups.count <= (least + workers - 1) / workers * workers)
        }
      }
    }
  }

  /// In this process, in loops, in tasks, in threads of Dispatch: the same results for every task.
  @Test func everyExecutorOfThisProcessRunsThem() async throws {
    // Task groups would wait for the thread of a test that is a task itself.
    try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
      Thread.detachNewThread { done.resume(with: Result { try runOnEveryExecutor() }) }
    }
  }

  private func runOnEveryExecutor() throws {
    let runner = try local()
    let names = Executors.all.filter { $0.placement != .processes }.map(\.name)
    for executor in names + [ExecutorName.singleThread] {
      var cpuSeconds = 0.0
      for workers in 1...(executor == ExecutorName.singleThread ? 1 : 3) {
        for tasks in [1, 7, 8, 9, 50, 777] {
          let reference = arm("swift.reference", tasks: tasks)
          let batch = arm("swift.batch", executor, workers: workers, tasks: tasks)
          let sample = try runner.run(batch)
          // On a virtual machine what is stolen may be more than a round of microseconds takes.
          #expect(sample.seconds > 0 && sample.cpuSeconds >= 0)
          cpuSeconds += sample.cpuSeconds
          let checksum = try #require(runner.lastChecksum)
          #expect(try results(runner, batch) == results(runner, reference))
          #expect(checksum == runner.lastChecksum)
          #expect(try checksum == runner.checksum(of: batch))
        }
      }
      #expect(cpuSeconds > 0, "\(executor)")
    }
  }

  /// The same in another process, and in processes of that one.
  @Test func otherProcessesRunThemToo() throws {
    let plant = try PlantRunner()
    let local = try local()
    for executor in [ExecutorName.pool, ExecutorName.process] {
      for (workers, tasks) in [(1, 1), (1, 50), (2, 9), (2, 50), (2, 333)] {
        let batch = arm("swift.batch", executor, workers: workers, tasks: tasks)
        _ = try plant.runner.run(batch)
        #expect(
          try plant.runner.results(of: batch)
            == results(local, arm("swift.reference", tasks: tasks)))
        #expect(try plant.runner.checksum(of: batch) == local.checksum(of: batch))
      }
    }
  }

  @Test func aWrongResultIsToldWithItsTask() throws {
    let runner = try local()
    for (variant, task) in [("swift.wrong", BatchKernel.wrongTask), ("swift.short", 7)] {
      let error = #expect(throws: MeasurementError.self) { try runner.run(arm(variant)) }
      guard case .wrongResult(let unproven) = error,
        case .wrongResult(let found, _, _) = unproven.reason
      else {
        Issue.record("\(variant): \(String(describing: error))")
        continue
      }
      #expect(unproven.variant == variant && found == task)
    }
  }

  @Test func aWrongResultOfAnotherProcessIsFoundToo() throws {
    let plant = try PlantRunner()
    for executor in [ExecutorName.pool, ExecutorName.process] {
      for workers in 1...2 {
        let error = #expect(throws: MeasurementError.self) {
          try plant.runner.run(arm("swift.wrong", executor, workers: workers))
        }
        guard case .wrongResult(let unproven) = error else {
          Issue.record("\(String(describing: error))")
          continue
        }
        #expect(unproven.variant == "swift.wrong")
      }
    }
  }

  @Test func aLimitIsComparedWithItselfOrAnotherOne() throws {
    let runner = try local()
    _ = try runner.run(arm("swift.limit"))
    _ = try runner.run(arm("swift.limit.same"))
    let error = #expect(throws: MeasurementError.self) { try runner.run(arm("swift.limit.wrong")) }
    #expect("\(String(describing: error))".contains("task 3"))
    let plant = try PlantRunner()
    _ = try plant.runner.run(arm("swift.limit.same"))
    #expect(throws: MeasurementError.self) { try plant.runner.run(arm("swift.limit.wrong")) }
  }

  @Test func aFullBatchIsCountedAsOneCall() throws {
    guard Counting.refusal(.allocations) == nil else { return }
    // In a process of its own: other tests of this one allocate too.
    let found = try PlantRunner().runner.counts(of: arm("swift.batch"), calls: 4, .allocations)
    let counts = try #require(found?.counts)
    #expect(counts.calls == 4 && counts.most.allocations == 0)
  }

  @Test func limitsMustBeLimits() {
    func problem(_ variants: Variant<Int>...) -> String? {
      do {
        _ = try MadeUpLimits.$made.withValue(variants) {
          try Catalog([AnyKernel(MadeUpLimits.self)])
        }
        return nil
      } catch { return "\(error)" }
    }
    let reference = Variant<Int>("c.one", isReference: true) { _, _ in 0 }
    let limit = Variant<Int>("c.limit") { _, _ in 0 }.asLimit()
    #expect(problem(reference.limited(by: "c.limit"), limit) == nil)
    #expect(
      problem(reference.limited(by: "c.other"), limit)?.contains("c.other is no limit") == true)
    #expect(problem(reference.limited(by: "c.one"), limit)?.contains("c.one is no limit") == true)
    #expect(problem(reference.asLimit())?.contains("neither the reference") == true)
    #expect(problem(reference, limit.limited(by: "c.limit"))?.contains("nor limited") == true)
    let checked = Variant<Int>("c.checked") { _, _ in 0 }
    #expect(problem(reference, limit, checked.asLimit(checkedBy: "c.limit")) == nil)
    #expect(
      problem(reference, limit, checked.asLimit(checkedBy: "c.one"))?
        .contains("cannot be checked by c.one") == true)
  }

  private enum MadeUpLimits: Kernel {
    static let name = "made-up.limits"
    static let work = Work(unit: "task", growth: .constant, defaultSize: 1)
    @TaskLocal static var made: [Variant<Int>] = []
    static var variants: [Variant<Int>] { made }
    static func makeInput(size: Int, seed: UInt64) throws -> Int { size }
  }
}
