import PerfGate
import PerfGateReport
import PerfGateStatistics

/// A run of the gate on a virtual machine: claims in, record out, as a session does it.
package struct VirtualRun {
  package var claims: [Claim]
  /// The true time of an arm's round, by variant and workers; what is not there takes 0.1 s.
  package var truth: [String: Double] = [:]
  package var noise: NoiseModel.Shape? = .even
  /// The machine's own speedup; `nil`: exactly as many times as there are workers.
  package var ceiling: Double?
  package var allowedWorkers = 8
  package var budget = 20.0
  package var leastRounds = 0
  /// How many rounds claims get in a run that is one of several starts; `nil`: as many as they need.
  package var fixedRounds: Int?
  package var seed: UInt64 = 1
  /// Who measures: `run`, or `test`.
  package var command = "run"
  /// The figures of stored sessions, by claim, for claims of kind baseline.
  package var stored: [String: [Double]] = [:]
  /// How many processes the rounds of each of those sessions came from.
  package var storedStarts = 1
  /// The stored counts, by claim: the last session's, the smallest and the largest.
  package var storedCounts: [String: ClosedRange<Int>] = [:]
  /// Whether sessions are recorded.
  package var isRecording = true
  /// What was measured before; `nil`: nothing.
  package var record: Record?

  package init(
    claims: [Claim], truth: [String: Double] = [:], noise: NoiseModel.Shape? = .even,
    seed: UInt64 = 1
  ) {
    self.claims = claims
    self.truth = truth
    self.noise = noise
    self.seed = seed
  }

  package static let kernel = "made.up"

  /// The arm of a variant of the made-up kernel.
  package static func arm(_ variant: String, _ workers: Int = 1, tasks: Int = 50) -> Arm {
    Arm(kernel: kernel, variant: variant, workers: workers, tasks: tasks, size: 1000)
  }

  package static func ceilingArm(_ workers: Int) -> Arm {
    Arm(kernel: "ceiling", variant: "c.spin", workers: workers, tasks: 50, size: 1000)
  }

  /// The key of an arm in `truth`.
  package static func key(_ arm: Arm) -> String { "\(arm.variant)/\(arm.workers)" }

  /// What one run left behind.
  package struct Outcome {
    package var record: Record
    package var machine: VirtualMachine
    package var budget: Double
    package var failure: MeasurementError?
    /// What the session itself found.
    package var live: [ClaimResult] = []

    package var results: [ClaimResult] { Judge.results(record) }
    package var result: ClaimResult { results[0] }
    package func result(_ id: String) -> ClaimResult? { results.first { $0.id == id } }
    package func rounds(of key: SeriesKey) -> [Int] { record.series(key)?.rounds ?? [] }
  }

  /// The kernel whose variants are the ones that the claims name; `old` is the reference.
  private var madeUp: AnyKernel {
    let names = Set(claims.flatMap(\.variants)).subtracting(["old"]).sorted() + ["old"]
    return MadeUpKernel(name: Self.kernel, variants: names.map { ($0, nil) }).erased
  }

  /// How claims are judged: the arm at the most workers lasts as long as 50 tasks on one, shared out.
  private var options: GateOptions {
    var options = GateOptions(
      allowedWorkers: allowedWorkers, quota: nil, budget: budget, leastRounds: leastRounds)
    let workers = claims.map { $0.workers(allowed: allowedWorkers) }.max() ?? 1
    options.armSeconds = 0.1 / Double(workers)
    options.instrumentation = nil
    options.fixedRounds = fixedRounds
    var baseline = Baseline(machine: Baseline.Machine(Self.emptyRecord(seed: seed).machine))
    for claim in claims { baseline.claims[claim.id] = entry(claim) }
    options.baselines = BaselineContext(
      key: baseline.machine.key, baseline: baseline, configuration: "release",
      isRecording: isRecording,
      recordCommand: "record")
    return options
  }

  private func seconds(_ arm: Arm) -> Double {
    guard arm.kernel == Self.kernel else {
      return arm.workers == 1 ? 0.1 : 0.1 / (ceiling ?? Double(arm.workers))
    }
    return truth[Self.key(arm)] ?? 0.1
  }

  /// Runs it through the real planner and the real loop; `prepare` plants what is to happen.
  package func run(_ prepare: (VirtualMachine) -> Void = { _ in }) -> Outcome {
    var record = self.record ?? Self.emptyRecord(seed: seed)
    record.command = command
    let machine = VirtualMachine(noise: noise, seed: seed) { seconds($0) }
    prepare(machine)
    let session = Session(record: record, runner: machine, clock: machine, probe: machine)
    var outcome = Outcome(record: record, machine: machine, budget: budget)
    do {
      try session.judge(claims, catalog: try Catalog([madeUp]), options: options)
    } catch { outcome.failure = error as? MeasurementError }
    outcome.record = session.record
    // The tests judge the rounds themselves, again and again.
    (outcome.live, outcome.record.claims) = (session.record.claims, [])
    return outcome
  }

  private func entry(_ claim: Claim) -> Baseline.Entry? {
    let counts = storedCounts[claim.id]
    var sessions = (stored[claim.id] ?? []).map { StoredSession.madeUp($0) }
    for index in sessions.indices { sessions[index].starts = storedStarts }
    if let counts { sessions.append(.madeUp(counts)) }
    guard !sessions.isEmpty else { return nil }
    let quantity = claim.quantity(
      madeUp, workers: claim.workers(allowed: allowedWorkers), executor: ExecutorName.pool)
    var entry = Baseline.Entry(
      text: claim.text, quantity: quantity, isHigherBetter: claim.isHigherBetter,
      counter: counts == nil ? nil : claim.kind.form.counter)
    for session in sessions { entry.add(session, pin: false) }
    return entry
  }

  package static func emptyRecord(seed: UInt64) -> Record {
    var tool = Record.Tool.current
    // So that claims are stored under their own names, however the tests were built.
    tool.configuration = "release"
    return Record(
      command: "run", seed: seed, started: "2026-01-02T03:04:05Z", tool: tool,
      machine: Record.MachineSummary(
        key: "made-up-8c-1n", cpu: "Made up", allowedCPUs: "0-7", cores: 8, memoryNodes: 1,
        quota: nil, libnuma: "not linked"),
      plan: Record.Plan(
        places: "cores", bind: "close", mem: "local", oversubscribe: false, cpus: Array(0..<8)))
  }
}

