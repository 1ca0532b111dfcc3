import PerfGateMachine
import PerfGateWorkers

extension RemoteRunner {
  /// Runs the arm once and checks its results.
  package func run(_ arm: Arm) throws(MeasurementError) -> ArmSample {
    let (sample, checksum) = try execute(arm)
    if arm.executor != ExecutorName.tickets { try check(checksum, of: arm) }
    return sample
  }

  /// The most memory of a new process that runs this arm, and of all that it starts, during the tasks.
  package func memory(
    of arm: Arm
  ) throws(MeasurementError) -> (sample: ArmSample, bytes: Int)? {
    guard startsProcesses else { return nil }
    try start([arm])
    guard let tree = connection.map({ ProcessTree(root: $0.pid) }), tree.resetPeaks() else {
      return nil
    }
    let sample = try run(arm)
    guard let bytes = tree.peakBytes else { return nil }
    return (sample, bytes)
  }

  /// Proves an arm in a new process, and counts this many calls of its code there.
  package func counts(
    of arm: Arm, calls: Int, _ counter: Counter
  ) throws(MeasurementError) -> (sample: ArmSample, counts: StartCounts)? {
    guard startsProcesses else { return nil }
    end()
    if counter == .valgrindInstructions {
      return try underValgrind().counts(of: arm, calls: calls, .instructions)
    }
    try prepare(arm)
    let sample = try run(arm)
    let connection = try connected()
    let request = ArmRequest.count(
      ArmRequest.Run(
        input: ArmRequest.Input(kernel: names.kernel(arm.kernel), size: arm.size, seed: seed),
        variant: names.variant(arm.variant, of: arm.kernel), executor: arm.executor, workers: 1,
        tasks: calls), instructions: counter.isOfInstructions)
    do throws(MeasurementError) {
      // Each call is counted twice as slowly at most, and under valgrind after a translation.
      let limit = 4 * paces.timeout(of: arm, bounds, unknown: timeout)
      guard let answer = try ask(request, .count, connection, atMost: limit) else { return nil }
      guard let found = WireCounts(answer), found.counts.calls == calls,
        (found.counts.most.instructions != nil) == counter.isOfInstructions
      else { throw connection.strange(answer, to: request) }
      return (sample, found.counts)
    } catch { throw failed(error, arm) }
  }

  /// The samples of an arm in a new process in which nothing has run before.
  package func firstRuns(
    of arm: Arm, _ times: Int
  ) throws(MeasurementError) -> [ArmSample]? {
    guard startsProcesses else { return nil }
    end()
    try prepare(arm)
    var runs: [(sample: ArmSample, checksum: UInt64)] = []
    for _ in 0..<times { runs.append(try execute(arm)) }
    // Afterwards, because the reference may have to run for that.
    for run in runs { try check(run.checksum, of: arm) }
    return runs.map(\.sample)
  }

  /// How long an executor takes to start in a new process.
  package func startupSeconds(
    ofExecutor name: String, workers: Int
  ) throws(MeasurementError) -> Double? {
    guard startsProcesses else { return nil }
    end()
    let connection = try connected()
    hasWorkerProcesses = Executors.named(name)?.placement == .processes
    let request = ArmRequest.startup(executor: name, workers: workers)
    guard let answer = try ask(request, .startup, connection, atMost: timeout) else { return nil }
    let words = answer.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 2, words[0] == "started",
      let nanoseconds = WireText.number(words[1], in: 0...UInt64.max)
    else { throw connection.strange(answer, to: request) }
    return Double(nanoseconds) * 1e-9
  }

  /// Runs the arm once; its results are not checked.
  func execute(
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
      var limit = paces.timeout(of: arm, bounds, unknown: timeout)
      limit += try limitWorkers(of: arm, connection, seconds: limit)
      let answer = try connection.ask(request, atMost: limit)
      guard let ran = WireRun(answer) else { throw connection.strange(answer, to: request) }
      let sample = try sample(of: ran, arm, connection)
      paces.add(arm, seconds: sample.seconds)
      return (sample, ran.checksum)
    } catch { throw failed(error, arm) }
  }

  /// How much of the time of an arm its worker processes have, so that the program can tell which of them
  /// is silent.
  private static let shareOfWorkers = 0.7

  /// Tells how long worker processes of an arm may be silent.
  ///
  /// - Parameter seconds: how long the arm may take.
  /// - Returns: how much longer it may take, because they first make their inputs, in seconds.
  private func limitWorkers(
    of arm: Arm, _ connection: ArmConnection, seconds: Double
  ) throws(MeasurementError) -> Double {
    guard arm.program == SeriesKey.ownProgram,
      Executors.named(arm.executor)?.placement == .processes
    else { return 0 }
    hasWorkerProcesses = true
    let input = catalog.measurable(arm.kernel).map { inputLimit($0, size: arm.size) } ?? 0
    let request = ArmRequest.limit(
      round: WireText.nanoseconds(Self.shareOfWorkers * seconds),
      input: WireText.nanoseconds(input))
    guard let answer = try ask(request, .limit, connection), answer != "limited" else {
      return input
    }
    throw connection.strange(answer, to: request)
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
  func failed(_ error: MeasurementError, _ arm: Arm) -> MeasurementError {
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
