import PerfGatePlantTasks
import PerfGateWorkers
import Testing

#if os(Linux)
  /// What worker processes are sent beside their tasks.
  @Suite struct ProcessMessageTests {
    @Test(arguments: [PlantTask.copied, .mapped], [0, 1, 4096, 3_000_001])
    func messagesArriveWhole(task: PlantTask, count: Int) async throws {
      try await onThread {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 131 &+ $0 >> 8) }
        let right = bytes.withUnsafeBytes(PlantTask.sum)
        let executor = try ProcessExecutorTests.started(2)
        for workers in [1, 2] {
          _ = try executor.run(task, Board(), tasks: 5, workers: workers, bytes: bytes)
          #expect(executor.results(tasks: 5) == Array(repeating: right, count: 5))
        }
      }
    }

    @Test func messagesAndPlainTasksAlternate() async throws {
      try await onThread {
        let executor = try ProcessExecutorTests.started(2)
        let board = Board()
        for round in 0..<20 {
          let bytes = [UInt8](repeating: UInt8(round), count: 1000 + round)
          let task = round.isMultiple(of: 3) ? PlantTask.copied : .mapped
          _ = try executor.run(task, board, tasks: 4, workers: 2, bytes: bytes)
          #expect(
            executor.results(tasks: 4).allSatisfy { $0 == bytes.withUnsafeBytes(PlantTask.sum) })
          _ = try executor.run(.plus, board, number: round, tasks: 4, workers: 2)
          #expect(executor.results(tasks: 4) == (0..<4).map { UInt64($0 + round) })
        }
      }
    }

    /// A task that needs a message gets none, and the other way round.
    @Test func theWrongKindIsRefused() async throws {
      try await onThread {
        for (task, bytes, sent) in [
          (PlantTask.square, [UInt8(1)], "0 bytes of message"), (.copied, nil, "a message"),
        ] as [(PlantTask, [UInt8]?, String)] {
          let executor = try ProcessExecutorTests.started(1)
          let error = #expect(throws: WorkerError.self) {
            try executor.run(task, Board(), tasks: 1, workers: 1, bytes: bytes)
          }
          #expect(
            error?.description.hasPrefix("worker 0 cannot run made-up: was sent ") == true,
            "\(String(describing: error)) \(sent)")
        }
      }
    }
  }
#endif
