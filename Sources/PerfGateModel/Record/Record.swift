/// Everything one run learned, as one value; every report is a function of it.
public struct Record: Hashable, Sendable, Codable {
  /// The format that this code reads and writes.
  public static let currentSchema = "perfgate.record/1"

  /// The name and version of the format.
  public var schema = Record.currentSchema
  /// `false`: the run was interrupted, what is here was measured before.
  public var complete = true
  /// The command that measured: `scale`.
  public var command: String
  /// Decides inputs and the order of arms in rounds.
  @Seed public var seed: UInt64
  /// When the run began, ISO 8601 in UTC.
  public var started: String
  /// How long the run took.
  public var seconds: Double = 0
  /// What was built, and how.
  public var tool: Tool
  /// Where it ran.
  public var machine: MachineSummary
  /// Where the workers were.
  public var plan: Plan
  /// What one task was, for each kernel that was measured.
  public var workloads: [Workload] = []
  /// All rounds.
  public var series: [Series] = []
  /// Variants against their twins.
  public var comparisons: [Comparison] = []
  /// Claims made concrete for this machine; what `claims` is judged from, with `stages`.
  public var claimPlans: [ClaimPlan] = []
  /// Sequences of rounds: what was run for claims and tables, and what was dropped.
  public var stages: [StageRecord] = []
  /// Statements and what became of them.
  public var claims: [ClaimResult] = []
  /// Curves over worker counts.
  public var scaling: [ScalingCurve] = []
  /// The long string, handed to workers.
  public var handoff: [HandoffRow] = []
  /// Variants whose work is not proven, and why; no time of theirs is anywhere in the record.
  public var unproven: [UnprovenVariant] = []
  /// What a reader should know besides.
  public var notes: [Note] = []

  /// The record of a run that begins.
  package init(
    command: String, seed: UInt64, started: String, tool: Tool, machine: MachineSummary,
    plan: Plan
  ) {
    self.command = command
    _seed = Seed(wrappedValue: seed)
    self.started = started
    self.tool = tool
    self.machine = machine
    self.plan = plan
  }

  /// The series of that key.
  public func series(_ key: SeriesKey) -> Series? { series.first { $0.key == key } }
}

extension Record {
  private enum CodingKeys: String, CodingKey {
    case schema, complete, command, seed, started, seconds, tool, machine, plan, workloads, series
    case comparisons, claimPlans, stages, claims, scaling, handoff, unproven, notes
  }

  /// Reads a record. What follows from the rounds (`claims`, `comparisons`, `scaling`, `handoff`) and
  /// what is only for people may be missing.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func list<Element: Decodable>(_ key: CodingKeys) throws -> [Element] {
      try container.decodeIfPresent([Element].self, forKey: key) ?? []
    }
    schema = try container.decode(String.self, forKey: .schema)
    complete = try container.decode(Bool.self, forKey: .complete)
    command = try container.decodeIfPresent(String.self, forKey: .command) ?? ""
    _seed = try container.decode(Seed.self, forKey: .seed)
    started = try container.decode(String.self, forKey: .started)
    seconds = try container.decode(Double.self, forKey: .seconds)
    tool = try container.decode(Tool.self, forKey: .tool)
    machine = try container.decode(MachineSummary.self, forKey: .machine)
    plan = try container.decode(Plan.self, forKey: .plan)
    series = try container.decode([Series].self, forKey: .series)
    claimPlans = try container.decode([ClaimPlan].self, forKey: .claimPlans)
    stages = try container.decode([StageRecord].self, forKey: .stages)
    workloads = try list(.workloads)
    comparisons = try list(.comparisons)
    claims = try list(.claims)
    scaling = try list(.scaling)
    handoff = try list(.handoff)
    unproven = try list(.unproven)
    notes = try list(.notes)
  }
}

extension Record {
  /// What was built, and how.
  public struct Tool: Hashable, Sendable, Codable {
    /// PerfGate's version.
    public var version: String
    /// The Swift compiler's version.
    public var swift: String
    /// The C compiler's version.
    public var clang: String
    /// `release` or `debug`.
    public var configuration: String
    /// Flags that decide how measured code was built.
    public var flags: [String]

    /// The compilers, without what tells two builds of one version apart: `Swift 6.3.1, clang 21.0.0`.
    public var toolchain: String {
      let c = clang.split(whereSeparator: { $0 == " " || $0 == "(" }).map(String.init)
      let number = c.first { $0.first?.isNumber == true } ?? clang
      return "Swift \(swift), clang \(number)"
    }

