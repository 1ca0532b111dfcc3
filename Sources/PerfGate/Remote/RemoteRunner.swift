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
  private let bounds: ArmBounds
  private let memoryLimit: Int?
  /// The peak memory of the processes that have ended, in bytes.
  private var earlierPeakBytes = 0
  /// Whether the program knows a request that the protocol of all programs lacks; `nil`: not asked.
  private var knows: [Extra: Bool] = [:]
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

  /// Requests that only programs of this package know. Others answer `error`, and this does without.
  private enum Extra { case keep, watch, sample, memory, observe, raise }

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
  /// The most lines of an answer that are believed.
  private static let mostLines = 10_000
  /// The most results that are looked through for a wrong one.
  private static let mostCompared = 200_000

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
    siblings: [CPUSet], throttleFiles: [String],
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
    names = WireNames(catalog)
    memoryLimit =
      bounds.memory
      ?? AvailableMemory.bytes().map { max(1 << 30, Int(Double($0) * Self.memoryShare)) }
  }

  /// Ends the current process.
  package func end() {
    guard let connection else { return }
    // Its memory cannot be read any more when it has ended.
    earlierPeakBytes = peakBytes
    observe(connection)
    forget()
  }

  private func forget() {
    earlierPeakBytes = peakBytes
    connection?.end()
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
      memoryLimit: memoryLimit, cpus: program.mustPlace ? nil : placement.allCPUs)
    starts += 1
    connection = new
    try place(new)
    _ = try ask(watched, .watch, new)
    if hasPriority { _ = try ask(.raise, .raise, new) }
    nice = new.nice
    return new
  }

  private func place(_ connection: ArmConnection) throws(MeasurementError) {
    let request = ArmRequest.place(placement)
    let answer: String
    do { answer = try connection.ask(request, atMost: bounds.short) } catch {
      guard let refusal = error.refusal else { throw error }
      // It was started on these CPUs.
      guard program.mustPlace else { return }
      throw .misplaced(refusal.text)
    }
    guard answer.hasPrefix("placed ") else { throw connection.strange(answer, to: request) }
  }

  /// The first line of the answer to a request that not every program knows; `nil`: this one does
  /// not. One that has answered it before must answer again.
  private func ask(
    _ request: ArmRequest, _ extra: Extra, _ connection: ArmConnection,
    atMost seconds: Double? = nil
  ) throws(MeasurementError) -> String? {
    guard knows[extra] != false else { return nil }
    do {
      let answer = try connection.ask(request, atMost: seconds ?? bounds.short)
      knows[extra] = true
      return answer
    } catch {
      guard case .other = error.refusal, knows[extra] == nil else { throw error }
      knows[extra] = false
      return nil
    }
  }

  /// Keeps what the workers saw, unless an earlier process's were already elsewhere.
  private func observe(_ connection: ArmConnection) {
    guard observations.allSatisfy(isPlaced),
      let first = try? ask(.observe, .observe, connection),
      case let count = ArmProtocol.linesFollowing(first), 0...Self.mostLines ~= count,
      let lines = try? connection.lines(count, of: .observe, atMost: bounds.short)
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
    let nanoseconds: UInt64
    do { nanoseconds = try makeInput(of: kernel, arm.size, connection) } catch {
      // Without its input, no variant of the kernel can run.
      var whole = arm
      whole.variant = kernel.reference?.name ?? arm.variant
      throw failed(error, whole)
    }
    // A program that cannot keep inputs has this one only.
    if knows[.keep] == false { prepared = [] }
    prepared.insert(input)
    inputSeconds[input] = Double(nanoseconds) * 1e-9
  }

  /// Lets an input be made and returns how long that took, in nanoseconds.
  private func makeInput(
    of kernel: AnyKernel, _ size: Int, _ connection: ArmConnection
  ) throws(MeasurementError) -> UInt64 {
    let input = ArmRequest.Input(kernel: names.kernel(kernel.name), size: size, seed: seed)
    let limit = bounds.input + Double(kernel.inputBytes(size)) / bounds.inputBytesPerSecond
    var request = ArmRequest.keep(input)
    var answer = try ask(request, .keep, connection, atMost: limit)
    if answer == nil {
      request = .prepare(input)
      answer = try connection.ask(request, atMost: limit)
    }
    let words = (answer ?? "").split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 2, words[0] == "ready",
      let nanoseconds = WireText.number(words[1], in: 0...UInt64.max)
    else { throw connection.strange(answer ?? "", to: request) }
    return nanoseconds
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
    do throws(MeasurementError) {
      let limit = paces.timeout(of: arm, bounds, unknown: timeout)
      let answer = try connection.ask(request, atMost: limit)
      guard let ran = WireRun(answer) else { throw connection.strange(answer, to: request) }
      let sample = try sample(of: ran, arm, connection)
      paces.add(arm, seconds: sample.seconds)
      return (sample, ran.checksum)
    } catch { throw failed(error, arm) }
  }

  /// What the program tells of its last run.
  private func sample(
    of ran: WireRun, _ arm: Arm, _ connection: ArmConnection
  ) throws(MeasurementError) -> ArmSample {
    var sample = ArmSample(
      seconds: max(1, Double(ran.nanoseconds)) * 1e-9,
      cpuSeconds: Double(ran.cpuNanoseconds) * 1e-9)
    guard let first = try ask(.sample, .sample, connection) else {
      // A program that does not say how long its workers slept: what is no CPU time counts as sleep.
      sample.sleepShare = max(0, 1 - sample.cpuSeconds / (sample.seconds * Double(arm.workers)))
      return sample
    }
    let count = ArmProtocol.linesFollowing(first)
    guard 0...Self.mostLines ~= count else { throw connection.strange(first, to: .sample) }
    let rest = try connection.lines(count, of: .sample, atMost: bounds.short)
    guard let found = WireSample([first] + rest) else {
      throw connection.strange(first, to: .sample)
    }
    sample.sleepShare = Double(found.sleepMillionths) * 1e-6
    sample.migrations = found.migrations
    sample.delaySeconds = Double(found.delayNanoseconds) * 1e-9
    sample.disturbances = found.causes
    return sample
  }

  /// The finding about an arm whose process failed.
  private func failed(_ error: MeasurementError, _ arm: Arm) -> MeasurementError {
    guard case .program(let failure) = error else { return error }
    guard case .refused(let refusal) = failure.what else {
      forget()
      let asked = failure.isAnswer ? "of \(failure.description)" : failure.finding
      return .wrongResult(
        Unproven(kernel: arm.kernel, variant: arm.variant, reason: .ended(asked)))
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
    let tasks = arm.tasks
    guard let arm = referenceArm(kernel, arm) else { return 0 }
    guard kernel.tasksAreAlike else { return try execute(arm).checksum }
    var one = arm
    (one.tasks, one.workers) = (1, 1)
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
    do { return try results(min(arm.tasks, Self.mostCompared), try connected()) } catch {
      throw failed(error, arm)
    }
  }

  /// The results of the first tasks of the last run.
  private func results(
    _ tasks: Int, _ connection: ArmConnection
  ) throws(MeasurementError) -> [UInt64] {
    var all: [UInt64] = []
    while all.count < tasks {
      let count = min(ArmProtocol.mostResults, tasks - all.count)
      let request = ArmRequest.results(first: all.count, count: count)
      let first = try connection.ask(request, atMost: bounds.short)
      guard first == "results \(count)" else { throw connection.strange(first, to: request) }
      for line in try connection.lines(count, of: request, atMost: bounds.short) {
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
    let right = try rightResults(kernel, arm)
    var found = try results(of: arm)
    // What changes from run to run may be right this time.
    for _ in 0..<3 where found == right { found = try results(of: arm) }
    guard let task = zip(found, right).enumerated().first(where: { $1.0 != $1.1 })?.offset else {
      let when = arm.tasks > found.count ? "after task \(found.count - 1)" : "once, not again"
      return .wrongResult(
        Unproven(
          kernel: arm.kernel, variant: arm.variant,
          reason: .ended("returned results that differ from the reference's, \(when)")))
    }
    let wrong = WrongTask(task: task, found: found[task], expected: right[task])
    return .wrongResult(
      Unproven(arm, wrong, kernel: kernel) { variant in
        var again = arm
        (again.variant, again.tasks, again.workers) = (variant, 4, 1)
        return (try? results(of: again)) ?? []
      })
  }

  /// What the reference returns for the first tasks of an arm.
  private func rightResults(_ kernel: AnyKernel, _ arm: Arm) throws(MeasurementError) -> [UInt64] {
    guard var reference = referenceArm(kernel, arm) else { return [] }
    guard kernel.tasksAreAlike else { return try results(of: reference) }
    (reference.tasks, reference.workers) = (1, 1)
    let result = try results(of: reference).first ?? 0
    return Array(repeating: result, count: min(arm.tasks, Self.mostCompared))
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
    guard !hasPriority, let connection = try? connected() else { return false }
    // One that is not allowed to refuses; the next one would too.
    hasPriority = (try? ask(.raise, .raise, connection)) == "raised"
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
