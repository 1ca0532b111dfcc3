import CPerfGateSystem
import PerfGateMachine
import PerfGateWorkers

/// Runs arms in processes of a program, and returns only samples with correct results.
///
/// The code of the kernels runs in those processes only: what crashes, hangs or floods there ends a
/// process, and is told as the finding about its variant.
package final class RemoteRunner: ArmRunner {
  /// The known kernels.
  package let catalog: Catalog
  /// Whether each round may be a process of its own.
  package let startsProcesses: Bool
  /// The peak memory of all processes so far, in bytes.
  package var peakBytes: Int { max(earlierPeakBytes, connection?.peakBytes ?? 0) }
  /// How many processes were started.
  package internal(set) var starts = 0
  /// What the workers of the last process have seen of their placement, by executor; the first one
  /// that was elsewhere stays.
  package internal(set) var observations: [[PlacementObservation]] = []
  /// The nice value of the processes; `nil` before the first.
  package internal(set) var nice: Int?
  /// How much memory the inputs of all calls of an arm may take together, in bytes.
  package internal(set) var inputBudget = CallInputs.budget()

  /// What later starts run.
  package var program: ArmProgram
  let placement: WirePlacement
  let watched: ArmRequest
  let seed: UInt64
  let names: WireNames
  let isPlaced: ([PlacementObservation]) -> Bool
  let bounds: ArmBounds
  let memoryLimit: Int?
  /// Whether the limit is for the process and all that it starts.
  let limitsTree: Bool
  /// The peak memory of the processes that have ended, in bytes.
  private var earlierPeakBytes = 0
  /// Whether the program knows a request that the protocol of all programs lacks; `nil`: not asked.
  var knows: [Extra: Bool] = [:]
  /// How long an arm of unknown length may take, in seconds.
  var timeout: Double
  var connection: ArmConnection?
  /// What is known of the times of arms, for bounds and for warming up.
  var paces = RemotePaces()
  /// How long inputs took to be made, in seconds.
  var inputSeconds: [Input: Double] = [:]
  /// The inputs that the current process has.
  var prepared: Set<Input> = []
  /// The checksums of the reference's results.
  var expected: [WorkKey: UInt64] = [:]
  /// The same, of kernels whose results are others in each process, for the current process.
  var expectedHere: [WorkKey: UInt64] = [:]
  /// Kernels whose results are others in each process, such as hashes.
  var varying: Set<String> = []
  /// Whether the workers run before other programs.
  package internal(set) var hasPriority = false
  var callMemories: [String: CallMemory] = [:]

  /// Requests that only programs of this package know. Others answer `error`, and this does without.
  enum Extra: CaseIterable {
    case keep, watch, sample, memory, observe, limit, startup, count, raise
  }

  struct Input: Hashable {
    var kernel: String
    var size: Int
  }

  struct WorkKey: Hashable {
    var input: Input
    var tasks: Int
    /// The variant that the results must agree with.
    var reference: String?
  }

  /// Runs arms of the same program under valgrind; `nil` before the first.
  var valgrind: ValgrindRunner?

  /// Whether the current process has started some of its own.
  var hasWorkerProcesses = false
  /// How long a process with some of its own may take to end them, in seconds.
  private static let quitSeconds = 1.0
  /// How long each arm runs in a new process before it is timed, in seconds; 0 shows what a cold arm
  /// costs.
  package var warmUpSeconds = 0.01
  /// The most of the available memory that a process may use.
  private static let memoryShare = 0.75
  /// The most lines of an answer that are believed.
  static let mostLines = 10_000
  /// The most results that are looked through for a wrong one.
  static let mostCompared = 200_000

  /// Starts nothing yet.
  ///
  /// - Parameters:
  ///   - timeout: how long an arm of unknown length may take, in seconds; at least that of the bounds.
  ///   - bounds: how long the program may take, and how much memory.
  ///   - siblings: for each worker the other CPUs of its core.
  ///   - throttleFiles: the files that count throttling.
  ///   - isPlaced: whether workers were where the plan puts them.
  package init(
    catalog: Catalog, program: ArmProgram, placement: WirePlacement, seed: UInt64,
    startsProcesses: Bool = true, timeout: Double, bounds: ArmBounds = ArmBounds(),
    siblings: [CPUSet], throttleFiles: [String], limitsTree: Bool = false,
    names: WireNames? = nil,
    isPlaced: @escaping ([PlacementObservation]) -> Bool = { _ in true }
  ) {
    self.catalog = catalog
    self.program = program
    self.placement = placement
    self.seed = seed
    self.startsProcesses = startsProcesses
    self.bounds = bounds
    self.timeout = max(timeout, bounds.leastArm)
    self.isPlaced = isPlaced
    watched = .watch(siblings: siblings, files: throttleFiles)
    self.limitsTree = limitsTree
    self.names = names ?? WireNames(catalog)
    memoryLimit =
      bounds.memory
      ?? AvailableMemory.bytes().map { max(1 << 30, Int(Double($0) * Self.memoryShare)) }
  }

  /// Runs arms in processes of another program, which has the same kernels.
  ///
  /// - Parameter slowness: how many times as long everything may take.
  func copy(_ program: ArmProgram, slowness: Double) -> RemoteRunner {
    var bounds = bounds
    bounds.short *= slowness
    bounds.leastArm *= slowness
    bounds.input *= slowness
    bounds.inputBytesPerSecond /= slowness
    return RemoteRunner(
      catalog: catalog, program: program, placement: placement, seed: seed,
      timeout: timeout * slowness, bounds: bounds, siblings: [], throttleFiles: [],
      limitsTree: limitsTree, names: names, isPlaced: isPlaced)
  }

  /// Ends the current process.
  package func end() {
    guard let connection else { return }
    // Its memory cannot be read any more when it has ended.
    earlierPeakBytes = peakBytes
    observe(connection)
    forget()
  }

  func forget() {
    earlierPeakBytes = peakBytes
    if hasWorkerProcesses { connection?.quit(atMost: Self.quitSeconds) } else { connection?.end() }
    hasWorkerProcesses = false
    connection = nil
    prepared = []
    expectedHere = [:]
  }

  deinit { connection?.end() }
}

