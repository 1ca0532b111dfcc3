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
  package private(set) var peakBytes = 0
  /// How many processes were started.
  package private(set) var starts = 0
  /// What the workers of the last process have seen of their placement, by executor; the first one
  /// that was elsewhere stays.
  package private(set) var observations: [[PlacementObservation]] = []
  /// The nice value of the processes; `nil` before the first.
  package private(set) var nice: Int?
  /// How much memory the inputs of all calls of an arm may take together, in bytes.
  package private(set) var inputBudget = CallInputs.budget()

  private let program: ArmProgram
  private let placement: WirePlacement
  private let watched: ArmRequest
  private let seed: UInt64
  private let names: WireNames
  private let isPlaced: ([PlacementObservation]) -> Bool
  private let memoryLimit: Int?
  /// How long an arm of unknown length may take, in seconds.
  private var timeout: Double
  private var connection: ArmConnection?
  /// What is known of the times of arms, for bounds and for warming up.
  private var paces = RemotePaces()
  /// How long inputs took to be made, in seconds.
  private var inputSeconds: [Input: Double] = [:]
  /// The inputs that the current process has.
  private var prepared: Set<Input> = []
  /// The checksums of the reference's results.
  private var expected: [WorkKey: UInt64] = [:]
  /// The same, of kernels whose results are others in each process, for the current process.
  private var expectedHere: [WorkKey: UInt64] = [:]
  /// Kernels whose results are others in each process, such as hashes.
  private var varying: Set<String> = []
  /// Whether the workers run before other programs.
  package private(set) var hasPriority = false
  private var callMemories: [String: CallMemory] = [:]

  private struct Input: Hashable {
    var kernel: String
    var size: Int
  }

  private struct WorkKey: Hashable {
    var input: Input
    var tasks: Int
  }

  /// How long each arm runs in a new process before it is timed, in seconds; 0 shows what a cold arm
  /// costs.
  package var warmUpSeconds = 0.01
  /// The most of the available memory that a process may use.
  private static let memoryShare = 0.75
  /// How long making an input may take at least, in seconds, and how many bytes a second.
  private static let inputTimeout = (seconds: 60.0, bytesPerSecond: 20e6)
  /// The most lines of an answer that are believed.
  private static let mostLines = 10_000
  /// The most results that are looked through for a wrong one.
  private static let mostCompared = 200_000

  /// Starts nothing yet.
  ///
  /// - Parameters:
  ///   - timeout: how long an arm of unknown length may take, in seconds; at least 10.
  ///   - siblings: for each worker the other CPUs of its core.
  ///   - throttleFiles: the files that count throttling.
  ///   - isPlaced: whether workers were where the plan puts them.
  package init(
    catalog: Catalog, program: ArmProgram, placement: WirePlacement, seed: UInt64,
    startsProcesses: Bool = true, timeout: Double, siblings: [CPUSet], throttleFiles: [String],
    isPlaced: @escaping ([PlacementObservation]) -> Bool = { _ in true }
  ) {
    self.catalog = catalog
    self.program = program
    self.placement = placement
    self.seed = seed
    self.startsProcesses = startsProcesses
    self.timeout = max(timeout, RemotePaces.leastTimeout)
    self.isPlaced = isPlaced
    watched = .watch(siblings: siblings, files: throttleFiles)
    names = WireNames(catalog)
    memoryLimit = AvailableMemory.bytes().map {
      max(1 << 30, Int(Double($0) * Self.memoryShare))
    }
  }

  /// Ends the current process.
  package func end() {
    guard let connection else { return }
    peakBytes = max(peakBytes, connection.peakBytes)
    observe(connection)
    connection.end()
    forget()
  }

  private func forget() {
    connection = nil
    prepared = []
    expectedHere = [:]
  }

  deinit { connection?.end() }
}

// MARK: - Starts

