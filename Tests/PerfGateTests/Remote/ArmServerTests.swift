import PerfGate
import PerfGateMachine
import PerfGatePlantKernels
import PerfGateWorkers
import Synchronization
import Testing

/// Each request of the arm protocol, as another program sends it.
@Suite struct ArmServerTests {
  private func server(_ catalog: Catalog? = nil, details: [String] = []) throws -> ArmServer {
    let server = ArmServer(
      catalog: try catalog ?? Catalog([AnyKernel(Served.self), AnyKernel(Helped.self)]),
      version: "1.2", details: details)
    #expect(server.answer("hello perfgate.arm/1").first?.hasPrefix("hello ") == true)
    return server
  }

  private func error(_ server: ArmServer, _ line: String) -> String {
    let answer = server.answer(line)
    guard answer.count == 1, answer[0].hasPrefix("error ") else { return "no error: \(answer)" }
    return String(answer[0].dropFirst(6))
  }

  private func ran(_ server: ArmServer, _ line: String) throws -> WireRun {
    let answer = server.answer(line)
    return try #require(
      answer.count == 1 ? WireRun(answer[0]) : nil, "\(line): \(answer)")
  }

  @Test func helloComesFirst() throws {
    let server = ArmServer(
      catalog: try Catalog([]), program: "my program", version: "1 %", details: ["a b"])
    for line in ["catalog", "sample", "prepare a 1 1", "observe"] {
      #expect(error(server, line) == "the first request must be: hello perfgate.arm/1")
    }
    #expect(
      error(server, "hello perfgate.arm/2")
        == "this program speaks perfgate.arm/1, not perfgate.arm/2")
    #expect(error(server, "catalog").hasPrefix("the first request"))
    #expect(
      server.answer("hello perfgate.arm/1") == ["hello perfgate.arm/1 my%20program 1%20%25 a%20b"])
    #expect(server.answer("catalog") == ["catalog 0"])
    #expect(server.answer("quit").isEmpty && server.isEnded)
  }

  /// A variant that this CPU cannot run is not listed.
  @Test func theCatalogListsWhatCanRun() throws {
    let answer = try server().answer("catalog")
    let variants = ["swift.a", "swift.wrong", "c.a"].map { "made-up.served/\($0)" }
    #expect(
      answer.dropFirst().filter { $0.hasSuffix("/pool") }
        == (variants + ["made-up.helped/swift.helped"]).map { "\($0)/pool" })
    // It cannot be started as a worker.
    #expect(answer.count == 1 + 4 * (Executors.all.count - 1))
    #expect(answer[0] == "catalog \(answer.count - 1)")
    let program = WorkerProgram(path: "/no/program", arguments: [], environment: [:])
    let able = ArmServer(
      catalog: try Catalog([AnyKernel(MessageKernel.self)]), version: "1", workerProgram: program)
    _ = able.answer("hello perfgate.arm/1")
    let lines = able.answer("catalog").dropFirst()
    #expect(
      lines.filter { $0.contains("/swift.honest/") } == ["plant.messages/swift.honest/process"])
    #expect(lines.count { $0.contains("/swift.reference/") } == Executors.all.count)
  }

  /// Results and checksum are those of the tasks in their order, whoever ran them.
  @Test(arguments: [("pool", 1), ("pool", 2), ("sp", 1)])
  func resultsAreThoseOfTheTasks(executor: String, workers: Int) throws {
    let server = try server()
    let expected = try Served.results(size: 7, seed: 42, tasks: 1000)
    _ = server.answer("prepare made-up.served 7 42")
    let line = "run made-up.served c.a \(executor) \(workers) 1000 7 42"
    let first = try ran(server, line)
    #expect(first.checksum == resultChecksum(expected))
    #expect(first.nanoseconds > 0 && first.cpuNanoseconds > 0)
    #expect(
      server.answer("results 0 200")
        == ["results 200"] + expected.prefix(200).map { WireText.word($0) })
    #expect(
      server.answer("results 997 3")
        == ["results 3"] + expected.suffix(3).map { WireText.word($0) })
    #expect(server.answer("results 1000 0") == ["results 0"])
    #expect(try ran(server, line).checksum == first.checksum)
    // What differs is not judged here.
    let wrong = try ran(server, "run made-up.served swift.wrong \(executor) \(workers) 1000 7 42")
    #expect(wrong.checksum != first.checksum)
    #expect(server.answer("results 30 1")[1] == WireText.word(expected[30] ^ 1))
  }

  @Test func resultsNeedARun() throws {
    let server = try server()
    #expect(error(server, "results 0 1") == "there are no results: run first")
    #expect(error(server, "sample") == "there is no sample: run first")
    _ = server.answer("prepare made-up.served 7 42")
    #expect(error(server, "results 0 1") == "there are no results: run first")
    _ = try ran(server, "run made-up.served c.a pool 1 10 7 42")
    #expect(error(server, "results 5 6").hasPrefix("there are no results of tasks 5 to 10"))
    #expect(error(server, "results 0 201") == "results: COUNT is 201, expected 0 to 200")
    #expect(server.answer("observe").count == 2)
    #expect(error(server, "results 0 1") == "the results are gone: something else has run since")
    // A run that fails leaves none of the one before.
    _ = try ran(server, "run made-up.served c.a pool 1 10 7 42")
    #expect(error(server, "run made-up.served c.a pool 1 10 8 42").contains("prepare it first"))
    #expect(server.answer("results 9 1").count == 2)
    #expect(error(server, "run made-up.served swift.lacking pool 1 10 7 42").contains("support"))
    #expect(error(server, "results 0 1") == "there are no results: run first")
  }

  /// `prepare` frees what was made before, `keep` does not, and a seed belongs to its input.
  @Test func inputsAreMadeBeforeTheyAreUsed() throws {
    let server = try server()
    func checksum(_ size: Int, _ seed: UInt64) throws -> UInt64? {
      let answer = server.answer("run made-up.served c.a pool 1 20 \(size) \(seed)")
      guard let run = WireRun(answer[0]) else {
        #expect(answer[0].hasSuffix("is not made: prepare it first"), "\(answer)")
        return nil
      }
      return run.checksum
    }
    func expected(_ size: Int, _ seed: UInt64) throws -> UInt64 {
      resultChecksum(try Served.results(size: size, seed: seed, tasks: 20))
    }
    #expect(try checksum(1, 42) == nil)
    #expect(server.answer("prepare made-up.served 1 42")[0].hasPrefix("ready "))
    #expect(try checksum(1, 42) == expected(1, 42))
    #expect(try checksum(1, 43) == nil)
    #expect(server.answer("keep made-up.served 2 43")[0].hasPrefix("ready "))
    #expect(server.answer("keep made-up.served 1 43")[0].hasPrefix("ready "))
    for (size, seed) in [(1, 42), (2, 43), (1, 43), (1, 42)] as [(Int, UInt64)] {
      #expect(try checksum(size, seed) == expected(size, seed))
    }
    #expect(server.answer("prepare made-up.served 3 42")[0].hasPrefix("ready "))
    #expect(try checksum(1, 42) == nil)
    #expect(try checksum(3, 42) == expected(3, 42))
    // Another seed in between changes nothing.
    _ = server.answer("keep made-up.served 3 18446744073709551615")
    #expect(try checksum(3, 42) == expected(3, 42))
    #expect(try checksum(3, .max) == expected(3, .max))
    #expect(server.answer("place none local") == ["placed \(try ThreadPinning.currentMask())"])
    #expect(try checksum(3, 42) == nil)
  }

  @Test func inputsThatCannotBeMadeAreToldAsSuch() throws {
    let server = try server()
    let answer = server.answer("prepare made-up.served 1001 1")
    #expect(answer == ["error input gr%C3%B6%C3%9Fer%0Aals 1000"])
    #expect(WireError(answer[0]) == .input("größer\nals 1000"))
    for kernel in ["made-up.served", "stream"] {
      #expect(
        error(server, "prepare \(kernel) 9223372036854775807 1")
          .hasPrefix("input it takes 9223372036854775807 bytes, "))
    }
    #expect(
      error(server, "prepare unknown 1 1")
        == "unknown kernel unknown: expected made-up.served, made-up.helped")
  }

  @Test func builtInKernelsAndBareCountersRun() throws {
    let server = try server()
    for (kernel, variant) in [
      ("ceiling", "c.spin"), ("stream", "c.sum"), ("nothing", "swift.empty"),
    ] {
      #expect(server.answer("prepare \(kernel) 1000 5")[0].hasPrefix("ready "))
      _ = try ran(server, "run \(kernel) \(variant) pool 2 10 1000 5")
    }
    let tickets = try ran(server, "run made-up.served counter tickets 2 1000 7 42")
    #expect(tickets.checksum == 0 && tickets.nanoseconds > 0)
    #expect(error(server, "results 0 1") == "there are no results: run first")
  }

  @Test func everyNumberIsChecked() throws {
    let server = try server()
    _ = server.answer("place none*2 local")
    _ = server.answer("prepare made-up.served 7 42")
    let most = Executors.maximumTasks
    for (line, expected) in [
      ("run made-up.served c.a pool 0 10 7 42", "run: WORKERS is 0, expected 1 to 1024"),
      ("run made-up.served c.a pool 3 10 7 42", "cannot run 3 workers: 2 are placed"),
      ("run made-up.served c.a pool 1025 10 7 42", "run: WORKERS is 1025, expected 1 to 1024"),
      ("run made-up.served c.a pool 1 0 7 42", "run: TASKS is 0, expected 1 to \(most)"),
      (
        "run made-up.served c.a pool 1 10000001 7 42",
        "run: TASKS is 10000001, expected 1 to \(most)"
      ),
      ("run made-up.served c.a pool 1 1e3 7 42", "run: TASKS is 1e3, expected 1 to \(most)"),
      ("run made-up.served c.a pool 1 +1 7 42", "run: TASKS is +1, expected 1 to \(most)"),
      ("run made-up.served c.a sp 2 10 7 42", "cannot run 2 workers: sp is one thread"),
      (
        "run made-up.served c.b pool 1 10 7 42",
        "unknown variant c.b of kernel made-up.served: expected swift.a, swift.wrong, "
          + "swift.lacking, c.a"
      ),
      (
        "run made-up.served c.a mpi 1 10 7 42",
        "unknown executor mpi: expected \(Executors.all.map(\.name).joined(separator: ", ")), "
          + "tickets, sp"
      ),
      ("run made-up.served c.a pool 1 10 7", "run needs SEED"),
      ("run made-up.served c.a pool 1 10 7 42 1", "run has a field too many: 1"),
      (
        "run Made-up c.a pool 1 10 7 42",
        "run: KERNEL Made-up is no name: expected [a-z0-9._-]+"
      ),
      (
        "prepare made-up.served 9223372036854775808 1",
        "prepare: SIZE is 9223372036854775808, expected 0 to 9223372036854775807"
      ),
      (
        "prepare made-up.served 1 18446744073709551616",
        "prepare: SEED is 18446744073709551616, expected 0 to 18446744073709551615"
      ),
    ] {
      #expect(error(server, line) == expected)
    }
  }
}

