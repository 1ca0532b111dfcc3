import CPerfGateSystem
import Foundation
import PerfGateMachine
import PerfGatePlantTasks
import PerfGateWorkers
import Synchronization

// What all executors promise, of ranks. A launcher starts this program; Tests/Scripts/mpi.sh does.
let usage = """
  usage: mpirun -n N PerfGateMPIPlant MODE
    properties  checks what every executor promises, on 1 to N ranks
    price       tells what a ticket and an empty task take, and a counter that threads share
    stuck       runs a task that does not end, with a bound of a second
    nap         runs tasks for six seconds, with a bound of two
    asleep      runs a task that does not end, with a bound of a minute
    dead        asks for priority when rank 1 has just died, then runs tasks
  """

#if MPI
  /// Checks, and how many of them failed.
  struct Checks {
    private(set) var failures = 0
    private var name = ""
    private var count = 0

    mutating func begin(_ name: String) {
      self.name = name
      count = 0
    }

    mutating func expect(_ isTrue: Bool, _ what: @autoclosure () -> String) {
      count += 1
      guard !isTrue else { return }
      failures += 1
      print("FAILED \(name): \(what())")
    }

    func end() { print("ok \(name): \(count) checks") }
  }

  /// The results of the last round by task; each task's place holds all its results.
  func results(of executor: any Executor, tasks: Int) -> [[UInt64]] {
    var found = [[UInt64]](repeating: [], count: tasks)
    executor.forEachResult { first, results in
      for (offset, result) in results.enumerated() where first + offset < tasks {
        found[first + offset].append(result)
      }
    }
    return found
  }

  /// The error of a call; `nil`: it threw none.
  func error(_ body: () throws(WorkerError) -> Void) -> WorkerError? {
    do throws(WorkerError) {
      try body()
      return nil
    } catch { return error }
  }

  /// How many entries a folder has.
  func entries(of folder: String) -> Int {
    (try? FileManager.default.contentsOfDirectory(atPath: folder).count) ?? -1
  }

  func square(_ task: Int) -> UInt64 { UInt64(task) &* UInt64(task) &+ 1 }

  func started(_ workers: Int) throws -> any Executor {
    guard let kind = Executors.named("mpi") else {
      throw WorkerError.noRanks
    }
    return try kind.start(
      ExecutorSetup(slots: (0..<workers).map { WorkerSlot(worker: $0, cpu: nil, node: nil) }))
  }

  func checkProperties(_ job: MPIJob) throws -> Int {
    var checks = Checks()
    let most = job.members.count
    let executor = try started(most)
    let board = Board()
    func round(
      _ task: PlantTask, number: Int = 0, tasks: Int, workers: Int, timeout: Double = 60
    ) throws(WorkerError) -> ExecutedRound {
      try executor.run(
        task.batch(board, number: number, tasks: tasks, workers: workers, timeout: timeout))
    }

    checks.begin("every task runs once on any number of ranks")
    for tasks in [1, 2, 3, 7, 8, 50, 1000, 99_999] {
      for workers in 1...most {
        board.clear(tasks)
        let one = try round(.square, tasks: tasks, workers: workers)
        let what = "\(tasks) tasks, \(workers) ranks"
        checks.expect(board.counts(tasks).allSatisfy { $0 == 1 }, "\(what): calls")
        checks.expect(
          results(of: executor, tasks: tasks) == (0..<tasks).map { [square($0)] },
          "\(what): results")
        checks.expect(
          executor.check((0..<tasks).map(square)).wrong == nil, "\(what): checked results")
        checks.expect(one.workers.count == workers, "\(what): \(one.workers.count) parts")
        checks.expect(one.workers.reduce(0) { $0 + $1.tasks } == tasks, "\(what): parts")
        checks.expect(
          OrderedResults(executor).checksum == resultChecksum((0..<tasks).map(square)),
          "\(what): checksum")
      }
    }
    checks.end()

    checks.begin("a wrong result is found")
    _ = try round(.square, tasks: 1000, workers: most)
    for task in [0, 1, 499, 999] {
      var expected = (0..<1000).map(square)
      expected[task] += 1
      let wrong = executor.check(expected).wrong
      checks.expect(wrong?.task == task && wrong?.found == square(task), "task \(task)")
    }
    checks.end()

    checks.begin("a thousand rounds leave no thread and no descriptor")
    let before = (entries(of: "/proc/self/task"), entries(of: "/proc/self/fd"))
    for number in 0..<1000 {
      let tasks = 1 + number % 23
      _ = try round(.plus, number: number, tasks: tasks, workers: 1 + number * 7 % most)
      checks.expect(
        results(of: executor, tasks: tasks) == (0..<tasks).map { [UInt64($0 + number)] },
        "round \(number)")
    }
    let after = (entries(of: "/proc/self/task"), entries(of: "/proc/self/fd"))
    checks.expect(after.0 <= before.0 && after.1 <= before.1, "\(after) after \(before)")
    checks.end()

    checks.begin("no more than the ranks run at a time")
    for workers in Set([1, 2, most]).sorted() where workers <= most {
      _ = try round(.inside, tasks: 60, workers: workers)
      let inside = board.takeMost()
      checks.expect((1...workers).contains(inside), "\(inside) of \(workers)")
    }
    checks.end()

    checks.begin("results are those of the last round only")
    _ = try round(.constant, number: 1, tasks: 100, workers: most)
    _ = try round(.constant, number: 2, tasks: 2, workers: 1)
    checks.expect(results(of: executor, tasks: 2) == [[2], [2]], "results")
    checks.expect(executor.results(tasks: 2) == [2, 2], "results by task")
    checks.end()

    checks.begin("a round tells times that fit together")
    let busy = try round(.busy, tasks: 4 * most, workers: most)
    checks.expect(busy.seconds >= 0.008, "\(busy.seconds) s")
    for part in busy.workers {
      checks.expect(part.wallSeconds >= 0 && part.cpuSeconds >= 0, "\(part)")
      checks.expect(part.wallSeconds < busy.seconds + 1, "\(part)")
    }
    checks.expect(executor.startupSeconds > 0, "start-up")
    checks.end()

    checks.begin("wrong counts are refused in one line")
    for workers in [0, -1, most + 1, Int.max] {
      let found = error { () throws(WorkerError) in
        _ = try round(.square, tasks: 1, workers: workers)
      }
      checks.expect(found == .workerCount(workers, allowed: 1...most), "\(workers) workers")
    }
    for tasks in [0, -1, Executors.maximumTasks + 1] {
      let found = error { () throws(WorkerError) in
        _ = try round(.square, tasks: tasks, workers: 1)
      }
      checks.expect(found == .taskCount(tasks), "\(tasks) tasks")
    }
    checks.end()

    checks.begin("code that other ranks cannot find is refused with their names")
    if most > 1 {
      var batch = PlantTask.square.batch(board, tasks: 3, workers: most)
      batch.origin?.kernel = "nothing"
      let found = error { () throws(WorkerError) in _ = try executor.run(batch) }
      checks.expect(
        found?.description.hasPrefix("worker 1 cannot run made-up: rank 1 on host") == true,
        "\(String(describing: found))")
      checks.expect(
        found?.description.hasSuffix("there is no task nothing") == true,
        "\(String(describing: found))")
      batch.origin = nil
      let other = error { () throws(WorkerError) in _ = try executor.run(batch) }
      checks.expect(other == .noOrigin(label: "made-up"), "\(String(describing: other))")
    }
    // What is refused breaks nothing.
    _ = try round(.constant, number: 5, tasks: 1, workers: most)
    checks.expect(results(of: executor, tasks: 1) == [[5]], "the round after it")
    checks.end()

    checks.begin("ranks are observed where their slots are")
    let mask = try ThreadPinning.mainThreadMask()
    try executor.beginObservation()
    for workers in 1...most {
      let allowed = Set(executor.slots.prefix(workers).compactMap(\.cpu))
      board.cpus = allowed
      let one = try round(.placed, number: 1, tasks: 30, workers: workers)
      checks.expect(executor.results(tasks: 30).allSatisfy { $0 == 1 }, "\(workers) ranks: masks")
      for (part, slot) in zip(one.workers, executor.slots) {
        checks.expect(part.cpuBefore == slot.cpu && part.cpuAfter == slot.cpu, "\(part)")
      }
    }
    let seen = try executor.endObservation()
    checks.expect(seen.map(\.worker) == Array(0..<most), "\(seen.count) observations")
    for (observation, slot) in zip(seen, executor.slots) {
      guard let cpu = slot.cpu else { continue }
      checks.expect(observation.mask == [cpu], "\(observation)")
      checks.expect(observation.cpuBefore == cpu && observation.cpuAfter == cpu, "\(observation)")
    }
    checks.expect(try ThreadPinning.mainThreadMask() == mask, "the main thread's mask")
    checks.end()

    checks.begin("ranks run first where that is possible, and go on")
    let cpus = executor.slots.compactMap(\.cpu)
    let isFirst = executor.runFirst()
    checks.expect(!isFirst || Set(cpus).count == most, "ranks that share a CPU")
    for workers in 1...most {
      _ = try round(.plus, number: 3, tasks: 500, workers: workers)
      checks.expect(executor.results(tasks: 500) == (0..<500).map { UInt64($0 + 3) }, "results")
    }
    print("runs first: \(isFirst)")
    checks.end()

    checks.begin("a program that is asked to stop begins no further task")
    board.clear(1000)
    let stopped = error { () throws(WorkerError) in
      _ = try round(.signalling, number: 7, tasks: 1000, workers: most)
    }
    checks.expect(stopped == .interrupted(signal: SIGTERM), "\(String(describing: stopped))")
    checks.end()
    return checks.failures
  }

  /// A word that two threads, each on a CPU of its own, write in turns: each time its cache line moves to
  /// the other CPU, as that of a counter does between two tickets.
  final class SharedLine: Sendable {
    private let turn = Atomic<Int>(0)
    private let ready = Atomic<Int>(0)
    private let ended = Atomic<Int>(0)
    private let unpinned = Atomic<Int>(0)
    private static let turns = 20_000

    /// What one move of the line takes, in ns; `nil`: a thread could not be pinned.
    func nanoseconds(cpus: [Int]) -> Double? {
      guard cpus.count == 2 else { return nil }
      for (own, cpu) in cpus.enumerated() {
        Thread.detachNewThread { [self] in
          do { try ThreadPinning.pin(to: cpu) } catch { unpinned.add(1, ordering: .relaxed) }
          ready.add(1, ordering: .acquiringAndReleasing)
          while ready.load(ordering: .acquiring) <= cpus.count {}
          for number in 0..<Self.turns where number & 1 == own {
            while turn.load(ordering: .acquiring) != number {}
            turn.store(number + 1, ordering: .releasing)
          }
          ended.add(1, ordering: .releasing)
        }
      }
      while ready.load(ordering: .acquiring) < cpus.count { pgp_sleep_ns(100_000) }
      let start = pgp_monotonic_ns()
      ready.add(1, ordering: .releasing)
      while ended.load(ordering: .acquiring) < cpus.count { pgp_sleep_ns(50_000) }
      guard unpinned.load(ordering: .relaxed) == 0 else { return nil }
      return Double(pgp_monotonic_ns() - start) / Double(Self.turns)
    }
  }

  func tellPrice(_ job: MPIJob) throws {
    let most = job.members.count
    guard let executor = try started(most) as? MPIExecutor else { return }
    executor.notes.forEach { print($0) }
    // Others that use the CPUs are no part of the price.
    _ = executor.runFirst()
    for workers in Set([1, 2, most]).sorted() where workers <= most {
      let tickets = (0..<20).compactMap { _ in
        try? executor.runTickets(100_000, workers: workers).seconds
      }
      print("price of a ticket, \(workers) ranks: \((tickets.min() ?? 0) * 1e4) ns")
      let cpus = Set(executor.slots.prefix(workers).compactMap(\.cpu)).sorted()
      if let least = (0..<20).compactMap({ _ in SharedLine().nanoseconds(cpus: cpus) }).min() {
        print("price of a moved line, \(workers) ranks: \(least) ns")
      }
      var seconds = Double.infinity
      for _ in 0..<5 {
        let board = Board()
        let batch = PlantTask.constant.batch(board, tasks: 1_000_000, workers: workers)
        seconds = min(seconds, try executor.run(batch).seconds)
      }
      print("price of an empty task, \(workers) ranks: \(seconds * 1e3) ns")
      // Asleep, so that it does not matter what else uses the CPUs.
      let naps = PlantTask.nap.batch(Board(), number: 10_000, tasks: 50, workers: workers)
      print("50 tasks of 10 ms, \(workers) ranks: \(try executor.run(naps).seconds) s")
    }
  }

  /// Runs a round that ends with an error, tells the error, and ends the job.
  ///
  /// - Parameter before: done before, with the executor.
  func tellFailure(
    _ job: MPIJob, _ batch: TaskBatch, after before: (any Executor) -> Void = { _ in }
  ) throws -> Never {
    let executor = try started(job.members.count)
    before(executor)
    let start = pgp_monotonic_ns()
    let found = error { () throws(WorkerError) in _ = try executor.run(batch) }
    let seconds = Double(pgp_monotonic_ns() - start) * 1e-9
    print("after \(seconds) s: \(found.map { "\($0)" } ?? "no error")")
    job.endAll(found == nil ? 0 : 70)
  }

  /// The code of a task, which makes the file that a script waits for before its first task.
  func toldCode(_ origin: TaskOrigin) throws -> WorkerCode {
    var code = try PlantTask.code(origin)
    guard let file = ProcessInfo.processInfo.environment["MPI_PLANT_BEGUN"],
      let run = code.run
    else { return code }
    let isTold = Atomic<Bool>(false)
    code.run = { task in
      if !isTold.exchange(true, ordering: .relaxed) {
        _ = FileManager.default.createFile(atPath: file, contents: nil)
      }
      return run(task)
    }
    return code
  }

  func run(_ mode: String) throws -> Int32 {
    ProcessSignals.catchInterrupts()
    try MPIJob.join()
    guard let job = MPIJob.current else { return 64 }
    if job.rank > 0 {
      let problem = RankServer(job, find: toldCode).serve()
      if let problem { print("\(job.own.name): \(problem)") }
      job.end(problem == nil ? 0 : 70)
    }
    let ranks = job.members.count
    let board = Board()
    switch mode {
    case "properties": job.end(try checkProperties(job) == 0 ? 0 : 1)
    case "price":
      try tellPrice(job)
      job.end(0)
    case "stuck":
      let batch = PlantTask.sleeping.batch(board, number: 3, tasks: 9, workers: ranks, timeout: 1)
      try tellFailure(job, batch)
    case "asleep":
      let batch = PlantTask.sleeping.batch(board, number: 3, tasks: 9, workers: ranks, timeout: 60)
      try tellFailure(job, batch)
    case "nap":
      let batch = PlantTask.nap.batch(
        board, number: 10_000, tasks: 600 * ranks, workers: ranks, timeout: 2)
      try tellFailure(job, batch)
    case "dead":
      let batch = PlantTask.nap.batch(board, number: 10_000, tasks: ranks, workers: ranks)
      try tellFailure(job, batch) { executor in
        let process = job.members[1].process
        _ = kill(process, SIGKILL)
        for _ in 0..<500 where kill(process, 0) == 0 { pgp_sleep_ns(10_000_000) }
        print("priority: \(executor.runFirst())")
      }
    default:
      print(usage)
      job.end(64)
    }
  }

  do {
    guard CommandLine.arguments.count == 2 else {
      print(usage)
      exit(64)
    }
    exit(try run(CommandLine.arguments[1]))
  } catch {
    print("\(error)")
    MPIJob.current?.endAll(70)
    exit(70)
  }
#else
  print("built without MPI: Tests/Scripts/mpi.sh builds it")
#endif
