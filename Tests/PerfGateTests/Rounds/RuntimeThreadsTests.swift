import PerfGateMachine
import PerfGateWorkers
import Testing

@testable import PerfGate

/// Threads that nobody knew before the round tell afterwards how long they waited.
@Suite struct RuntimeThreadsTests {
  /// An executor whose threads belong to a runtime.
  private final class Borrowed: Executor {
    let slots = [WorkerSlot(worker: 0, cpu: nil, node: nil)]
    let threadIDs: [Int32] = []
    let startupSeconds = 0.0
    let runDelays: [RunDelay]

    init(_ runDelays: [RunDelay]) { self.runDelays = runDelays }

    func run(_ batch: TaskBatch) throws(WorkerError) -> ExecutedRound {
      ExecutedRound(seconds: 1, workers: [])
    }
    func forEachResult(_ visit: (Int, UnsafeBufferPointer<UInt64>) -> Void) {}
    func beginObservation() throws(WorkerError) {}
    func endObservation() throws(WorkerError) -> [PlacementObservation] { [] }
  }

  @Test(arguments: [(0.0, false), (0.000_05, false), (0.5, true)])
  func aWaitOfTheirsDisturbsTheRound(seconds: Double, isTold: Bool) {
    let executor = Borrowed([RunDelay(thread: 7, seconds: seconds)])
    let watch = CounterWatch(siblings: [], throttleFiles: [], allowedCPUs: 1)
    watch.begin(on: executor, workers: 1)
    let found = watch.end()
    #expect(found.contains { $0.text.contains("thread 7 waited") } == isTold, "\(found)")
  }

  /// A thread that waited without having begun is seen by what others used of the CPUs.
  @Test(arguments: [(2, 0, false), (30, 300, false), (30, 0, true), (30, 290, false)])
  func whatOthersUseIsTold(ticks: UInt64, milliseconds: UInt64, isTold: Bool) {
    func snapshot(_ nanoseconds: UInt64, _ busy: UInt64) -> InterferenceSnapshot {
      InterferenceSnapshot(
        nanoseconds: nanoseconds, used: [.init(cpu: 0, busy: busy, steal: 0)])
    }
    let cause = OtherPrograms.cause(
      from: snapshot(0, 5), to: snapshot(400_000_000, 5 + ticks), used: milliseconds * 1_000_000)
    #expect((cause?.kind == OtherPrograms.kind) == isTold)
  }

  /// Ticks are too coarse for shortened arms.
  @Test(arguments: Executors.all.map(\.name)) func threadsOfARuntimeAreConfined(name: String) {
    let isOfRuntime = ["task-group", "dispatch"].contains(name)
    #expect((Executors.named(name)?.placement == .confined) == isOfRuntime)
  }
}
