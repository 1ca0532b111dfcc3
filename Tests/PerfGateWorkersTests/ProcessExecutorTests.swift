import CPerfGateSystem
import Foundation
import PerfGateMachine
import PerfGatePlantTasks
import PerfGateWorkers
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

#if os(Linux)
  /// What only worker processes can do to a round. What all executors promise is in `ExecutorTests`.
  @Suite struct ProcessExecutorTests {
    /// An executor of the plant's processes.
    static func started(
      _ workers: Int, _ mode: String = "worker", mark: String = "-", startTimeout: Double = 30
    ) throws -> any Executor {
      let kind = try #require(Executors.named("process"))
      return try kind.start(
        ExecutorSetup(
          slots: freeSlots(workers),
          program: PlantTask.program(mode, mark: mark, startTimeout: startTimeout)))
    }

    /// The numbers of the processes with a mark.
    private static func marked(_ mark: String) -> [Int32] {
      let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
      // Foundation leaks what it reads of a process that ends meanwhile.
      return all.compactMap { Int32($0) }.filter {
        SystemTree.ofThisMachine("/proc/\($0)/cmdline")?.contains(mark) == true
      }
    }

    private static func newMark() -> String { "mark-\(UUID().uuidString)" }

    /// The error of a round on two workers whose seventh task goes wrong, and no process is left.
    private static func failure(
      _ task: PlantTask, mode: String = "worker", timeout: Double = 600
    ) throws -> WorkerError? {
      let mark = newMark()
      let board = Board()
      var found: WorkerError?
      do {
        let executor = try started(2, mode, mark: mark)
        found = #expect(throws: WorkerError.self) {
          try executor.run(
            task, board, number: 7, tasks: 50, workers: 2, label: "made-up/it", timeout: timeout)
        }
        #expect(throws: WorkerError.unusable) {
          try executor.run(.constant, board, tasks: 1, workers: 1)
        }
        executor.forEachResult { _, _ in Issue.record("results of a round that failed") }
      }
      #expect(eventually { marked(mark).isEmpty })
      return found
    }

    @Test(arguments: [
      (PlantTask.killed, "its process was killed by signal 9 (SIGKILL)"),
      (.crashing, "its process was killed by signal 11 (SIGSEGV)"),
    ])
    func aDeathInATaskIsTold(task: PlantTask, how: String) async throws {
      try await onThread {
        let error = try Self.failure(task)
        guard case .processEnded(let worker, task: 7, "made-up/it", how) = error else {
          Issue.record("found \(String(describing: error))")
          return
        }
        #expect(error?.description == "worker \(worker) died in task 7 of made-up/it: \(how)")
      }
    }

    /// What a worker has started holds its end of the socket open.
    @Test func aDeathThatLeavesTheConnectionOpenIsTold() async {
      await #expect(processExitsWith: .success) {
        try await onThread {
          let mark = Self.newMark()
          do {
            let executor = try Self.started(2, mark: mark)
            let error = #expect(throws: WorkerError.self) {
              try executor.run(.leaving, Board(), number: 7, tasks: 50, workers: 2)
            }
            guard case .processEnded(_, task: 7, _, _) = error else {
              Issue.record("found \(String(describing: error))")
              return
            }
          }
          #expect(eventually { Self.marked(mark).isEmpty })
        }
      }
    }

    @Test func aDeathBeforeAndAfterATaskIsTold() async throws {
      try await onThread {
        for isStarted in [false, true] {
          let mark = Self.newMark()
          let board = Board()
          let executor = try Self.started(2, mark: mark)
          try executor.start(workers: 2)
          if isStarted { _ = try executor.run(.square, board, tasks: 9, workers: 2) }
          for pid in Self.marked(mark) { kill(pid, SIGKILL) }
          let error = #expect(throws: WorkerError.self) {
            try executor.run(.square, board, tasks: 9, workers: 2, label: "made-up/it")
          }
          guard case .processEnded(0...1, _, "made-up/it", let how) = error else {
            Issue.record("found \(String(describing: error))")
            return
          }
          #expect(how == "its process was killed by signal 9 (SIGKILL)")
        }
      }
    }

    /// An input may take longer than tasks may, but not for ever.
    @Test func inputsHaveABoundOfTheirOwn() async throws {
      try await onThread {
        let board = Board()
        for (bound, isEnough) in [(30.0, true), (0.3, false)] {
          let executor = try Self.started(2)
          var batch = PlantTask.prepared.batch(
            board, number: 4500, tasks: 4, workers: 2, label: "made-up/it")
          batch.processBounds = ProcessBounds(round: isEnough ? 3 : 30, input: bound)
          if isEnough {
            _ = try executor.run(batch)
          } else {
            let error = #expect(throws: WorkerError.self) { try executor.run(batch) }
            guard case .stuck(worker: 0, task: nil, "made-up/it", _) = error else {
              Issue.record("found \(String(describing: error))")
              return
            }
          }
        }
      }
    }

    /// Nobody waits for the others, which are in a long task.
    @Test func theOthersEndWithTheFirst() async throws {
      try await onThread {
        let mark = Self.newMark()
        let board = Board()
        let executor = try Self.started(3, mark: mark)
        let begin = ContinuousClock.now
        Thread.detachNewThread {
          _ = eventually { board.counts(1)[0] > 0 }
          if let one = Self.marked(mark).first { kill(one, SIGKILL) }
        }
        let error = #expect(throws: WorkerError.self) {
          try executor.run(.nap, board, number: 20_000_000, tasks: 6, workers: 3)
        }
        guard case .processEnded(_, .some, _, let how) = error else {
          Issue.record("found \(String(describing: error))")
          return
        }
        #expect(how == "its process was killed by signal 9 (SIGKILL)")
        #expect(ContinuousClock.now - begin < .seconds(15))
        #expect(eventually { Self.marked(mark).isEmpty })
      }
    }

    /// A worker that hangs does not keep a program that was asked to stop.
    @Test func anInterruptionDoesNotWaitForATaskThatHangs() async {
      await #expect(processExitsWith: .success) {
        try await onThread {
          let mark = Self.newMark()
          do {
            let executor = try Self.started(2, mark: mark)
            let begin = ContinuousClock.now
            Thread.detachNewThread {
              sleep(1)
              pgp_set_interrupt_signal(SIGINT)
            }
            #expect(throws: WorkerError.interrupted(signal: SIGINT)) {
              try executor.run(.sleeping, Board(), number: 1, tasks: 4, workers: 2)
            }
            #expect(ContinuousClock.now - begin < .seconds(15))
          }
          #expect(eventually { Self.marked(mark).isEmpty })
        }
      }
    }

    @Test func oneThatStopsAnsweringIsNamedAndEnded() async throws {
      try await onThread {
        let begin = ContinuousClock.now
        let error = try Self.failure(.stopped, timeout: 5)
        guard case .stuck(0...1, task: 7, "made-up/it", let seconds) = error else {
          Issue.record("found \(String(describing: error))")
          return
        }
        // It never answers by itself.
        #expect(seconds >= 5 && ContinuousClock.now - begin < .seconds(60))
      }
    }

    @Test func whatNobodyReadsBlocksNobody() async throws {
      try await onThread {
        let executor = try Self.started(2)
        _ = try executor.run(.loud, Board(), tasks: 4, workers: 2, timeout: 60)
        #expect(executor.results(tasks: 4) == [1, 1, 1, 1])
      }
    }

    @Test(arguments: [
      ("liar", "worker 0 answered the result of task 1, expected 0 in task 0 of made-up/it"),
      ("cut", "worker 0 died in task 0 of made-up/it: its process exited with status 0"),
      (
        "long",
        "worker 0 answered 1099511627776 bytes of result, expected 8 in task 0 of made-up/it"
      ),
      ("early", "worker 0 died between tasks of made-up/it: its process exited with status 6"),
      ("failing", "worker 0 died between tasks of its start: its process exited with status 5"),
      ("stranger", "worker 0 answered version 72, expected 1 between tasks of its start"),
    ])
    func whatIsNoAnswerIsTold(mode: String, message: String) async throws {
      try await onThread {
        let mark = Self.newMark()
        do {
          let executor = try Self.started(1, mode, mark: mark)
          let error = #expect(throws: WorkerError.self) {
            try executor.run(.square, Board(), tasks: 3, workers: 1, label: "made-up/it")
          }
          #expect(error?.description == message)
        }
        #expect(eventually { Self.marked(mark).isEmpty })
      }
    }

    @Test func aMuteOneIsNotWaitedForForever() async throws {
      try await onThread {
        let executor = try Self.started(1, "mute", startTimeout: 0.3)
        let error = #expect(throws: WorkerError.self) { try executor.start(workers: 1) }
        guard case .stuck(worker: 0, task: nil, "its start", _) = error else {
          Issue.record("found \(String(describing: error))")
          return
        }
      }
    }

    @Test func aProgramThatDoesNotExistIsNamed() async throws {
      try await onThread {
        let kind = try #require(Executors.named("process"))
        let executor = try kind.start(
          ExecutorSetup(
            slots: freeSlots(2),
            program: WorkerProgram(path: "/no/such/program", arguments: [], environment: [:])))
        let error = #expect(throws: WorkerError.self) {
          try executor.run(.square, Board(), tasks: 3, workers: 2)
        }
        #expect(
          error?.description.hasPrefix("cannot start worker 0: /no/such/program: ENOENT") == true,
          "\(String(describing: error))")
        #expect(throws: WorkerError.noWorkerProgram) {
          try kind.start(ExecutorSetup(slots: freeSlots(2)))
        }
      }
    }

    @Test func closuresAndUnknownWorkAreRefused() async throws {
      try await onThread {
        let executor = try Self.started(1)
        #expect(throws: WorkerError.noOrigin(label: "a closure")) {
          try executor.run(tasks: 1, workers: 1, label: "a closure") { _ in 0 }
        }
        var batch = PlantTask.square.batch(Board(), tasks: 1, workers: 1, label: "made-up/it")
        batch.origin?.kernel = "no\ntask"
        let error = #expect(throws: WorkerError.self) {
          try executor.run(batch)
        }
        #expect(
          error?.description == "worker 0 cannot run made-up/it: there is no task no task")
      }
    }

    @Test func tooFewDescriptorsAreNamed() async {
      await #expect(processExitsWith: .success) {
        try await onThread {
          var limit = rlimit(rlim_cur: 60, rlim_max: 60)
          #expect(setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
          let mark = Self.newMark()
          do {
            let executor = try Self.started(100, mark: mark)
            let error = #expect(throws: WorkerError.self) {
              try executor.run(.square, Board(), tasks: 1000, workers: 100)
            }
            let text = "\(String(describing: error?.description))"
            #expect(text.contains("EMFILE"), "\(text)")
            #expect(text.contains("; or ask for at most "), "\(text)")
          }
          #expect(eventually { Self.marked(mark).isEmpty })
          #expect(waitpid(-1, nil, WNOHANG) == -1 && errno == ECHILD)
        }
      }
    }

    @Test func aHundredWorkersShareTheirTasks() async throws {
      try await onThread {
        let mark = Self.newMark()
        let board = Board()
        do {
          let executor = try Self.started(100, mark: mark)
          let round = try executor.run(.square, board, tasks: 1000, workers: 100)
          #expect(round.workers.count == 100)
          #expect(board.counts(1000).allSatisfy { $0 == 1 })
          #expect(Self.marked(mark).count == 100)
        }
        #expect(eventually { Self.marked(mark).isEmpty })
      }
    }

    /// Workers start when a round needs them, so that a smaller one takes no memory for others.
    @Test func onlyThoseThatAreNeededStart() async throws {
      try await onThread {
        let mark = Self.newMark()
        let board = Board()
        let executor = try Self.started(4, mark: mark)
        #expect(Self.marked(mark).isEmpty)
        for workers in [1, 3, 2, 4] {
          _ = try executor.run(.square, board, tasks: 9, workers: workers)
        }
        let first = Self.marked(mark)
        #expect(first.count == 4)
        _ = try executor.run(.square, board, tasks: 9, workers: 4)
        #expect(Set(Self.marked(mark)) == Set(first))
      }
    }

    /// The processes of a parent that is killed end in the middle of a task, and when idle.
    @Test func noOrphanIsLeft() async throws {
      try await onThread {
        let mark = Self.newMark()
        let program = PlantTask.program("parent", mark: mark)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program.path)
        process.arguments = program.arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        #expect(line == "started\n")
        #expect(eventually { Self.marked(mark).count == 4 })
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        #expect(eventually { Self.marked(mark).isEmpty })
      }
    }

    @Test func whatOthersUseIsToldApart() async throws {
      try await onThread {
        let executor = try Self.started(2)
        let round = try executor.run(.busy, Board(), tasks: 20, workers: 2)
        let cpu = round.workers.reduce(0) { $0 + $1.cpuSeconds }
        // The tasks compute for 40 ms, on CPUs that others may use meanwhile.
        let others = Double(executor.otherProcessNanoseconds) * 1e-9
        #expect(others > 0.004 && others <= cpu, "\(others) of \(cpu)")
        #expect(executor.runDelays.count == 2 && executor.threadIDs.isEmpty)
      }
    }
  }
#endif
