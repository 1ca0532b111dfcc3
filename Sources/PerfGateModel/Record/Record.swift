/// Everything that one run measured, as one value. Every report is made from it.
public struct Record: Hashable, Sendable, Codable {
  /// The format that this code reads and writes.
  public static let currentSchema = "perfgate.record/1"

  /// The name and version of the format.
  public var schema = Record.currentSchema
  /// `false` if the run was interrupted; the record contains what was measured before.
  public var complete = true
  /// The command that measured: `scale`.
  public var command: String
  /// The seed for inputs and for the order of arms in rounds.
  @Seed public var seed: UInt64
  /// When the run began, ISO 8601 in UTC.
  public var started: String
  /// How long the run took, in seconds.
  public var seconds: Double = 0
  /// What was built, and how.
  public var tool: Tool
  /// Where it ran.
  public var machine: MachineSummary
  /// Where the workers ran.
  public var plan: Plan
  /// The work of one task, for each measured kernel.
  public var workloads: [Workload] = []
  /// All measured rounds, by arm.
  public var series: [Series] = []
  /// The comparisons of variants with their twins, their limits and the reference.
  public var comparisons: [Comparison] = []
  /// The plans of the claims on this machine. `claims` is judged from these and `stages`.
  public var claimPlans: [ClaimPlan] = []
  /// The sequences of rounds for claims and tables, with what was dropped.
  public var stages: [StageRecord] = []
  /// The claims with their verdicts.
  public var claims: [ClaimResult] = []
  /// Curves over worker counts.
  public var scaling: [ScalingCurve] = []
  /// The times for handing the long string to workers.
  public var handoff: [HandoffRow] = []
  /// The first message of a process against those after it.
  public var firstMessages: [FirstMessageRow] = []
  /// How long executors take to start.
  public var executors: [ExecutorRow] = []
  /// The same work in other languages, one after another.
  public var peers: [PeerRow] = []
  /// Published work, done again.
  public var published: [Published] = []
  /// The two revisions that were compared; `null` for other runs.
  @ExplicitNull public var revisions: Revisions?
  /// The variants whose work is not proven, and why. The record contains no times of them.
  public var unproven: [UnprovenVariant] = []
  /// Notes for readers.
  public var notes: [Note] = []

  /// Makes the record of a run that is starting.
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

  /// The series with that key; `nil` if there is none.
  public func series(_ key: SeriesKey) -> Series? { series.first { $0.key == key } }
}

extension Record {
  private enum CodingKeys: String, CodingKey {
    case schema, complete, command, seed, started, seconds, tool, machine, plan, workloads, series
    case comparisons, claimPlans, stages, claims, scaling, handoff, firstMessages, executors, peers,
      published, revisions, unproven, notes
  }

  /// Reads a record. Values that follow from the rounds (`claims`, `comparisons`, `scaling`,
  /// `handoff`) or are only for people may be missing.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let isForVerdicts = Content.of(decoder) == .verdicts
    func list<Element: Decodable>(_ key: CodingKeys) throws -> [Element] {
      isForVerdicts ? [] : try container.decodeIfPresent([Element].self, forKey: key) ?? []
    }
    schema = try container.decode(String.self, forKey: .schema)
    complete = try container.decode(Bool.self, forKey: .complete)
    command = try container.decodeIfPresent(String.self, forKey: .command) ?? ""
    _seed = try container.decode(Seed.self, forKey: .seed)
    started = try container.decode(String.self, forKey: .started)
    seconds = try container.decode(Double.self, forKey: .seconds)
    tool = try container.decode(Tool.self, forKey: .tool)
    machine = try container.decode(MachineSummary.self, forKey: .machine)
    plan =
      isForVerdicts
      ? Plan(places: "", bind: "", mem: "", oversubscribe: false, cpus: [])
      : try container.decode(Plan.self, forKey: .plan)
    series = try container.decode([Series].self, forKey: .series)
    claimPlans = try container.decode([ClaimPlan].self, forKey: .claimPlans)
    stages = try container.decode([StageRecord].self, forKey: .stages)
    workloads = try list(.workloads)
    comparisons = try list(.comparisons)
    claims = try list(.claims)
    scaling = try list(.scaling)
    handoff = try list(.handoff)
    firstMessages = try list(.firstMessages)
    executors = try list(.executors)
    peers = try list(.peers)
    published = try list(.published)
    revisions = try container.decodeIfPresent(Revisions.self, forKey: .revisions)
    unproven = try container.decodeIfPresent([UnprovenVariant].self, forKey: .unproven) ?? []
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

