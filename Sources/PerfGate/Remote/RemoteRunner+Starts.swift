import PerfGateMachine
import PerfGateWorkers

extension RemoteRunner {
  /// Starts a new process, makes the inputs of these arms, and runs each for a moment.
  package func start(_ arms: [Arm]) throws(MeasurementError) {
    end()
    for arm in arms { try prepare(arm) }
    for arm in arms where warmUpSeconds > 0 { _ = try execute(warmUp(of: arm)) }
    // So that nothing has to be computed between two arms of a pair.
    for arm in arms where varying.contains(arm.kernel) {
      guard let kernel = catalog.measurable(arm.kernel) else { continue }
      let key = workKey(of: arm)
      if expectedHere[key] == nil { expectedHere[key] = try reference(kernel, arm) }
    }
  }

  /// The same work in little: fewer tasks, and if even one takes long, smaller ones.
  private func warmUp(of arm: Arm) -> Arm {
    var short = arm
    short.tasks = paces.tasks(of: arm, lasting: warmUpSeconds)
    // Another input must cost less than it saves, and a program that cannot keep inputs would have
    // to make the large one again.
    guard knows[.keep] == true, catalog.measurable(arm.kernel)?.work.growth == .linear,
      let seconds = paces.seconds(of: short), seconds > 8 * warmUpSeconds
    else { return short }
    short.size = max(1, Int(Double(arm.size) * warmUpSeconds / seconds))
    return short
  }

  /// The current process, started if there is none.
  package func connect() throws(MeasurementError) {
    _ = try connected()
  }

  func connected() throws(MeasurementError) -> ArmConnection {
    if let connection { return connection }
    let new = try ArmConnection(
      program, environment: program.environment(start: starts, seed: seed),
      memoryLimit: memoryLimit, limitsTree: limitsTree,
      cpus: program.mustPlace ? nil : placement.allCPUs)
    starts += 1
    connection = new
    try place(new)
    if let answer = try ask(watched, .watch, new), answer != "watching" {
      throw new.strange(answer, to: watched)
    }
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
  func ask(
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
  func observe(_ connection: ArmConnection) {
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

  func prepare(_ arm: Arm) throws(MeasurementError) {
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
      if arm.program == SeriesKey.ownProgram {
        whole.variant = kernel.reference?.name ?? arm.variant
      }
      throw failed(error, whole)
    }
    // A program that cannot keep inputs has this one only.
    if knows[.keep] == false { prepared = [] }
    prepared.insert(input)
    inputSeconds[input] = Double(nanoseconds) * 1e-9
  }

  /// How long an input may take to be made, in seconds.
  func inputLimit(_ kernel: AnyKernel, size: Int) -> Double {
    bounds.input + Double(kernel.inputBytes(size)) / bounds.inputBytesPerSecond
  }

  /// Lets an input be made and returns how long that took, in nanoseconds.
  private func makeInput(
    of kernel: AnyKernel, _ size: Int, _ connection: ArmConnection
  ) throws(MeasurementError) -> UInt64 {
    let input = ArmRequest.Input(kernel: names.kernel(kernel.name), size: size, seed: seed)
    let limit = inputLimit(kernel, size: size)
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
