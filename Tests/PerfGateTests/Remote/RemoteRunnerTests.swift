import Foundation
import PerfGatePlantKernels
import PerfGateStatistics
import PerfGateTestSupport
import PerfGateWorkers
import Testing

@testable import PerfGate
@testable import PerfGateMachine

/// A runner of the plant program, whose processes carry a mark.
struct PlantRunner {
  let runner: RemoteRunner
  let mark = "plant-\(UUID().uuidString)"

  init(_ bounds: ArmBounds = .patient, variables: [String: String] = [:]) throws {
    runner = RemoteRunner(
      catalog: try Catalog.plants(),
      program: ArmProgram(
        name: "plant", path: builtProgram("PerfGateArmPlant"), nameArgument: mark,
        arguments: ["arm"],
        environment: ArmProgram.environment(
          from: ["PATH": "/usr/bin:/bin"].merging(variables) { $1 }),
        socket: .standardStreams),
      placement: WirePlacement(cpus: nil), seed: 42, timeout: bounds.leastArm, bounds: bounds,
      siblings: [], throttleFiles: [])
  }

  func arm(
    _ kernel: String, _ variant: String, tasks: Int = 20, size: Int = 1
  ) -> Arm { Arm(kernel: kernel, variant: variant, workers: 1, tasks: tasks, size: size) }

  /// What running an arm fails with.
  func failure(_ kernel: String, _ variant: String, tasks: Int = 20, size: Int = 1) -> String? {
    do {
      _ = try runner.run(arm(kernel, variant, tasks: tasks, size: size))
      return nil
    } catch { return "\(error)" }
  }

  /// The processes that carry the mark.
  var processes: [Int] { marked(mark) }
}

extension ArmBounds {
  /// Bounds for tests that are not about them: a busy machine has time.
  static var patient: ArmBounds { allowing(60) }

  /// Bounds of so many seconds for everything.
  static func allowing(_ seconds: Double) -> ArmBounds {
    var bounds = ArmBounds()
    (bounds.leastArm, bounds.short, bounds.input) = (seconds, seconds, seconds)
    return bounds
  }

  /// Bounds for tests of what exceeds them.
  static var quick: ArmBounds {
    var bounds = ArmBounds()
    (bounds.leastArm, bounds.short, bounds.input) = (3, 2, 10)
    return bounds
  }
}