    /// The versions of the compilers, without build numbers: `Swift 6.3.1, clang 21.0.0`.
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

  /// The properties of a machine that determine its speed.
  public struct MachineSummary: Hashable, Sendable, Codable {
    /// The machine's name for baselines: `amd-epyc-9r14-2c-1n`.
    public var key: String
    /// The CPU's model.
    public var cpu: String
    /// The CPUs that may be used: `0-3,8`.
    public var allowedCPUs: String
    /// The number of physical cores that may be used.
    public var cores: Int
    /// The number of memory nodes.
    public var memoryNodes: Int
    /// The CPU quota of the process, in CPUs; `null`: no limit.
    @ExplicitNull public var quota: Double?
    /// `linked`, `not linked` or `blocked (…)`.
    public var libnuma: String
    /// The CPUs that may be used, by memory node and core; `nil` in records of earlier versions.
    public var layout: [NodeCPUs]?

    /// The CPUs of one memory node.
    public struct NodeCPUs: Hashable, Sendable, Codable {
      /// The node's number; `nil` if the system reports no nodes.
      public var node: Int?
      /// The CPUs of each core.
      public var cores: [[Int]]

      /// The CPUs of a node.
      package init(node: Int?, cores: [[Int]]) {
        self.node = node
        self.cores = cores
      }
    }

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

  /// The planned placement of the workers, and whether it was met.
  public struct Plan: Hashable, Sendable, Codable {
    /// What counts as a place: `cores`.
    public var places: String
    /// How places are chosen: `close`.
    public var bind: String
    /// Where memory is placed: `local`.
    public var mem: String
    /// Whether more workers than cores are allowed.
    public var oversubscribe: Bool
    /// The CPU of each worker; empty if they are not pinned.
    public var cpus: [Int]
    /// How long it took to start and pin the threads, in seconds.
    public var threadStartupSeconds: Double = 0
    /// Which requests were relaxed, and why.
    public var notes: [String] = []
    /// Each worker's memory, such as `node 0`.
    public var memory: [String] = []
    /// How the inputs that all workers read were placed; `null` if there were none.
    @ExplicitNull public var input: String?
    /// Where the workers actually ran, compared with the plan; `null` if that was not checked.
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

  /// The work of one task of a kernel.
  public struct Workload: Hashable, Sendable, Codable {
    /// The kernel's name.
    public var kernel: String
    /// The unit of the size: `iteration`.
    public var unit: String
    /// Bytes read for each unit; 0 for arithmetic.
    public var bytesPerUnit: Int
    /// Whether the time of a task does not depend on its size.
    public var isConstant: Bool
    /// The size of each task.
    public var size: Int
    /// The number of tasks in a round.
    public var tasks: Int
    /// How long a task should last, in seconds, if the size was chosen for that.
    @ExplicitNull public var wantedTaskSeconds: Double?
    /// How long a task of the reference took when the size was chosen, in seconds.
    @ExplicitNull public var calibratedTaskSeconds: Double?
    /// How long it took to make the input, in seconds.
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
    /// What was found and what was expected.
    public var reason: String

    /// Makes the entry of a variant.
    package init(_ unproven: Unproven) {
      kernel = unproven.kernel
      variant = unproven.variant
      reason = unproven.finding
    }
  }

  /// A note for readers.
  public struct Note: Hashable, Sendable, Codable {
    /// The kind of note, for programs: `calibration`.
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
