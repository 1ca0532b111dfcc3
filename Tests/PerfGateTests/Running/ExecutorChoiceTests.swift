import PerfGate
import PerfGateMachine
import PerfGateTestSupport
import PerfGateWorkers
import Testing

/// Arms run on the executor that they name, and what is made of them carries its name.
@Suite struct ExecutorChoiceTests {
  /// A pool that does to each round what a test wants.
  private final class Planted: Executor {
    private let pool: WorkerPool
    private let change: @Sendable (TaskBatch) -> TaskBatch

    init(
      _ slots: [WorkerSlot], change: @escaping @Sendable (TaskBatch) -> TaskBatch
    ) throws(WorkerError) {
      pool = try WorkerPool(slots: slots)
      self.change = change
    }

    var slots: [WorkerSlot] { pool.slots }
    var threadIDs: [Int32] { pool.threadIDs }
    var startupSeconds: Double { pool.startupSeconds }
    func run(_ batch: TaskBatch) throws(WorkerError) -> ExecutedRound {
      try pool.run(change(batch))
    }
    func forEachResult(_ visit: (Int, UnsafeBufferPointer<UInt64>) -> Void) {
      pool.forEachResult(visit)
    }
    func beginObservation() throws(WorkerError) { try pool.beginObservation() }
    func endObservation() throws(WorkerError) -> [PlacementObservation] {
      try pool.endObservation()
    }
  }

  private enum Numbers: Kernel {
    static let name = "made-up.numbers"
    static let work = Work(unit: "task", growth: .constant, defaultSize: 1)
    static let variants: [Variant<Int>] = [
      Variant("swift.a", isReference: true) { _, task in UInt64(task) &* 3 }
    ]
    static func makeInput(size: Int, seed: UInt64) throws -> Int { size }
  }

  private func runner(
    _ change: @escaping @Sendable (TaskBatch) -> TaskBatch = { $0 }
  ) throws -> LocalRunner {
    let planted = ExecutorKind("planted", "for a test") { setup throws(WorkerError) in
      try Planted(setup.slots, change: change)
    }
    return try LocalRunner(
      catalog: Catalog([AnyKernel(Numbers.self)]),
      slots: (0..<2).map { WorkerSlot(worker: $0, cpu: nil, node: nil) }, seed: 42,
      kinds: Executors.all + [planted])
  }

  private func arm(_ executor: String) -> Arm {
    Arm(
      kernel: Numbers.name, variant: "swift.a", executor: executor, workers: 2, tasks: 40, size: 1)
  }

  @Test func anArmRunsOnTheExecutorThatItNames() throws {
    let labels = Labels()
    let runner = try runner { batch in
      labels.add(batch.label)
      return batch
    }
    _ = try runner.run(arm("pool"))
    #expect(labels.all.isEmpty)
    #expect(runner.threadIDs.count == 2)
    let sample = try runner.run(arm("planted"))
    #expect(sample.seconds > 0)
    #expect(labels.all == ["made-up.numbers/swift.a/planted/2"])
    // Started once, and looked at like the pool.
    _ = try runner.run(arm("planted"))
    #expect(Set(runner.threadIDs).count == 4)
    #expect(try runner.observations().map { $0.map(\.worker) } == [[0, 1], [0, 1]])
  }

  @Test func anExecutorThatLosesTasksGivesNoSample() throws {
    let runner = try runner { batch in
      var fewer = batch
      fewer.tasks -= 1
      return fewer
    }
    #expect(
      throws: MeasurementError.lostTask(
        task: 39, arm: "made-up.numbers/swift.a/planted/2", times: 0)
    ) { try runner.run(arm("planted")) }
  }

  @Test func anExecutorThatMixesResultsUpGivesNoSample() throws {
    let runner = try runner { batch in
      var mixed = batch
      mixed.body = { batch.body($0 == 7 ? 8 : $0 == 8 ? 7 : $0) }
      return mixed
    }
    let error = #expect(throws: MeasurementError.self) { try runner.run(arm("planted")) }
    guard case .wrongResult(let unproven) = error else {
      Issue.record("found \(String(describing: error))")
      return
    }
    #expect(unproven.variant == "swift.a")
  }

  @Test func anUnknownExecutorIsToldWithThoseThereAre() throws {
    let error = #expect(throws: MeasurementError.self) { try runner().run(arm("fibers")) }
    let known = Executors.all.map(\.name).joined(separator: ", ")
    #expect(error?.description == "unknown executor fibers: expected \(known), planted")
    let session = #expect(throws: MeasurementError.self) {
      try LocalSession(
        record: madeUpRecord(), catalog: Catalog([]), machine: try Machine.current(),
        slots: [WorkerSlot(worker: 0, cpu: nil, node: nil)], executors: ["fibers"],
        cacheBytes: 1 << 20)
    }
    #expect(session?.description == "unknown executor fibers: expected \(known)")
  }

  @Test func thePoolIsInTheListUnderTheNameThatTheEngineUses() {
    #expect(Executors.named(ExecutorName.pool) != nil)
    #expect(Executors.all.allSatisfy { ExecutorName.handsOut($0.name) })
  }

  @Test func tablesCarryTheExecutor() throws {
    let kernel = MadeUpKernel(defaultSize: 2000).erased
    let survey = Survey(
      kernel: kernel, variants: kernel.variants, executors: ["planted"], workers: [1, 2], tasks: 5,
      size: 10, rounds: 3, taskSeconds: ["swift.a": 1, "c.a": 100])
    let arms = survey.groups(.scale).flatMap(\.arms)
    #expect(arms.count == 5 || arms.count == 4)
    #expect(arms.allSatisfy { $0.executor == "planted" })
    let handoff = HandoffSurvey(
      kernel: kernel, variants: kernel.variants, executors: ["planted"], workers: [1], tasks: 5,
      size: 2000, rounds: 3)
    #expect(Set(handoff.tables.flatMap(\.arms).map(\.executor)) == ["sp", "planted"])
    #expect(handoff.constantCost.arms.allSatisfy { $0.executor == "planted" })
  }

  @Test func aVariantHasACurveForEachExecutor() throws {
    let kernel = MadeUpKernel().erased
    func series(_ executor: String, _ workers: Int, _ seconds: Double) -> Series {
      .madeUp(
        Arm(
          kernel: "made-up", variant: "c.a", executor: executor, workers: workers, tasks: 4,
          size: 1), seconds: [seconds])
    }
    let all = [
      series("pool", 1, 2), series("pool", 2, 1), series("planted", 1, 4), series("planted", 2, 4),
    ]
    let curves = Tables().curves(all, of: kernel, group: "made-up")
    #expect(curves.map(\.executor) == ["pool", "planted"])
    #expect(curves.map { $0.points.map(\.speedup) } == [[1, 2], [1, 1]])
  }
}

/// Collects labels from the thread that runs rounds.
private final class Labels: @unchecked Sendable {
  // Only the thread that calls `run` touches it: executors change a batch before they hand it out.
  private(set) var all: [String] = []
  func add(_ label: String) { all.append(label) }
}