extension RemoteRunner {
  /// Starts a new process, makes the inputs of these arms, and runs each for a moment.
  package func start(_ arms: [Arm]) throws(MeasurementError) {
    end()
    for arm in arms { try prepare(arm) }
    for arm in arms where warmUpSeconds > 0 {
      var short = arm
      short.tasks = paces.tasks(of: arm, lasting: warmUpSeconds)
      _ = try execute(short)
    }
    // So that nothing has to be computed between two arms of a pair.
    for arm in arms where varying.contains(arm.kernel) {
      guard let kernel = catalog.measurable(arm.kernel) else { continue }
      let key = WorkKey(input: Input(kernel: arm.kernel, size: arm.size), tasks: arm.tasks)
      if expectedHere[key] == nil { expectedHere[key] = try reference(kernel, arm) }
    }
  }

  /// The current process, started if there is none.
  package func connect() throws(MeasurementError) {
    _ = try connected()
  }

  private func connected() throws(MeasurementError) -> ArmConnection {
    if let connection { return connection }
    let new = try ArmConnection(
      program, environment: program.environment(start: starts, seed: seed),
      memoryLimit: memoryLimit)
    starts += 1
    connection = new
    let place = ArmRequest.place(placement)
    let answer: String
    do { answer = try new.ask(place, atMost: ArmConnection.shortTimeout) } catch {
      guard case .program(let failure) = error, case .refused(let refusal) = failure.what else {
        throw error
      }
      throw .misplaced(refusal.line)
    }
    guard answer.hasPrefix("placed ") else { throw new.strange(answer, to: place) }
    _ = try new.ask(watched, atMost: ArmConnection.shortTimeout)
    if hasPriority { _ = try new.ask(.raise, atMost: ArmConnection.shortTimeout) }
    nice = new.nice
    return new
  }

  /// Keeps what the workers saw, unless an earlier process's were already elsewhere.
  private func observe(_ connection: ArmConnection) {
    guard observations.allSatisfy(isPlaced),
      let first = try? connection.ask(.observe, atMost: ArmConnection.shortTimeout),
      case let count = ArmProtocol.linesFollowing(first), 0...Self.mostLines ~= count,
      let lines = try? connection.lines(
        count, of: .observe, atMost: ArmConnection.shortTimeout)
    else { return }
    var executors: [String] = []
    var seen: [String: [PlacementObservation]] = [:]
    for observation in lines.compactMap(WireObservation.init) {
      if seen[observation.executor] == nil { executors.append(observation.executor) }
      seen[observation.executor, default: []].append(observation.seen)
    }
    observations = executors.compactMap { seen[$0] }
  }

  private func prepare(_ arm: Arm) throws(MeasurementError) {
    guard arm.executor != ExecutorName.tickets else { return }
    let input = Input(kernel: arm.kernel, size: arm.size)
    let connection = try connected()
    guard !prepared.contains(input) else { return }
    guard let kernel = catalog.measurable(arm.kernel) else {
      throw .unknownKernel(arm.kernel, known: catalog.kernels.map(\.name))
    }
    let request = ArmRequest.keep(
      ArmRequest.Input(kernel: names.kernel(arm.kernel), size: arm.size, seed: seed))
    let limit =
      Self.inputTimeout.seconds
      + Double(kernel.inputBytes(arm.size)) / Self.inputTimeout.bytesPerSecond
    let answer: String
    do { answer = try connection.ask(request, atMost: limit) } catch {
      // Without its input, no variant of the kernel can run.
      var whole = arm
      whole.variant = kernel.reference?.name ?? arm.variant
      throw failed(error, whole)
    }
    let words = answer.split(separator: " ")
    guard words.count == 2, words[0] == "ready",
      let nanoseconds = WireText.number(words[1], in: 0...UInt64.max)
    else { throw connection.strange(answer, to: request) }
    prepared.insert(input)
    inputSeconds[input] = Double(nanoseconds) * 1e-9
  }
}

// MARK: - Runs

extension RemoteRunner {
  /// Runs the arm once and checks its results.
  package func run(_ arm: Arm) throws(MeasurementError) -> ArmSample {
    let (sample, checksum) = try execute(arm)
    if arm.executor != ExecutorName.tickets { try check(checksum, of: arm) }
    return sample
  }