// MARK: - What the planner asks

extension RemoteRunner {
  /// Lets the workers of this and all later processes run before other programs.
  package func raisePriority() -> Bool {
    guard !hasPriority, let connection = try? connected() else { return false }
    // One that is not allowed to refuses; the next one would too.
    hasPriority = (try? ask(.raise, .raise, connection)) == "raised"
    return hasPriority
  }

  /// Ends the process, so that the next one has ordinary priority.
  func lowerPriority() {
    hasPriority = false
    end()
  }

  /// Raises the limit for arms of unknown length, if necessary.
  package func allow(taskSeconds: Double) { timeout = max(timeout, 4 * taskSeconds) }

  /// Computes what is expected of the tasks of these arms, and runs those whose time is not known, so that
  /// a start warms them up for a moment only.
  package func expect(_ arms: [Arm]) throws(MeasurementError) {
    for arm in arms {
      if arm.executor != ExecutorName.tickets, !varying.contains(arm.kernel),
        let kernel = catalog.measurable(arm.kernel), case let key = workKey(of: arm),
        expected[key] == nil
      {
        expected[key] = try reference(kernel, arm)
      }
      if startsProcesses, paces.seconds(of: arm) == nil { _ = try execute(arm) }
    }
  }

  package func tasksAtOnce(_ arm: Arm) -> Int { catalog.tasksAtOnce(arm) }

  /// How long creating an arm's input took, in seconds; creates it if necessary.
  package func inputSeconds(_ arm: Arm) throws(MeasurementError) -> Double {
    let input = Input(kernel: arm.kernel, size: arm.size)
    if inputSeconds[input] == nil { try prepare(arm) }
    return inputSeconds[input] ?? 0
  }

  /// Frees all inputs: the next arm has a new process.
  package func releaseInputs(of kernel: String) {
    if prepared.contains(where: { $0.kernel == kernel }) { end() }
  }

  /// The memory that inputs of a kernel's calls take; `nil` if calls have no inputs.
  package func callMemory(_ kernel: AnyKernel) throws(MeasurementError) -> CallMemory? {
    guard kernel.calls?.inputs != nil else { return nil }
    if let known = callMemories[kernel.name] { return known }
    let arm = Arm(
      kernel: kernel.name, variant: kernel.reference?.name ?? "", workers: 1, tasks: 1, size: 1)
    try prepare(arm)
    let connection = try connected()
    let request = ArmRequest.memory(kernel: names.kernel(kernel.name))
    let answer: String?
    do { answer = try ask(request, .memory, connection, atMost: timeout) } catch {
      throw failed(error, arm)
    }
    guard let answer else { return nil }
    guard let found = WireMemory(answer, of: kernel) else {
      throw connection.strange(answer, to: request)
    }
    inputBudget = found.budget
    callMemories[kernel.name] = found.memory
    return found.memory
  }
}