// MARK: - Workers, closures, disturbances

extension ArmServerTests {
  @Test func workersAreWhereTheyArePlaced() throws {
    let server = try server()
    let cpus = try ThreadPinning.mainThreadMask()
    let cpu = try #require(cpus.last)
    // Two workers on one CPU, and one that is not pinned.
    #expect(server.answer("place \(cpu),none,\(cpu) local*2,local/local") == ["placed \(cpus)"])
    let lines = server.answer("observe")
    #expect(lines[0] == "observed 3")
    let seen = try lines.dropFirst().map { try #require(WireObservation($0)) }
    #expect(seen.map(\.executor) == ["pool", "pool", "pool"])
    #expect(seen.map(\.seen.worker) == [0, 1, 2])
    #expect(seen.map(\.seen.mask) == [[cpu], cpus, [cpu]])
    #expect(seen[0].seen.cpuBefore == cpu && seen[0].seen.cpuAfter == cpu)
    #expect(seen.allSatisfy { $0.seen.residency?.pages ?? 0 > 0 && $0.seen.binding != nil })
    #expect(error(server, "place 60000 local").hasPrefix("cannot pin worker 0: "))
    // The workers from before are still there.
    #expect(server.answer("observe").count == 4)
  }

  /// Without a place there are as many workers as a run asks for, and inputs stay when more start.
  @Test func workersThatAreNotPlacedStartWhenTheyAreNeeded() throws {
    let server = try server()
    _ = server.answer("prepare made-up.served 7 42")
    for workers in [1, 3, 2, 5] {
      let run = try ran(server, "run made-up.served c.a pool \(workers) 50 7 42")
      #expect(
        run.checksum == resultChecksum(try Served.results(size: 7, seed: 42, tasks: 50)))
    }
    #expect(server.answer("observe")[0] == "observed 5")
  }