  /// Runs the arm once; its results are not checked.
  private func execute(
    _ arm: Arm
  ) throws(MeasurementError) -> (sample: ArmSample, checksum: UInt64) {
    try prepare(arm)
    let connection = try connected()
    let request = ArmRequest.run(
      ArmRequest.Run(
        input: ArmRequest.Input(kernel: names.kernel(arm.kernel), size: arm.size, seed: seed),
        variant: names.variant(arm.variant, of: arm.kernel), executor: arm.executor,
        workers: arm.workers, tasks: arm.tasks))
    let answer: String
    do {
      answer = try connection.ask(request, atMost: paces.timeout(of: arm, unknown: timeout))
    } catch { throw failed(error, arm) }
    guard let ran = WireRun(answer) else { throw connection.strange(answer, to: request) }
    var sample = ArmSample(
      seconds: max(1, Double(ran.nanoseconds)) * 1e-9,
      cpuSeconds: Double(ran.cpuNanoseconds) * 1e-9)
    try fill(&sample, connection)
    paces.add(arm, seconds: sample.seconds)
    return (sample, ran.checksum)
  }

  /// Adds what only a program of this package tells.
  private func fill(
    _ sample: inout ArmSample, _ connection: ArmConnection
  ) throws(MeasurementError) {
    let first = try connection.ask(.sample, atMost: ArmConnection.shortTimeout)
    let count = ArmProtocol.linesFollowing(first)
    guard 0...Self.mostLines ~= count else { throw connection.strange(first, to: .sample) }
    let rest = try connection.lines(count, of: .sample, atMost: ArmConnection.shortTimeout)
    guard let found = WireSample([first] + rest) else {
      throw connection.strange(first, to: .sample)
    }
    sample.sleepShare = Double(found.sleepMillionths) * 1e-6
    sample.migrations = found.migrations
    sample.delaySeconds = Double(found.delayNanoseconds) * 1e-9
    sample.disturbances = found.causes
  }

  /// The finding about an arm whose process failed.
  private func failed(_ error: MeasurementError, _ arm: Arm) -> MeasurementError {
    guard case .program(let failure) = error else { return error }
    guard case .refused(let refusal) = failure.what else {
      if let connection { peakBytes = max(peakBytes, connection.peakBytes) }
      connection?.end()
      forget()
      return .wrongResult(
        Unproven(kernel: arm.kernel, variant: arm.variant, reason: .ended(failure.finding)))
    }
    switch refusal {
    case .threw(let variant, let call, let text):
      return .threw(
        closure: names.variantName(variant, of: arm.kernel), call: call, error: text)
    case .input(let reason):
      return .input(kernel: arm.kernel, size: arm.size, reason: reason)
    case .other: return error
    }
  }
}

// MARK: - Results

extension RemoteRunner {
  private func check(_ checksum: UInt64, of arm: Arm) throws(MeasurementError) {
    let key = WorkKey(input: Input(kernel: arm.kernel, size: arm.size), tasks: arm.tasks)
    guard let kernel = catalog.measurable(arm.kernel) else { return }
    if !varying.contains(arm.kernel) {
      if expected[key] == nil { expected[key] = try reference(kernel, arm) }
      if expected[key] == checksum { return }
    }
    // Hashes, for example, are others in each process.
    if expectedHere[key] == nil { expectedHere[key] = try reference(kernel, arm) }
    guard expectedHere[key] == checksum else { throw try wrongResult(kernel, arm) }
    varying.insert(arm.kernel)
  }

  /// The checksum of the reference's results, computed in the current process.
  private func reference(
    _ kernel: AnyKernel, _ arm: Arm
  ) throws(MeasurementError) -> UInt64 {
    guard let arm = referenceArm(kernel, arm) else { return 0 }
    guard kernel.tasksAreAlike else { return try execute(arm).checksum }
    var one = arm
    (one.tasks, one.workers) = (1, 1)
    let tasks = arm.tasks
    let result = try results(of: one).first ?? 0
    return resultChecksum(Array(repeating: result, count: tasks))
  }

  private func referenceArm(_ kernel: AnyKernel, _ arm: Arm) -> Arm? {
    guard let reference = kernel.reference else { return nil }
    var other = arm
    (other.variant, other.executor) = (reference.name, ExecutorName.pool)
    let cpus = Set(placement.slots.compactMap(\.cpu)).count
    other.workers = min(max(cpus, 1), placement.slots.count)
    return other
  }