    /// A description of a build.
    package init(
      version: String, swift: String, clang: String, configuration: String, flags: [String]
    ) {
      self.version = version
      self.swift = swift
      self.clang = clang
      self.configuration = configuration
      self.flags = flags
    }
  }

  /// What decides the machine's speed.
  public struct MachineSummary: Hashable, Sendable, Codable {
    /// The machine's name for baselines: `amd-epyc-9r14-2c-1n`.
    public var key: String
    /// The CPU's model.
    public var cpu: String
    /// The CPUs that may be used: `0-3,8`.
    public var allowedCPUs: String
    /// How many physical cores these are.
    public var cores: Int
    /// How many memory nodes there are.
    public var memoryNodes: Int
    /// CPUs' worth of time that the process may use; `null`: no limit.
    @ExplicitNull public var quota: Double?
    /// `linked`, `not linked` or `blocked (…)`.
    public var libnuma: String

    /// A summary of a machine.
    package init(
      key: String, cpu: String, allowedCPUs: String, cores: Int, memoryNodes: Int,
      quota: Double?, libnuma: String
    ) {
      self.key = key
      self.cpu = cpu
      self.allowedCPUs = allowedCPUs
      self.cores = cores
      self.memoryNodes = memoryNodes
      self.quota = quota
      self.libnuma = libnuma
    }
  }

  /// Where the workers were to be, and whether they were.
  public struct Plan: Hashable, Sendable, Codable {
    /// What counts as a place: `cores`.
    public var places: String
    /// How places are chosen: `close`.
    public var bind: String
    /// Where memory is: `local`.
    public var mem: String
    /// Whether there may be more workers than cores.
    public var oversubscribe: Bool
    /// The CPU of each worker, as far as they are pinned.
    public var cpus: [Int]
    /// The time it took to start and pin the threads.
    public var threadStartupSeconds: Double = 0
    /// What was stepped down, and why.
    public var notes: [String] = []
    /// Each worker's memory, such as `node 0`.
    public var memory: [String] = []
    /// How the inputs that all workers read were placed; `null` when none was made.
    @ExplicitNull public var input: String?
    /// What the workers saw, compared with the plan; `null` when they were not asked.
    @ExplicitNull public var verification: Verification?

    /// A plan.
    package init(places: String, bind: String, mem: String, oversubscribe: Bool, cpus: [Int]) {
      self.places = places
      self.bind = bind
      self.mem = mem
      self.oversubscribe = oversubscribe
      self.cpus = cpus
    }
  }

  /// What one task of a kernel was.
  public struct Workload: Hashable, Sendable, Codable {
    /// The kernel's name.
    public var kernel: String
    /// What a size counts: `iteration`.
    public var unit: String
    /// Bytes read for each unit; 0 for arithmetic.
    public var bytesPerUnit: Int
    /// Whether the time of a task does not depend on its size.
    public var isConstant: Bool
    /// The size of each task.
    public var size: Int
    /// How many tasks in a round.
    public var tasks: Int
    /// What a task was to last, where the size was found for that.
    @ExplicitNull public var wantedTaskSeconds: Double?
    /// What a task of the reference took when the size was found.
    @ExplicitNull public var calibratedTaskSeconds: Double?
    /// The time it took to make the input.
    public var inputSeconds: Double

    /// A workload.
    package init(
      kernel: String, work: Work, size: Int, tasks: Int, calibration: Calibration?,
      inputSeconds: Double
    ) {
      self.kernel = kernel
      unit = work.unit
      bytesPerUnit = work.bytesPerUnit
      isConstant = work.growth == .constant
      self.size = size
      self.tasks = tasks
      wantedTaskSeconds = calibration?.wantedSeconds
      calibratedTaskSeconds = calibration?.taskSeconds
      self.inputSeconds = inputSeconds
    }
  }

  /// A variant whose work is not proven.
  public struct UnprovenVariant: Hashable, Sendable, Codable {
    /// The kernel's name.
    public var kernel: String
    /// The variant's name.
    public var variant: String
    /// What was found, and what was expected.
    public var reason: String

    /// A variant and what was found of it.
    package init(_ unproven: Unproven) {
      kernel = unproven.kernel
      variant = unproven.variant
      reason = unproven.finding
    }
  }

  /// Something a reader should know.
  public struct Note: Hashable, Sendable, Codable {
    /// What kind of note, for programs: `calibration`.
    public var code: String
    /// One sentence for people.
    public var text: String

    /// A note.
    package init(code: String, text: String) {
      self.code = code
      self.text = text
    }
  }
}