  /// The closures of a test have the names of their positions, and their errors come back as they are.
  @Test func closuresOfATestAreServed() throws {
    let kernel = AnyKernel(
      name: "MyClaims.Größe / 1",
      closures: [
        ("of", true, { UInt64($0) }),
        (
          "to", true,
          { task in
            if task == 4 { ThrownErrors.keep(Unlucky(), task: task) }
            return UInt64(task)
          }
        ),
      ], calls: ClosureCalls())
    let server = try server(Catalog(closures: kernel))
    let names = Executors.all.filter { $0.placement != .processes }.map(\.name)
    #expect(
      server.answer("catalog")
        == ["catalog \(2 * names.count)"]
        + ["test/0", "test/1"].flatMap { code in names.map { "\(code)/\($0)" } })
    _ = server.answer("prepare test 1 42")
    #expect(
      try ran(server, "run test 0 pool 2 50 1 42").checksum == resultChecksum((0..<50).map { $0 }))
    for executor in ["pool", "sp"] {
      let answer = server.answer("run test 1 \(executor) 1 50 1 42")
      #expect(
        WireError(answer[0])
          == .threw(variant: "1", call: 5, text: "no luck: 100 %\nin Köln"), "\(answer)")
    }
    #expect(
      error(server, "run test 2 pool 1 50 1 42")
        == "unknown variant 2 of kernel test: expected 0, 1")
    #expect(server.answer("memory test") == ["memory none"])
  }

  /// Inputs of calls are made before a run; what is left in them is the result where calls return
  /// nothing.
  @Test(arguments: [true, false], ["pool", "sp"])
  func callsHaveTheirInputs(areResults: Bool, executor: String) throws {
    let store = Inputs()
    let inputs = CallInputs(
      areResults: areResults, reserve: { store.reserve($0) },
      make: { task in
        store.set(task, UInt64(task) * 10)
        return 0
      }, take: { store.value($0) })
    let kernel = AnyKernel(
      name: "with inputs",
      closures: [
        (
          "work", true,
          { task in
            let value = store.value(task) + 1
            store.set(task, value)
            return areResults ? 0 : value
          }
        )
      ], calls: ClosureCalls(inputs: inputs))
    let server = try server(Catalog(closures: kernel))
    _ = server.answer("prepare test 1 42")
    let expected = (0..<30).map { UInt64($0) * 10 + 1 }
    for _ in 0..<2 {
      let run = try ran(server, "run test 0 \(executor) 1 30 1 42")
      #expect(run.checksum == resultChecksum(expected))
      #expect(
        server.answer("results 28 2") == ["results 2"]
          + expected.suffix(2).map { WireText.word($0) })
    }
    let memory = try #require(WireMemory(server.answer("memory test")[0], of: kernel))
    #expect(memory.budget > 0 && memory.memory.left.keys.contains("work"))
    #expect(error(server, "results 0 1") == "the results are gone: something else has run since")
  }

  /// CPU time is that of the whole program, also of threads that are no workers.
  @Test(arguments: ["pool", "sp"]) func theCPUTimeIsThatOfTheProgram(executor: String) throws {
    let runner = try realRunner([AnyKernel(Helped.self)])
    runner.countsProgram = true
    let sample = try runner.runUnchecked(
      Arm(
        kernel: Helped.name, variant: "swift.helped", executor: executor, workers: 1, tasks: 2,
        size: 5_000_000))
    // The other thread does three times as much as the worker.
    #expect(runner.programCPUSeconds > 2.5 * sample.cpuSeconds)
    runner.countsProgram = false
    let plain = try runner.runUnchecked(
      Arm(kernel: Helped.name, variant: "swift.helped", workers: 1, tasks: 2, size: 5_000_000))
    #expect(runner.programCPUSeconds == plain.cpuSeconds)
  }

  /// Other threads of the process show once runs are watched, and not before.
  @Test func disturbancesAreToldOnceRunsAreWatched() throws {
    let server = try server()
    let line = "run made-up.helped swift.helped pool 1 1 5000000 1"
    _ = server.answer("prepare made-up.helped 5000000 1")
    _ = try ran(server, line)
    let before = try #require(WireSample(server.answer("sample")))
    #expect(before.causes.isEmpty)
    for watch in ["watch none", "watch none/none /sys/fs/cgroup/none%20here/cpu.stat"] {
      #expect(server.answer(watch) == ["watching"])
      _ = try ran(server, line)
      let watched = try #require(WireSample(server.answer("sample")))
      #expect(watched.causes.contains { $0.kind == "otherThreads" }, "\(watched)")
    }
    // More workers are watched too, by counters of their own.
    _ = try ran(server, "run made-up.helped swift.helped pool 2 2 5000000 1")
    let more = try #require(WireSample(server.answer("sample")))
    #expect(more.causes.contains { $0.kind == "otherThreads" }, "\(more)")
    _ = server.answer("place none local")
    _ = server.answer("prepare made-up.helped 5000000 1")
    _ = try ran(server, line)
    #expect(try #require(WireSample(server.answer("sample"))).causes.isEmpty)
  }
}

/// Inputs of calls: a word for each.
private final class Inputs: Sendable {
  private static let most = 1000
  private let count = Atomic(0)
  /// `nonisolated(unsafe)`: the pointer never changes, and what it points to is atomic.
  private nonisolated(unsafe) let words: UnsafeMutablePointer<Atomic<UInt64>>

  init() {
    words = .allocate(capacity: Self.most)
    for word in 0..<Self.most { (words + word).initialize(to: Atomic(.max)) }
  }

  deinit { words.deallocate() }

  func reserve(_ count: Int) {
    self.count.store(count, ordering: .relaxed)
    for word in 0..<Self.most { words[word].store(.max, ordering: .relaxed) }
  }

  func set(_ task: Int, _ value: UInt64) {
    precondition(task < count.load(ordering: .relaxed), "there is no room for this input")
    words[task].store(value, ordering: .relaxed)
  }

  func value(_ task: Int) -> UInt64 { words[task].load(ordering: .relaxed) }
}