  /// The results of an arm, which is run again.
  private func results(of arm: Arm) throws(MeasurementError) -> [UInt64] {
    _ = try execute(arm)
    let connection = try connected()
    var all: [UInt64] = []
    while all.count < min(arm.tasks, Self.mostCompared) {
      let count = min(ArmProtocol.mostResults, arm.tasks - all.count)
      let request = ArmRequest.results(first: all.count, count: count)
      let first = try connection.ask(request, atMost: ArmConnection.shortTimeout)
      guard first == "results \(count)" else { throw connection.strange(first, to: request) }
      for line in try connection.lines(count, of: request, atMost: ArmConnection.shortTimeout) {
        guard let word = WireText.word(line) else { throw connection.strange(line, to: request) }
        all.append(word)
      }
    }
    return all
  }

  /// The error for a wrong checksum, which names the task.
  private func wrongResult(
    _ kernel: AnyKernel, _ arm: Arm
  ) throws(MeasurementError) -> MeasurementError {
    let right = try referenceArm(kernel, arm).map { reference throws(MeasurementError) in
      try results(of: reference)
    }
    guard let right else { return .unknownVariant(arm.variant, kernel: arm.kernel, known: []) }
    var found = try results(of: arm)
    // What changes from run to run may be right this time.
    for _ in 0..<3 where found == right { found = try results(of: arm) }
    let task = zip(found, right).enumerated().first { $1.0 != $1.1 }?.offset ?? 0
    let wrong = WrongTask(task: task, found: found[task], expected: right[task])
    return .wrongResult(
      Unproven(arm, wrong, kernel: kernel) { variant in
        var again = arm
        (again.variant, again.tasks, again.workers) = (variant, 4, 1)
        return (try? results(of: again)) ?? []
      })
  }

  /// A checksum of the results of all the arm's tasks.
  package func checksum(of arm: Arm) throws(MeasurementError) -> UInt64 {
    let key = WorkKey(input: Input(kernel: arm.kernel, size: arm.size), tasks: arm.tasks)
    return expected[key] ?? 0
  }
}

// MARK: - What the planner asks

extension RemoteRunner {
  /// Lets the workers of this and all later processes run before other programs.
  package func raisePriority() -> Bool {
    guard !hasPriority, let connection = try? connected(),
      let answer = try? connection.ask(.raise, atMost: ArmConnection.shortTimeout)
    else { return false }
    hasPriority = answer == "raised"
    return hasPriority
  }

  /// Raises the limit for arms of unknown length, if necessary.
  package func allow(taskSeconds: Double) { timeout = max(timeout, 4 * taskSeconds) }

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
    let answer: String
    do { answer = try connection.ask(request, atMost: timeout) } catch { throw failed(error, arm) }
    guard let found = WireMemory(answer, of: kernel) else {
      throw connection.strange(answer, to: request)
    }
    inputBudget = found.budget
    callMemories[kernel.name] = found.memory
    return found.memory
  }
}

/// How long tasks took, for the bounds of later arms and for warming up.
struct RemotePaces {
  /// The shortest bound, in seconds.
  static let leastTimeout = 10.0
  /// How many times as long as known an arm may take.
  static let patience = 10.0

  private struct Key: Hashable {
    var kernel: String
    var variant: String
    var size: Int
  }

  /// Seconds of a worker for each task.
  private var seconds: [Key: Double] = [:]

  mutating func add(_ arm: Arm, seconds: Double) {
    self.seconds[key(arm)] = seconds * Double(arm.workers) / Double(arm.tasks)
  }

  private func key(_ arm: Arm) -> Key {
    Key(kernel: arm.kernel, variant: arm.variant, size: arm.size)
  }

  /// How long an arm may take, in seconds.
  func timeout(of arm: Arm, unknown: Double) -> Double {
    guard let pace = seconds[key(arm)] else { return unknown }
    let turns = (arm.tasks + arm.workers - 1) / arm.workers
    return max(Self.leastTimeout, Self.patience * pace * Double(turns))
  }

  /// How many tasks of an arm last this long, at most its own.
  func tasks(of arm: Arm, lasting wanted: Double) -> Int {
    guard let pace = seconds[key(arm)], pace > 0 else { return arm.tasks }
    let turns = Int(min(wanted / pace, 1e9).rounded(.up))
    return min(arm.tasks, max(1, turns) * arm.workers)
  }
}
