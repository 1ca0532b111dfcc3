import CPerfGateSystem
import PerfGateMachine
import PerfGateWorkers

/// Answers the requests of the arm protocol: runs arms in this process for a parent that judges them.
///
/// Used by one thread. It compares no results with anything, that is the parent's work.
package final class ArmServer {
  /// The kernels that can be run, besides the built-in ones.
  let catalog: Catalog
  /// The names of the catalog in requests and answers.
  let names: WireNames
  private let greeting: String
  /// How long a round may go on without any task ending, in seconds.
  private let timeout: Double
  private let workerProgram: WorkerProgram?
  private var isGreeted = false
  private var placement = WirePlacement(cpus: nil)
  private var started: LocalRunner?
  private var watching: (siblings: [CPUSet], files: [String])?
  private var watch: CounterWatch?
  /// The number of tasks and the sample of the last run.
  private var last: (tasks: Int, sample: ArmSample)?
  /// Whether a request has asked for the end.
  package private(set) var isEnded = false

  /// Prepares to serve; workers start with the first request that needs them.
  ///
  /// - Parameters:
  ///   - program: the name of this program, for people.
  ///   - version: its version, for people.
  ///   - details: more fields of the answer to `hello`.
  ///   - timeout: how long a round may go on without any task ending, in seconds. By default the
  ///     parent limits that.
  ///   - workerProgram: the program whose processes are the workers of executors that need some.
  package init(
    catalog: Catalog, program: String = "perfgate", version: String, details: [String] = [],
    timeout: Double = .infinity, workerProgram: WorkerProgram? = nil
  ) {
    self.catalog = catalog
    self.workerProgram = workerProgram
    self.timeout = timeout
    names = WireNames(catalog)
    greeting = (["hello", ArmProtocol.version] + ([program, version] + details).map(Self.field))
      .joined(separator: " ")
  }

  /// The lines of the answer to a request, without their ends; none for `quit`.
  package func answer(_ line: String) -> [String] {
    do throws(WireError) { return try answer(read(line)) } catch { return [error.line] }
  }

  private static func field(_ text: String) -> String {
    text.isEmpty ? "-" : WireText.escaped(text, spaces: false, limit: 1000)
  }

  private func read(_ line: String) throws(WireError) -> ArmRequest {
    do { return try ArmRequest(parsing: line) } catch { throw .other(error.description) }
  }

  private func answer(_ request: ArmRequest) throws(WireError) -> [String] {
    switch request {
    case .hello(let version):
      guard version == ArmProtocol.version else {
        throw .other("this program speaks \(ArmProtocol.version), not \(version)")
      }
      isGreeted = true
      return [greeting]
    case .quit:
      isEnded = true
      // Its processes end before it does, so that nobody else has to wait for them.
      started = nil
      return []
    default: break
    }
    guard isGreeted else {
      throw .other("the first request must be: hello \(ArmProtocol.version)")
    }
    switch request {
    case .hello, .quit: return []
    case .catalog: return list()
    case .place(let placement): return try place(placement)
    case .prepare(let input): return try prepare(input, keepsOthers: false)
    case .keep(let input): return try prepare(input, keepsOthers: true)
    case .run(let run): return try self.run(run)
    case .results(let first, let count): return try results(first, count)
    case .watch(let siblings, let files): return try watch(siblings, files)
    case .sample:
      guard let last else { throw .other("there is no sample: run first") }
      return WireSample(last.sample).lines
    case .memory(let kernel): return try memory(names.kernelName(kernel))
    case .observe: return try observe()
    case .startup(let executor, let workers): return try startup(executor, workers)
    case .limit(let round, let input):
      try runner().processBounds = ProcessBounds(
        round: Double(round) * 1e-9, input: Double(input) * 1e-9)
      return ["limited"]
    case .count(let run, let instructions): return try count(run, instructions)
    case .raise: return [try runner().raisePriority() ? "raised" : "raised none"]
    }
  }

  private func list() -> [String] {
    var lines: [String] = []
    for kernel in catalog.kernels {
      // Closures, and programs that cannot be started again, have no worker processes.
      let hasProcesses = workerProgram != nil && kernel.module != nil
      for variant in kernel.supportedVariants {
        let name =
          "\(names.kernel(kernel.name))/\(names.variant(variant.name, of: kernel.name))"
        for kind in Executors.all {
          let isOfProcesses = kind.placement == .processes
          guard isOfProcesses ? hasProcesses : variant.messageWay == nil else { continue }
          lines.append("\(name)/\(kind.name)")
        }
      }
    }
    return ["catalog \(lines.count)"] + lines
  }
}

