import PerfGate
import PerfGateMachine
import PerfGateStatistics
import PerfGateWorkers
import Testing

/// The messages of the arm protocol mean the same on both sides.
@Suite struct ArmMessageTests {
  private var input: ArmRequest.Input { .init(kernel: "text.scan", size: .max, seed: .max) }

  @Test func everyRequestIsReadAsItWasWritten() throws {
    let run = ArmRequest.Run(
      input: input, variant: "swift.simd", executor: "pool", workers: 1024, tasks: 10_000_000)
    let placement = WirePlacement(
      cpus: [3, 0, 1, 2, nil, nil, 0], memory: [.node(1)],
      input: InputPlacement(target: .interleaved([0, 1, 5]), isExplicit: true))
    for request: ArmRequest in [
      .hello(version: "perfgate.arm/1"), .catalog, .place(placement),
      .place(WirePlacement(cpus: nil)), .prepare(input), .keep(input), .run(run),
      .results(first: 10_000_000, count: 200), .sample, .observe, .raise, .quit,
      .limit(round: 1, input: .max), .limit(round: .max, input: 1),
      .startup(executor: "channel:16", workers: 1024),
      .memory(kernel: "test"),
      .count(
        .init(
          input: input, variant: "swift.simd", executor: ExecutorName.singleThread, workers: 1,
          tasks: 200), instructions: false),
      .count(
        .init(
          input: input, variant: "swift.simd", executor: ExecutorName.singleThread, workers: 1,
          tasks: 200), instructions: true),
      .watch(siblings: [[]], files: []),
      .watch(siblings: [[2, 3, 9], [], [1]], files: ["/sys/a b/cpu.stat", "/sys/100%41/ü"]),
    ] {
      #expect(try ArmRequest(parsing: request.line) == request, "\(request.line)")
    }
  }

