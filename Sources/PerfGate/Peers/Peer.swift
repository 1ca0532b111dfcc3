import CPerfGateSystem
import PerfGateMachine

/// A program in another language that runs arms.
package final class Peer {
  /// The program's name in series: `go`.
  package let name: String
  /// Whether its process is kept over rounds, because it takes long to start or to compile.
  package let isKept: Bool
  let runner: RemoteRunner
  private let watch: PeerWatch
  private let isWatched: Bool
  /// Whether all of its threads run before other programs.
  var hasPriority = false
  private var pinned: (process: Int, cpus: CPUSet)?
  /// The most memory that it and its processes used after an arm, by the key of its series.
  private(set) var peakBytes: [SeriesKey: Int] = [:]

  /// - Parameters:
  ///   - program: how it is started. It need not place itself: it is started on its workers' CPUs.
  ///   - catalog: the kernels. Its variants' names begin with the program's name and a dot there, and
  ///     not in the program itself.
  ///   - isWatched: whether an arm that other programs disturbed is dropped.
  package init(
    _ program: ArmProgram, isKept: Bool, catalog: Catalog,
    placement: PlacementPlan, machine: Machine, seed: UInt64, timeout: Double,
    bounds: ArmBounds = ArmBounds(), isWatched: Bool = true
  ) {
    name = program.name
    self.isKept = isKept
    self.isWatched = isWatched
    let wire = WirePlacement(plan: placement, input: nil)
    let pinnedCPUs = placement.slots.map(\.cpu)
    let cpus = pinnedCPUs.compactMap(\.self)
    let siblings = placement.slots.map { slot in
      slot.cpu.map { machine.topology.siblings(of: $0) } ?? CPUSet()
    }
    watch = PeerWatch(
      cpus: cpus.count == pinnedCPUs.count
        ? cpus.indices.map { CPUSet(Array(cpus[...$0])) } : [],
      siblings: siblings, throttleFiles: machine.allowed.throttleFiles)
    runner = RemoteRunner(
      catalog: catalog, program: program, placement: wire, seed: seed, timeout: timeout,
      bounds: bounds, siblings: siblings, throttleFiles: machine.allowed.throttleFiles,
      limitsTree: true, names: WireNames(catalog, prefix: "\(program.name)."))
    // Other programs have none of the additional requests.
    for extra in RemoteRunner.Extra.allCases { runner.knows[extra] = false }
  }

  /// Starts it, unless it runs, and returns how long that took until it answered, in seconds.
  package func connect() throws(MeasurementError) -> Double {
    let start = pgp_monotonic_ns()
    try runner.connect()
    return Double(pgp_monotonic_ns() - start) * 1e-9
  }

  /// What it calls itself, with its version: `go 1.27.0`.
  package var greeting: String { runner.connection?.greeting ?? "" }

  /// How long a first run of an arm takes beyond a second one, in seconds: a compiler that works
  /// when a function is called for the first time.
  package func compileSeconds(of arm: Arm) throws(MeasurementError) -> Double {
    try runner.prepare(arm)
    var walls: [Double] = []
    for _ in 0..<2 {
      let start = pgp_monotonic_ns()
      _ = try runner.execute(arm)
      walls.append(Double(pgp_monotonic_ns() - start) * 1e-9)
    }
    return max(0, walls[0] - walls[1])
  }

  /// Runs an arm on the CPUs of its workers. Its results are not checked.
  func execute(_ arm: Arm) throws(MeasurementError) -> (sample: ArmSample, checksum: UInt64) {
    try runner.prepare(arm)
    let tree = ProcessTree(root: try runner.connected().pid)
    if let cpus = watch.cpus(of: arm.workers),
      pinned?.process != tree.root || pinned?.cpus != cpus
    {
      tree.pin(to: cpus)
      pinned = (tree.root, cpus)
    }
    if hasPriority { tree.runFirst() }
    let start = watch.read(tree, workers: arm.workers)
    let asked = pgp_monotonic_ns()
    var (sample, checksum) = try runner.execute(arm)
    let answered = pgp_monotonic_ns()
    let isLoop = arm.executor == ExecutorName.singleThread
    let finding = watch.finding(
      from: start, to: watch.read(tree, workers: arm.workers), told: sample, isLoop: isLoop)
    let seen = SeenTime(
      wallSeconds: Double(answered - asked) * 1e-9,
      loopSeconds: isLoop && arm.tasks <= SeenTime.mostTasks ? finding.busiestSeconds : 0)
    if let lie = seen.contradiction(of: sample) {
      throw .wrongResult(
        Unproven(kernel: arm.kernel, variant: arm.variant, reason: .ended(lie)))
    }
    if isWatched { sample.disturbances += finding.causes }
    if isLoop {
      sample.delaySeconds = finding.delaySeconds
      // Waiting for a CPU is neither work nor sleep.
      let own = sample.seconds - sample.delaySeconds
      let isUnknown = !finding.causes.isEmpty || own <= 0
      sample.sleepShare = isUnknown ? 0 : max(0, 1 - sample.cpuSeconds / own)
    }
    peakBytes[arm.key] = max(peakBytes[arm.key] ?? 0, tree.bytes)
    return (sample, checksum)
  }

  /// Prepares it for a round with these arms: by a new process, unless it is kept.
  func start(_ arms: [Arm]) throws(MeasurementError) {
    guard !isKept else {
      for arm in arms { try runner.prepare(arm) }
      return
    }
    try runner.start(arms)
  }

  /// Ends its process, and all that it started.
  package func end() { runner.end() }
}

/// What this program itself sees of how long a run took, for comparison with what is told of it.
struct SeenTime {
  /// From the request to the answer, in seconds.
  var wallSeconds: Double
  /// CPU time of the thread that ran all tasks, in seconds; 0 if it cannot be compared, because
  /// workers took part or the results of many tasks had to be added up.
  var loopSeconds: Double

  /// The most tasks whose results are added up in next to no time in any language.
  static let mostTasks = 1000
  /// What a program may do besides the run, such as waking up, in seconds, and as a share.
  private static let slack = (seconds: 0.03, share: 0.2)

  /// What is wrong about the times that a program told; `nil`: nothing.
  func contradiction(of told: ArmSample) -> String? {
    if told.seconds > wallSeconds * 1.01 + 0.001 {
      return "told a time of \(Self.rounded(told.seconds)) s, but answered after "
        + "\(Self.rounded(wallSeconds)) s"
    }
    let least = min(told.seconds, told.cpuSeconds)
    guard least < loopSeconds * (1 - Self.slack.share) - Self.slack.seconds else { return nil }
    return "told a time of \(Self.rounded(least)) s, but computed for "
      + "\(Self.rounded(loopSeconds)) s"
  }

  /// To microseconds.
  private static func rounded(_ seconds: Double) -> Double { (seconds * 1e6).rounded() / 1e6 }
}