// MARK: - Workers

extension ArmServer {
  private func runner() throws(WireError) -> LocalRunner {
    if let started { return started }
    let runner = try start(placement)
    started = runner
    return runner
  }

  private func start(_ placement: WirePlacement) throws(WireError) -> LocalRunner {
    let slots = placement.slots
    let one = placement.memory.count == 1 ? placement.memory.first : nil
    let memory = one.map { Array(repeating: $0, count: slots.count) } ?? placement.memory
    var input = placement.input
    if let target = input?.target.resolved { input?.target = target }
    do {
      let runner = try LocalRunner(
        catalog: catalog, slots: slots, seed: 0, timeout: timeout, memory: memory.map(\.resolved),
        input: input, workerProgram: workerProgram, cachedInputBytes: .max)
      runner.countsProgram = true
      return runner
    } catch { throw .other(error.description) }
  }

  private func place(_ placement: WirePlacement) throws(WireError) -> [String] {
    let runner = try start(placement)
    var mask = CPUSet()
    do {
      for executor in try runner.observations() {
        for worker in executor { mask.formUnion(worker.mask ?? []) }
      }
    } catch { throw .other(error.description) }
    // A watch is one of the CPUs of the workers before.
    (watching, watch, last) = (nil, nil, nil)
    (self.placement, started) = (placement, runner)
    return ["placed \(mask.isEmpty ? "none" : "\(mask)")"]
  }

  private func watch(_ siblings: [CPUSet], _ files: [String]) throws(WireError) -> [String] {
    watching = (siblings, files)
    try renewWatch(of: runner())
    return ["watching"]
  }

  /// Begins to watch the executors that the runner has now.
  private func renewWatch(of runner: LocalRunner) {
    guard let watching else { return }
    let watch = CounterWatch(
      siblings: watching.siblings, throttleFiles: watching.files,
      allowedCPUs: max(1, (try? ThreadPinning.currentMask().count) ?? 1))
    runner.watch(with: watch)
    self.watch = watch
  }

  private func startup(_ name: String, _ workers: Int) throws(WireError) -> [String] {
    let runner = try runner()
    do {
      if try runner.provide(workers: workers) { renewWatch(of: runner) }
      let executor = try runner.executor(named: name)
      let limit = executor.slots.count
      guard workers <= limit else {
        throw WireError.other("cannot start \(workers) workers: \(limit) are placed")
      }
      try executor.start(workers: workers)
      return ["started \(WireText.nanoseconds(executor.startupSeconds))"]
    } catch let error as WireError { throw error } catch { throw .other("\(error)") }
  }

  private func observe() throws(WireError) -> [String] {
    let runner = try runner()
    do {
      let lines = try runner.namedObservations().flatMap { name, workers in
        workers.map { WireObservation(executor: name, seen: $0).line }
      }
      return ["observed \(lines.count)"] + lines
    } catch { throw .other(error.description) }
  }
}

// MARK: - Inputs and runs

extension ArmServer {
  /// From this many bytes on an input is compared with the available memory.
  private static let largeInputBytes = 16 << 20

  private func kernel(_ name: String) throws(WireError) -> AnyKernel {
    guard let kernel = catalog.measurable(name) else {
      let known = catalog.kernels.map { names.kernel($0.name) }.joined(separator: ", ")
      throw .other("unknown kernel \(name): expected \(known.isEmpty ? "none" : known)")
    }
    return kernel
  }

  private func prepare(
    _ input: ArmRequest.Input, keepsOthers: Bool
  ) throws(WireError) -> [String] {
    let kernel = try kernel(names.kernelName(input.kernel))
    let runner = try runner()
    if !keepsOthers { runner.releaseInputs() }
    runner.seed = input.seed
    if !runner.hasInput(kernel: kernel.name, size: input.size) {
      let bytes = kernel.inputBytes(input.size)
      let available = bytes < Self.largeInputBytes ? 0 : Int(clamping: pgp_available_bytes())
      guard available == 0 || bytes <= available else {
        throw .input("it takes \(bytes) bytes, \(available) are available; choose a smaller size")
      }
    }
    let arm = Arm(
      kernel: kernel.name, variant: kernel.reference?.name ?? "", workers: 1, tasks: 1,
      size: input.size)
    do { return ["ready \(WireText.nanoseconds(try runner.inputSeconds(arm)))"] } catch {
      throw WireError(error, kernel: kernel.name, names: names)
    }
  }