  @Test func countsAreReadAsTheyWereWritten() {
    var (least, most) = (CallCounts(), CallCounts())
    least.numbers = [1, 2, 3, 0]
    most.numbers = [1, 1 << 53, 4, 9]
    let counts = WireCounts(StartCounts(calls: 10, least: least, most: most))
    #expect(counts.line == "counted 10 1 2 3 0 1 9007199254740992 4 9")
    #expect(WireCounts(counts.line) == counts)
    (least.instructions, most.instructions) = (7, 8)
    let more = WireCounts(StartCounts(calls: 10, least: least, most: most))
    #expect(more.line == "counted 10 1 2 3 0 7 1 9007199254740992 4 9 8")
    #expect(WireCounts(more.line) == more)
    for line in [
      "counted", "counted 10", "counted 0 1 2 3 0 1 2 3 0", "counted 10 2 2 3 0 1 2 3 0",
      "counted 10 1 2 3 0 1 2 3", "counted 10 1 2 3 0 1 2 3 0 0", "counted 10 1 2 3 0 9 1 2 3 0 8",
      "counted 10 1 2 3 -1 1 2 3 0",
      "counts 10 1 2 3 0 1 2 3 0", "counted 10 1 2 3 0 1 2 3 9007199254740993",
    ] { #expect(WireCounts(line) == nil, "\(line)") }
  }

  /// The spelling is a contract with other programs.
  @Test func placementsAreSpelledAsDocumented() throws {
    func text(_ cpus: [Int?]?, _ memory: [MemoryTarget], _ input: InputPlacement? = nil) -> String {
      WirePlacement(cpus: cpus, memory: memory, input: input).text
    }
    #expect(text(nil, [.firstTouch]) == "none local")
    #expect(text([nil, nil, nil], [.firstTouch]) == "none*3 local")
    #expect(text([0, 1, 2, 3, 0, 1], [.node(0)]) == "0-3,0-1 node:0")
    #expect(text([0, 2, 1], [.node(0), .node(1), .node(0)]) == "0,2,1 node:0,node:1,node:0")
    #expect(text([0, 1, 2], [.node(0), .node(0), .firstTouch]) == "0-2 node:0*2,local")
    #expect(
      text([4], [.interleaved([])], InputPlacement(target: .firstTouch, isExplicit: false))
        == "4 interleave/local")
    #expect(
      text([4], [.node(2)], InputPlacement(target: .interleaved([0, 1, 4]), isExplicit: true))
        == "4 node:2/interleave:0-1+4!")
  }

  /// Whatever a plan puts where, the other side reads the same, in one line.
  @Test func everyPlanIsReadAsItWasWritten() throws {
    var random = SplitMix64(seed: 14)
    func target() -> MemoryTarget {
      switch random.nextIndex(below: 3) {
      case 0: .firstTouch
      case 1: .node(random.nextIndex(below: 70))
      default: .interleaved(CPUSet((0...random.nextIndex(below: 4)).map { $0 * 3 % 7 }))
      }
    }
    for _ in 0..<2000 {
      let workers = 1 + random.nextIndex(below: 40)
      let isUnpinned = random.nextIndex(below: 4) == 0
      let step = 1 + random.nextIndex(below: 3)
      let slots = (0..<workers).map {
        WorkerSlot(
          worker: $0,
          cpu: isUnpinned ? nil : random.nextIndex(below: 9) == 0 ? 7 : $0 * step % 50, node: nil)
      }
      let same = target()
      let isSame = random.nextIndex(below: 2) == 0
      let plan = PlacementPlan(
        slots: slots, memory: slots.map { _ in isSame ? same : target() }, places: .cores,
        bind: .close, memoryPolicy: .local)
      let isExplicit = random.nextIndex(below: 2) == 0
      let input =
        random.nextIndex(below: 3) == 0
        ? nil : InputPlacement(target: target(), isExplicit: isExplicit)
      let sent = ArmRequest.place(WirePlacement(plan: plan, input: input))
      guard case .place(let read) = try ArmRequest(parsing: sent.line) else {
        Issue.record("\(sent.line)")
        continue
      }
      #expect(read.slots == slots, "\(sent.line)")
      #expect(read.input == input, "\(sent.line)")
      let memory =
        read.memory.count == 1 ? slots.map { _ in read.memory[0] } : read.memory
      #expect(memory == plan.memory, "\(sent.line)")
    }
  }

  @Test(arguments: [
    "", " ", "catalog ", " catalog", "catalog  1", "Catalog", "catalog 1", "run", "quit now",
    "place", "place 0", "place 0 local x", "place , local", "place 0, local", "place 1-0 local",
    "place -1 local", "place 0-70000 local", "place 0-2000 local", "place none*0 local",
    "place none*1025 local", "place nonsense local", "place none*2*2 local", "place 0*2 local",
    "place 0 node", "place 0 node: local", "place 0 node:-1", "place 0 node:70000", "place 0 far",
    "place 0 interleave:", "place 0 interleave:a", "place 0 interleave:0,1", "place 0 local/",
    "place 0 local/!", "place 0 local/local!!", "place 0 local/local/local", "place 0 local,local",
    "place 0-2 local,local", "place none local*1025", "place 0 local*0", "watch", "watch 0-",
    "watch /", "watch 3//4", "results 0", "results -1 1", "results 1 201",
    "results 9223372036854775808 1", "memory", "memory Ü", "memory a/b", "prepare a 1",
    "limit", "limit 0 1", "limit 1 x", "limit 1", "limit 1 1 1", "startup", "startup pool",
    "startup pool 0",
    "startup pool 1025", "startup a/b 1",
    "prepare a 1 1 1", "hello", "hello a b", "sample 1", "observe 1", "catalog\r", "catalog\t1",
    "caf\u{E9}", "\0",
  ]) func nonsenseIsRefusedInOneLine(line: String) throws {
    let error = #expect(throws: ArmRequestError.self) { try ArmRequest(parsing: line) }
    let text = WireError.other(error?.description ?? "").line
    #expect(text.utf8.count > 10 && text.utf8.count < 4096)
    #expect(text.utf8.allSatisfy { (0x20...0x7e).contains($0) }, "\(text)")
  }

  @Test func aLineHasItsLimit() throws {
    let file = String(repeating: "x", count: ArmProtocol.longestLine - "watch none ".count)
    #expect(
      try ArmRequest(parsing: "watch none \(file)") == .watch(siblings: [[]], files: [file]))
    #expect(throws: ArmRequestError.self) { try ArmRequest(parsing: "watch none \(file)x") }
  }

  @Test func answersAreReadAsTheyWereWritten() throws {
    let run = WireRun(nanoseconds: .max, cpuNanoseconds: 0, checksum: 0xab)
    #expect(run.line == "ran 18446744073709551615 0 00000000000000ab")
    #expect(WireRun(run.line) == run)
    let sample = WireSample(
      ArmSample(
        seconds: 1, cpuSeconds: 1, sleepShare: 0.25, migrations: 3,
        disturbances: [
          DropCause(kind: "steal", text: "1.0 % of\nthe time"), DropCause(kind: "a b", text: ""),
        ], delaySeconds: 1.5e-6))
    #expect(
      sample.lines == ["sample 250000 3 1500 2", "steal 1.0 %25 of%0Athe time", "a%20b "])
    #expect(WireSample(sample.lines) == sample)
    let cut = WireSample(Array(sample.lines.dropLast()))
    #expect(cut == nil)
    for error: WireError in [
      .threw(variant: "0", call: 12, text: "größer\n%"), .input("kein Platz %41"), .other(""),
      .other("unknown request a"), .threw(variant: "a b", call: 1, text: ""),
    ] {
      #expect(WireError(error.line) == error, "\(error.line)")
    }
    #expect(WireError("ready 5") == nil && WireError("errors") == nil)
    // Errors of other programs may be anything.
    for (line, text) in [("error", ""), ("error threw", "threw"), ("error threw a b c", nil)] {
      #expect(WireError(line) == .other(text ?? "threw a b c"))
    }
    let long = WireError.threw(
      variant: "0", call: .max, text: String(repeating: "ü", count: 5000))
    #expect(long.line.utf8.count < 4096)
    guard case .threw("0", .max, let text) = WireError(long.line) else {
      Issue.record("\(long.line)")
      return
    }
    #expect(text.count > 500 && text.allSatisfy { $0 == "ü" })
  }

  @Test func observationsAreReadAsTheyWereWritten() throws {
    for (seen, text) in [
      (
        PlacementObservation(worker: 0, thread: 7, mask: nil, cpuBefore: nil, cpuAfter: nil),
        "pool 0 7 - - - - - - - -"
      ),
      (
        PlacementObservation(
          worker: 3, thread: 4711, mask: [0, 1, 4], cpuBefore: 1, cpuAfter: 4, migrations: 2,
          residency: PageResidency(pagesByNode: [1: 3, 0: 12], untouched: 2, method: .movePages),
          binding: .firstTouch(blockedBy: 1)),
        "pool 3 4711 0-1,4 1 4 2 touch:1 move_pages 2 0:12,1:3"
      ),
      (
        PlacementObservation(
          worker: 1, thread: 1, mask: [], cpuBefore: 0, cpuAfter: 0,
          residency: PageResidency(pagesByNode: [:], method: .unknown),
          binding: .bound(throughLibnuma: true)),
        "pool 1 1 none 0 0 - libnuma unknown 0 none"
      ),
    ] {
      let wire = WireObservation(executor: "pool", seen: seen)
      #expect(wire.line == text)
      #expect(WireObservation(text) == wire)
    }
    for line in [
      "", "pool", "pool 0 7 - - - - - - -", "pool 0 7 x - - - - - - -",
      "pool 0 7 - - - - far - - -", "pool 0 7 - - - - - move_pages - -",
      "pool 0 7 - - - - - move_pages 0 0:1,2", "Pool 0 7 - - - - - - - -",
    ] {
      #expect(WireObservation(line) == nil, "\(line)")
    }
  }

  @Test func theFirstLineTellsHowManyFollow() {
    for (line, count) in [
      ("catalog 3", 3), ("results 200", 200), ("observed 2", 2), ("sample 0 0 5 4", 4),
      ("ready 17", 0), ("error catalog 3", 0), ("placed 0-3", 0), ("catalog", 0), ("", 0),
      ("catalog x", 0), ("catalog -5", 0), ("catalog +5", 0), ("sample 1", 0),
    ] {
      #expect(ArmProtocol.linesFollowing(line) == count, "\(line)")
    }
  }

  @Test func timesAreWholeNanoseconds() {
    #expect(WireText.nanoseconds(1.5e-9) == 2 && WireText.nanoseconds(3) == 3_000_000_000)
    for strange: Double in [-1, .nan, .infinity, -.infinity] {
      #expect(WireText.nanoseconds(strange) == 0)
    }
    #expect(WireText.nanoseconds(1e30) == .max)
  }
}