extension Claim {
  /// `new` no slower than `old`, by more than a limit.
  package static func ratio(
    _ id: String = "made.ratio", subject: String = "new", reference: String = "old",
    atMost limit: Double = 1.05
  ) throws -> Claim {
    try Claim(
      id: id, text: "\(subject) no slower than \(reference)", kernel: VirtualRun.kernel,
      .ratio(subject: subject, reference: reference, atMost: limit, workers: 1))
  }

  /// `new` at least so many times as fast as `old`.
  package static func faster(_ id: String = "made.faster", atLeast limit: Double) throws -> Claim {
    try Claim(
      id: id, text: "new \(limit) times as fast as old", kernel: VirtualRun.kernel,
      .faster(subject: "new", reference: "old", atLeast: limit, workers: 1))
  }

  /// `new` at so many workers.
  package static func speedup(
    _ id: String = "made.speedup", _ variant: String = "new", workers: Int = 5,
    atLeast limit: Double = 4.5, tasks: Int = 50
  ) throws -> Claim {
    try Claim(
      id: id, text: "1 → \(workers) workers", kernel: VirtualRun.kernel,
      .speedup(variant: variant, workers: workers, atLeast: limit), tasks: tasks)
  }
}

extension StoredSession {
  /// A session of a made-up figure.
  package static func madeUp(_ figure: Double, toolchain: String = Record.Tool.current.toolchain)
    -> StoredSession
  {
    StoredSession(
      median: figure, interval: [figure * 0.99, figure * 1.01], rounds: 10, discarded: 0,
      date: "2026-01-02T03:04:05Z", commit: "0123456789ab", toolchain: toolchain, flags: ["-O"],
      placement: "cpus 0, cores, close")
  }
}

extension StoredSession {
  /// A session of made-up counts.
  package static func madeUp(
    _ counts: ClosedRange<Int>, date: String = "2026-01-02T03:04:05Z"
  ) -> StoredSession {
    StoredSession(
      median: Double(counts.upperBound),
      interval: [Double(counts.lowerBound), Double(counts.upperBound)], rounds: 8, starts: 8,
      discarded: 0, date: date, commit: "0123456789ab",
      toolchain: Record.Tool.current.toolchain, flags: ["-O"], placement: "cpus 0, cores, close")
  }
}

extension VirtualRun {
  /// Made-up rounds that do not lead to the verdicts that a test wants.
  package struct UnexpectedVerdicts: Error { package var found: [Verdict.Word] }

  /// A record with one claim of each of these verdicts, called by number and verdict.
  package static func record(_ verdicts: [Verdict.Word]) throws -> String {
    var claims: [Claim] = []
    var truth: [String: Double] = [:]
    for (index, verdict) in verdicts.enumerated() {
      let name = "v\(index)"
      claims.append(try .ratio("\(name).\(verdict)", subject: name, reference: "old"))
      truth["\(name)/1"] =
        switch verdict {
        case .holds, .notCheckable: 0.1
        case .violated: 0.13
        case .inconclusive: 0.105
        }
    }
    var run = VirtualRun(claims: claims, truth: truth, seed: 2)
    run.budget = 60
    let record = run.run { machine in
      machine.event = { arm, _ in
        let index = Int(arm.variant.dropFirst()) ?? -1
        let isHit = verdicts.indices.contains(index) && verdicts[index] == .notCheckable
        return .init(causes: isHit ? ["a page fault"] : [])
      }
    }.record
    guard Judge.results(record).map(\.verdict.word) == verdicts else {
      throw UnexpectedVerdicts(found: Judge.results(record).map(\.verdict.word))
    }
    return try record.json()
  }
}