/// The real protocol with a real program, whose code is faulty in every way.
@Suite(.timeLimit(.minutes(15))) struct RemoteRunnerTests {
  /// The same results as in this process, for every variant and executor.
  @Test func resultsAreThoseOfALocalRunner() throws {
    let plant = try PlantRunner()
    let local = try LocalRunner(
      catalog: try Catalog.plants(), slots: WirePlacement(cpus: nil).slots, seed: 42)
    for executor in [ExecutorName.pool, ExecutorName.singleThread] {
      for tasks in [1, 20, 777] {
        for variant in ["swift.reference", "swift.good"] {
          var arm = plant.arm(TrapKernel.name, variant, tasks: tasks, size: 500)
          arm.executor = executor
          let sample = try plant.runner.run(arm)
          #expect(sample.seconds > 0 && sample.cpuSeconds > 0 && sample.sleepShare <= 1)
          #expect(try plant.runner.checksum(of: arm) == local.checksum(of: arm))
        }
      }
    }
    #expect(plant.runner.starts == 1 && plant.processes.count == 1)
    #expect(plant.runner.peakBytes > 1 << 20)
    plant.runner.end()
    #expect(plant.processes.isEmpty && plant.runner.peakBytes > 1 << 20)
    #expect(plant.runner.observations.count == 1)
  }

  /// A worker of the plant that keeps 20 MB takes 20 MB more, in a process of its own each time.
  @Test func memoryIsThatOfTheArmAlone() throws {
    let plant = try PlantRunner()
    func bytes(_ variant: String, _ workers: Int) throws -> Int {
      var arm = plant.arm(MemoryKernel.name, variant, tasks: 10_000)
      arm.workers = workers
      return try #require(try plant.runner.memory(of: arm)).bytes
    }
    let one = try bytes("swift.good", 1)
    #expect(one > 1 << 20)
    let kept = try bytes("swift.hoard", 1)
    let keptTwice = try bytes("swift.hoard", 2)
    #expect((19_000_000...25_000_000).contains(kept - one), "\(kept - one)")
    #expect(keptTwice - kept >= 0)
    // Also what is gone when the tasks have ended.
    var passing = plant.arm(MemoryKernel.name, "swift.passing", tasks: 20)
    passing.workers = 1
    let peak = try #require(try plant.runner.memory(of: passing)).bytes
    #expect((18_000_000...25_000_000).contains(peak - one), "\(peak - one)")
    let goodTwice = try bytes("swift.good", 2)
    #expect(abs(goodTwice - one) < 5_000_000)
    #expect(plant.runner.starts == 5)
  }

  /// The first run is of a process in which nothing has run.
  @Test func firstRunsAreOfANewProcess() throws {
    let plant = try PlantRunner()
    let arm = plant.arm(TrapKernel.name, "swift.good", tasks: 1, size: 500)
    for starts in 1...3 {
      let samples = try #require(try plant.runner.firstRuns(of: arm, 4))
      #expect(samples.count == 4 && samples.allSatisfy { $0.seconds > 0 })
      #expect(plant.runner.starts == starts)
    }
    var wrong = arm
    (wrong.kernel, wrong.variant, wrong.tasks) = (FlawedKernel.name, "swift.wrong", 20)
    #expect(throws: MeasurementError.self) { try plant.runner.firstRuns(of: wrong, 2) }
  }

  @Test func executorsTellHowLongTheyStart() throws {
    let plant = try PlantRunner()
    for kind in Executors.all {
      let seconds = try #require(
        try plant.runner.startupSeconds(ofExecutor: kind.name, workers: 2))
      #expect(seconds > 0 && seconds < 60, "\(kind.name)")
    }
  }

  /// What is another result in each process is said so, and no variant is accused of being wrong.
  @Test func hashesCannotBeCheckedOnProcesses() throws {
    let plant = try PlantRunner()
    var arm = plant.arm(HashKernel.name, "swift.good", tasks: 20)
    _ = try plant.runner.run(arm)
    arm.executor = ExecutorName.process
    do {
      _ = try plant.runner.run(arm)
      Issue.record("hashes of two processes are alike")
    } catch { #expect("\(error)".contains("has other results in each process"), "\(error)") }
    var wrong = plant.arm(FlawedKernel.name, "swift.wrong", tasks: 20)
    wrong.executor = ExecutorName.process
    do {
      _ = try plant.runner.run(wrong)
      Issue.record("a wrong result counts")
    } catch { #expect("\(error)".contains("task 17"), "\(error)") }
  }

  /// The bound of a worker process is none for threads.
  @Test func aLimitOfProcessesIsNoneForThreads() throws {
    let plant = try PlantRunner(.quick)
    var arm = plant.arm(TrapKernel.name, "swift.good", tasks: 20, size: 500)
    arm.executor = ExecutorName.process
    _ = try plant.runner.run(arm)
    // Longer than what a process was allowed, which is less than 3 s.
    plant.runner.allow(taskSeconds: 10)
    arm.executor = ExecutorName.pool
    // CPU time, and the shortest of some: one that a neighbor makes longer would ask for too little work.
    let pace = try (0..<3).map { _ in
      try plant.runner.run(
        plant.arm(TrapKernel.name, "swift.good", tasks: 1, size: 100_000_000)
      ).cpuSeconds
    }.min()
    arm.size = Int(2.5e8 / (try #require(pace)))
    arm.tasks = 1
    #expect(try plant.runner.run(arm).seconds > 2)
  }

  /// Worker processes return the same results, and what goes wrong with one of them names it.
  @Test func processesAreWorkersToo() throws {
    let plant = try PlantRunner(.quick)
    var arm = plant.arm(TrapKernel.name, "swift.good", tasks: 100, size: 500)
    (arm.executor, arm.workers) = (ExecutorName.process, 2)
    let sample = try plant.runner.run(arm)
    #expect(sample.seconds > 0 && sample.cpuSeconds > 0)
    arm.variant = "swift.killed"
    do {
      _ = try plant.runner.run(arm)
      Issue.record("a dead worker has answered")
    } catch {
      #expect(
        "\(error)".contains(
          /worker [01] died in task [0-9]+ of plant.traps\/swift.killed\/process\/2: its process was killed by signal 9/
        ), "\(error)")
    }
    arm.variant = "swift.stop"
    do {
      _ = try plant.runner.run(arm)
      Issue.record("a stopped worker has answered")
    } catch {
      #expect("\(error)".contains(/worker [01] is stuck in task [0-9]+ of plant/), "\(error)")
    }
    plant.runner.end()
    #expect(areGone(plant.mark))
  }

  @Test func everyStartIsANewProcess() throws {
    let plant = try PlantRunner()
    let arms = ["swift.good", "swift.reference"].map { plant.arm(TrapKernel.name, $0, size: 500) }
    var seen: Set<Int> = []
    for start in 1...5 {
      try plant.runner.start(arms)
      for arm in arms { _ = try plant.runner.run(arm) }
      #expect(plant.processes.count == 1 && plant.runner.starts == start)
      seen.formUnion(plant.processes)
    }
    #expect(seen.count == 5)
    plant.runner.releaseInputs(of: HashKernel.name)
    #expect(plant.processes.count == 1)
    plant.runner.releaseInputs(of: TrapKernel.name)
    #expect(plant.processes.isEmpty)
  }

  /// Where one task takes long, a new process warms up with smaller ones.
  @Test func aLongTaskIsWarmedUpInLittle() throws {
    let plant = try PlantRunner()
    let short = plant.arm(TrapKernel.name, "swift.good", tasks: 1, size: 1000)
    var long = plant.arm(TrapKernel.name, "swift.good", tasks: 1, size: 1 << 16)
    // The shortest of a few: what disturbs one makes it longer.
    func seconds() throws -> Double {
      try (0..<3).map { _ in try plant.runner.run(long).seconds }.min() ?? 0
    }
    while try seconds() < 16 * plant.runner.warmUpSeconds { long.size *= 2 }
    try plant.runner.start([short])
    #expect(plant.runner.prepared.map(\.size) == [1000])
    try plant.runner.start([long])
    let sizes = plant.runner.prepared.map(\.size).sorted()
    #expect(sizes.count == 2 && sizes.last == long.size)
    #expect(sizes[0] < long.size / 8 && sizes[0] > long.size / 200)
  }

  @Test func aWrongResultIsNamedWithItsTask() throws {
    let plant = try PlantRunner()
    #expect(
      plant.failure(FlawedKernel.name, "swift.wrong")
        == "work of plant.flawed/swift.wrong is not proven: task 17 returned 0x63, "
        + "the reference 0x11")
    #expect(plant.failure(FlawedKernel.name, "swift.wrong", tasks: 17) == nil)
    let changing = plant.failure(FlawedKernel.name, "swift.changing") ?? ""
    #expect(
      changing.hasPrefix("work of plant.flawed/swift.changing is not proven: task 3 returned"))
    // It was wrong, and is right again when one looks: it is not called right.
    #expect(
      try PlantRunner().failure(FlawedKernel.name, "swift.once") == """
        work of plant.flawed/swift.once is not proven: its process returned results that differ from \
        the reference's, once, not again
        """)
  }

  /// Reference and variant must agree within a process.
  @Test func resultsMayBeOthersInEachProcess() throws {
    let plant = try PlantRunner()
    let good = plant.arm(HashKernel.name, "swift.good")
    for _ in 0..<4 {
      try plant.runner.start([good, plant.arm(HashKernel.name, "swift.reference")])
      _ = try plant.runner.run(good)
      #expect(plant.failure(HashKernel.name, "swift.wrong", tasks: 5) == nil)
      #expect(
        plant.failure(HashKernel.name, "swift.wrong")?.contains(
          "plant.hashes/swift.wrong is not proven: task 5 returned") == true)
    }
  }

  @Test func aLaterStartIsCheckedToo() throws {
    let folder = try TemporaryFolder()
    let plant = try PlantRunner(variables: [FlawedKernel.variable: folder.path("late")])
    let late = plant.arm(FlawedKernel.name, "swift.late")
    for _ in 0..<3 {
      try plant.runner.start([late])
      _ = try plant.runner.run(late)
    }
    try "".write(toFile: folder.path("late"), atomically: true, encoding: .utf8)
    try plant.runner.start([late])
    #expect(
      plant.failure(FlawedKernel.name, "swift.late")?.contains("task 9 returned 0xa, ") == true)
  }

  @Test func anInputThatCannotBeMadeIsToldSo() throws {
    let plant = try PlantRunner()
    #expect(
      plant.failure(TrapKernel.name, "swift.good", size: 1 << 41)
        == "cannot make the input of plant.traps at size \(1 << 41): too large")
    #expect(plant.failure(TrapKernel.name, "swift.good", size: 500) == nil)
  }

  /// Each trap ends its process, the finding is the variant's, and the next arm runs.
  @Test(arguments: [
    (Trap.crash, "its process was killed by signal 11 (SIGSEGV) after "),
    (.exit, "its process exited with status 0 after "),
    (.killed, "its process was killed by signal 9 (SIGKILL) after "),
    (.deadlock, "its process gave no answer for 3 s; it is sleeping"),
    (.endless, "its process gave no answer for 3 s; it is computing"),
    (.stop, "its process gave no answer for 3 s; a signal has stopped it"),
    (.flood, "its process was killed by signal 6 (SIGABRT) after "),
    (.trap, "its process was killed by signal "), (.force, "its process was killed by signal "),
    (.descriptors, "its process "), (.memory, "its process uses "),
  ])
  func aTrapEndsItsProcess(trap: Trap, text: String) throws {
    var bounds = text.contains("for 3 s") ? ArmBounds.quick : .patient
    bounds.memory = 300 << 20
    let plant = try PlantRunner(bounds)
    let found = plant.failure(TrapKernel.name, trap.variant, size: 500) ?? "none"
    #expect(
      found.hasPrefix("work of plant.traps/\(trap.variant) is not proven: \(text)"), "\(found)")
    #expect(!found.contains("\n") && plant.processes.isEmpty)
    switch trap {
    case .flood: #expect(found.contains("line 49999 of a flood"), "\(found)")
    case .trap: #expect(found.contains("a trap"), "\(found)")
    case .crash: #expect(found.contains("perfgate: worker 0 died in task "), "\(found)")
    case .memory: #expect(found.contains("the limit is 300 MiB"), "\(found)")
    default: break
    }
    #expect(plant.failure(TrapKernel.name, "swift.good", size: 500) == nil)
  }

  /// What a kernel starts or changes ends with its process.
  @Test(arguments: [Trap.forks, .folder])
  func aHarmlessTrapChangesNothing(trap: Trap) throws {
    let plant = try PlantRunner()
    #expect(plant.failure(TrapKernel.name, trap.variant, size: 500) == nil)
    #expect(plant.processes.count == (trap == .forks ? 21 : 1))
    plant.runner.end()
    #expect(areGone(plant.mark))
  }

  /// Whichever request it does not answer any more, the arm that ran last is named.
  @Test func aDeathBetweenRequestsIsTheArms() throws {
    let plant = try PlantRunner()
    let arm = plant.arm(FlawedKernel.name, "swift.after")
    _ = try plant.runner.run(arm)
    // It dies a moment later.
    for _ in 0..<6000 where !plant.processes.isEmpty { usleep(10_000) }
    #expect(
      plant.failure(FlawedKernel.name, "swift.after")?.hasPrefix(
        "work of plant.flawed/swift.after is not proven: its process was killed by signal 11")
        == true)
    #expect(plant.processes.isEmpty)
  }

  @Test func aProgramThatCannotBeStarted() throws {
    for (path, text) in [("/nonexistent/x", "ENOENT"), ("/etc/passwd", "EACCES")] {
      let runner = RemoteRunner(
        catalog: try Catalog.plants(),
        program: ArmProgram(
          name: "missing", path: path, arguments: [], environment: [:], socket: .standardStreams),
        placement: WirePlacement(cpus: nil), seed: 1, timeout: 10, siblings: [], throttleFiles: [])
      let found = #expect(throws: MeasurementError.self) { try runner.connect() }
      guard case .cannotStart(let why) = found else {
        Issue.record("\(String(describing: found))")
        continue
      }
      #expect(why.hasPrefix("missing cannot start \(path): \(text)"), "\(why)")
    }
  }
}
