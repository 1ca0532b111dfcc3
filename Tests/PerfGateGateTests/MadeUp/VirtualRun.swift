import PerfGate
import PerfGateStatistics
import PerfGateTestSupport

/// A run of the gate on a virtual machine: claims in, record out, as a session does it.
struct VirtualRun {
  var claims: [Claim]
  /// The true time of an arm's round, by variant and workers; what is not there takes 0.1 s.
  var truth: [String: Double] = [:]
  var noise: NoiseModel.Shape? = .even
  /// The machine's own speedup; `nil`: exactly as many times as there are workers.
  var ceiling: Double?
  var allowedWorkers = 8
  var budget = 20.0
  var leastRounds = 0
  var seed: UInt64 = 1
  /// Who measures: `run`, or `test`.
  var command = "run"
  /// The figures of stored sessions, by claim, for claims of kind baseline.
  var stored: [String: [Double]] = [:]

  static let kernel = "made.up"

  /// The arm of a variant of the made-up kernel.
  static func arm(_ variant: String, _ workers: Int = 1, tasks: Int = 50) -> Arm {
    Arm(kernel: kernel, variant: variant, workers: workers, tasks: tasks, size: 1000)
  }

  static func ceilingArm(_ workers: Int) -> Arm {
    Arm(kernel: "ceiling", variant: "c.spin", workers: workers, tasks: 50, size: 1000)
  }

  /// The key of an arm in `truth`.
  static func key(_ arm: Arm) -> String { "\(arm.variant)/\(arm.workers)" }

  /// What one run left behind.
  struct Outcome {
    var record: Record
    var machine: VirtualMachine
    var budget: Double
    var failure: MeasurementError?
    /// Where the comparisons stood at the last call of `progress` of each group.
    var live: [GroupKey: RoundResult] = [:]

    var results: [ClaimResult] { Judge.results(record) }
    var result: ClaimResult { results[0] }
    func result(_ id: String) -> ClaimResult? { results.first { $0.id == id } }
    func rounds(of key: SeriesKey) -> [Int] { record.series(key)?.rounds ?? [] }
  }

  /// Subject and reference of a claim.
  static func pair(_ claim: Claim, allowed: Int) -> (subject: Arm, reference: Arm) {
    let sides = claim.kind.statement.sides(workers: claim.workers(allowed: allowed))
    return (arm(sides.subject, claim), arm(sides.reference, claim))
  }

  private static func arm(_ side: ClaimSide, _ claim: Claim) -> Arm {
    let variant = if case .variant(let name) = side.code { name } else { "old" }
    var arm = arm(variant, side.workers, tasks: side.tasks(of: claim.tasks))
    if let size = side.size { (arm.size, arm.isSpecial) = (size, true) }
    return arm
  }

  /// Runs it; `prepare` plants what is to happen.
  func run(_ prepare: (VirtualMachine) -> Void = { _ in }) -> Outcome {
    let pairs = claims.map { Self.pair($0, allowed: allowedWorkers) }
    var arms: [Arm] = []
    for arm in pairs.flatMap({ [$0.reference, $0.subject] }) where !arms.contains(arm) {
      arms.append(arm)
    }
    var record = Self.emptyRecord(seed: seed)
    record.command = command
    let alpha = firstStageAlpha(claims: claims.count)
    record.claimPlans = claims.map {
      ClaimPlan($0, workers: $0.workers(allowed: allowedWorkers), alpha: alpha)
    }
    for (index, claim) in claims.enumerated() {
      guard claim.kind.isBaseline else { continue }
      record.claimPlans[index].quantity = "made up"
      record.claimPlans[index].baseline = BaselinePlan(entry(claim))
    }
    let comparisons = zip(pairs, record.claimPlans).map { pair, plan in
      PairedComparison(
        subject: pair.subject, reference: pair.reference,
        rule: plan.baseline == nil
          ? .sequential(bound: plan.bound, alpha: alpha) : .fixed(pairs: BaselinePlan.rounds))
    }
    let scaling = record.claimPlans.indices.filter { record.claimPlans[$0].kind.isScaling }
    let counts = Set([1] + scaling.map { record.claimPlans[$0].workers }).sorted()
    let machine = VirtualMachine(
      arms.map { ($0, truth[Self.key($0)] ?? 0.1) }
        + counts.map { workers in
          (Self.ceilingArm(workers), workers == 1 ? 0.1 : 0.1 / (ceiling ?? Double(workers)))
        }, noise: noise, seed: seed)
    prepare(machine)
    let gate = Gate(
      runner: machine, clock: machine, probe: machine, budget: budget, quietSeconds: 5
    ) { Series($0, group: $1, stage: $2, cpus: [], bind: "close") }
    var outcome = Outcome(record: record, machine: machine, budget: budget)
    gate.progress = { group, _, result in outcome.live[group] = result }
    do throws(MeasurementError) {
      if !scaling.isEmpty {
        try gate.measureCeiling(
          ClaimGroup(
            id: "the ceiling", arms: counts.map(Self.ceilingArm), plans: scaling,
            comparisons: scaling.map {
              PairedComparison(
                subject: Self.ceilingArm(record.claimPlans[$0].workers),
                reference: Self.ceilingArm(1),
                rule: .sequential(bound: record.claimPlans[$0].bound, alpha: 0.02))
            }), into: &record)
      }
      try gate.measure(
        ClaimGroup(
          id: "claims", arms: arms, plans: Array(claims.indices), comparisons: comparisons,
          leastRounds: leastRounds), into: &record)
    } catch { outcome.failure = error }
    outcome.record = record
    return outcome
  }

  private func entry(_ claim: Claim) -> Baseline.Entry? {
    guard let figures = stored[claim.id] else { return nil }
    var entry = Baseline.Entry(
      text: claim.text, quantity: "made up", isHigherBetter: claim.isHigherBetter)
    for figure in figures { entry.add(.madeUp(figure), pin: false) }
    return entry
  }

  static func emptyRecord(seed: UInt64) -> Record {
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
  static func ratio(
    _ id: String = "made.ratio", subject: String = "new", reference: String = "old",
    atMost limit: Double = 1.05
  ) throws -> Claim {
    try Claim(
      id: id, text: "\(subject) no slower than \(reference)", kernel: VirtualRun.kernel,
      .ratio(subject: subject, reference: reference, atMost: limit, workers: 1))
  }

  /// `new` at least so many times as fast as `old`.
  static func faster(_ id: String = "made.faster", atLeast limit: Double) throws -> Claim {
    try Claim(
      id: id, text: "new \(limit) times as fast as old", kernel: VirtualRun.kernel,
      .faster(subject: "new", reference: "old", atLeast: limit, workers: 1))
  }

  /// `new` at so many workers.
  static func speedup(
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
  static func madeUp(_ figure: Double, toolchain: String = Record.Tool.current.toolchain)
    -> StoredSession
  {
    StoredSession(
      median: figure, interval: [figure * 0.99, figure * 1.01], rounds: 10, discarded: 0,
      date: "2026-01-02T03:04:05Z", commit: "0123456789ab", toolchain: toolchain, flags: ["-O"],
      placement: "cpus 0, cores, close")
  }
}