  private func run(_ run: ArmRequest.Run) throws(WireError) -> [String] {
    let arm = try arm(run)
    let runner = try runner()
    runner.seed = run.input.seed
    let isPrepared =
      arm.executor == ExecutorName.tickets || runner.hasInput(kernel: arm.kernel, size: arm.size)
    guard isPrepared else {
      throw .other(
        "the input of \(run.input.kernel) at size \(arm.size) with seed \(run.input.seed) is not "
          + "made: prepare it first")
    }
    last = nil
    do {
      if try runner.provide(workers: arm.workers) { renewWatch(of: runner) }
      let sample = try runner.runUnchecked(arm)
      last = (arm.executor == ExecutorName.tickets ? 0 : arm.tasks, sample)
      return [
        WireRun(
          nanoseconds: WireText.nanoseconds(sample.seconds),
          cpuNanoseconds: WireText.nanoseconds(runner.programCPUSeconds),
          checksum: runner.lastChecksum ?? 0
        ).line
      ]
    } catch { throw WireError(error, kernel: arm.kernel, names: names) }
  }

  private func count(
    _ run: ArmRequest.Run, _ instructions: Bool
  ) throws(WireError) -> [String] {
    let arm = try arm(run)
    let runner = try runner()
    runner.seed = run.input.seed
    last = nil
    do {
      guard
        let counts = try runner.counts(of: arm, calls: arm.tasks, instructions: instructions)
      else {
        throw WireError.other("nothing can be counted here")
      }
      return [WireCounts(counts).line]
    } catch let error as WireError { throw error } catch let error as MeasurementError {
      throw WireError(error, kernel: arm.kernel, names: names)
    } catch { throw .other("\(error)") }
  }

  /// The arm of a request, with the names of the catalog.
  private func arm(_ run: ArmRequest.Run) throws(WireError) -> Arm {
    let limit = placement.cpus?.count ?? Executors.maximumWorkers
    guard run.workers <= limit else {
      throw .other("cannot run \(run.workers) workers: \(limit) are placed")
    }
    var arm = Arm(
      kernel: names.kernelName(run.input.kernel), variant: run.variant, executor: run.executor,
      workers: run.workers, tasks: run.tasks, size: run.input.size)
    // Tickets run no code of a kernel.
    if arm.executor == ExecutorName.tickets { return arm }
    let kernel = try kernel(arm.kernel)
    arm.variant = names.variantName(run.variant, of: arm.kernel)
    guard kernel.variant(arm.variant) != nil else {
      let known = kernel.variants.map { names.variant($0.name, of: kernel.name) }
      throw .other(
        "unknown variant \(run.variant) of kernel \(run.input.kernel): expected "
          + known.joined(separator: ", "))
    }
    let isLoop = arm.executor == ExecutorName.singleThread
    guard isLoop || Executors.named(arm.executor) != nil else {
      let known = Executors.all.map(\.name) + [ExecutorName.tickets, ExecutorName.singleThread]
      throw .other("unknown executor \(arm.executor): expected \(known.joined(separator: ", "))")
    }
    guard !isLoop || arm.workers == 1 else {
      throw .other("cannot run \(arm.workers) workers: \(arm.executor) is one thread")
    }
    return arm
  }

  private func results(_ first: Int, _ count: Int) throws(WireError) -> [String] {
    guard let tasks = last?.tasks, tasks > 0 else {
      throw .other("there are no results: run first")
    }
    guard first + count <= tasks else {
      throw .other(
        "there are no results of tasks \(first) to \(first + count - 1): "
          + "the last run had \(tasks) tasks")
    }
    guard let words = try runner().lastResults(first..<(first + count)), words.count == count else {
      throw .other("the results are gone: something else has run since")
    }
    return ["results \(count)"] + words.map(WireText.word)
  }

  private func memory(_ name: String) throws(WireError) -> [String] {
    let kernel = try kernel(name)
    let runner = try runner()
    do {
      guard let memory = try runner.callMemory(kernel) else { return ["memory none"] }
      return [WireMemory(budget: runner.inputBudget, memory: memory).line(kernel)]
    } catch { throw WireError(error, kernel: kernel.name, names: names) }
  }
}
