import Foundation
import PerfGate
import PerfGateMachine
import PerfGateReport
import PerfGateWorkers

/// A command that measures: chooses what, runs it, prints tables, writes the record.
final class MeasuringCommand {
  let command: Command
  let options: Options
  let catalog: Catalog
  let kernels: [AnyKernel]
  /// The claims that the command judges.
  let claims: [Claim]
  let environment: MeasurementEnvironment
  let output: CommandOutput
  let session: LocalSession
  /// The worker counts of curves, and of handing over.
  let counts: [Int]
  /// What is stored of this machine.
  let baselines: BaselineContext
  private let file: RecordFile
  private let reports: ReportFiles
  private let progress: ProgressLine
  private let begin = ContinuousClock.now
  /// Nobody else measures while the command does; given back before anything is written, which may
  /// take as long as its reader does.
  private var machineLock: FileLock?
  /// How long it waits for others who measure, in seconds.
  private static let lockTimeout = 600.0

  /// Checks everything that can be wrong before anything is measured, and starts the workers.
  init(
    _ invocation: Invocation, catalog: Catalog, claims: [Claim], output: CommandOutput
  ) throws(CommandError) {
    command = invocation.command
    options = invocation.options
    self.output = output
    self.catalog = catalog
    kernels = try Self.selectedKernels(invocation, catalog)
    self.claims = try Self.selectedClaims(invocation, claims, kernels, catalog)
    environment = try MeasurementEnvironment(options: options)
    counts = Self.workerCounts(invocation, kernels, environment)
    let allowed = environment.machine.allowed.workers
    let needed = self.claims.map { $0.workers(allowed: allowed) }.filter { $0 <= allowed }
    let plan = try environment.requestedPlan(workers: max(counts.max() ?? 1, needed.max() ?? 1))
    baselines = try BaselineFolder(options, environment.machine).context(
      environment, isRecording: options.action == .update, program: output.program)
    file = try RecordFile(request: options.json, command: command)
    reports = try ReportFiles(options)
    for kernel in kernels { try Self.checkMemory(for: kernel, options) }
    let progress = ProgressLine(output: output, isQuiet: options.quiet)
    self.progress = progress
    machineLock = options.excludesOthers ? try Self.lockMachine(progress) : nil
    let record = environment.record(command: command.rawValue, seed: options.seed, plan: plan)
    do throws(MeasurementError) {
      session = try environment.session(
        record, catalog: catalog, plan: plan, executor: options.executor,
        probe: invocation.probe)
    } catch {
      // Nothing was measured, so there is no record to write.
      if case .worker(.interrupted(let signal)) = error {
        throw CommandError(ExitCode(signal: signal), error.description)
      }
      throw CommandError(.software, error.description)
    }
    session.progress = { progress.show($0) }
    session.noteUnsupported(of: kernels)
  }

  /// Waits until no other program measures on this machine; where there is no place for a lock, goes
  /// on without.
  private static func lockMachine(_ progress: ProgressLine) throws(CommandError) -> FileLock? {
    do {
      return try MachineLock.acquire(atMost: lockTimeout) { holder, seconds in
        progress.say("waits for \(holder), which measures on this machine: \(Int(seconds)) s")
      }
    } catch {
      switch error {
      case .held: throw CommandError(.notNow, error.description)
      case .unusable:
        progress.say("\(error.description); other programs may measure at the same time")
        return nil
      case .interrupted(let signal):
        // Nothing was measured, so there is no record to write.
        progress.clear()
        throw CommandError(ExitCode(signal: signal), error.description)
      }
    }
  }

  /// Measures, prints and writes; returns the exit status.
  func execute() throws(CommandError) -> Int32 {
    if !isSilent {
      var begun = session.record
      begun.complete = false
      output.show(ConsoleReport.header(begun))
    }
    var failure: MeasurementError?
    do {
      try checkTaskSeconds()
      switch command {
      case .run: try measureAll()
      case .compare: try measureComparisons()
      case .scale: try measureScaling()
      case .handoff: try measureHandoff()
      case .baseline: try judgeClaims()
      case .machine, .judge: break
      }
      try session.verifyPlacement()
    } catch { failure = error }
    machineLock = nil
    progress.clear()
    // Refused before anything was measured: there is no record to write.
    if case .tooLong(let refusal) = failure { throw .usage(refusal.description) }
    if failure != nil { session.record.complete = false }
    session.record.seconds = Self.seconds(ContinuousClock.now - begin)
    // Files first: whoever reads the tables may go away before their end.
    var unwritten: CommandError?
    do throws(CommandError) {
      try OutputFiles(record: file, reports: reports).write(session.record, to: output)
    } catch { unwritten = error }
    printTables()
    reports.printAnnotations(session.record, to: output, isSilent: isSilent)
    if let unwritten { throw unwritten }
    if let failure {
      printPath()
      return try exitStatus(of: failure)
    }
    defer { printPath() }
    var stored: Set<String> = []
    if options.action == .update {
      stored = try BaselineFolder(options, environment.machine).store(
        session.record, options, output: isSilent ? nil : output)
    }
    return ClaimExit(session.record, options: options, stored: stored).end(output)
  }

  private func printPath() {
    if let path = file.path { output.show([path]) }
  }

  /// With `--json -` only the record goes to standard output.
  private var isSilent: Bool { if case .standardOutput = file { true } else { false } }

  private func exitStatus(of failure: MeasurementError) throws(CommandError) -> Int32 {
    switch failure {
    case .worker(.interrupted(let signal)):
      throw CommandError(
        ExitCode(signal: signal), "\(failure); the record so far is marked incomplete")
    case .input: throw .usage(failure.description)
    default: throw CommandError(.software, failure.description)
    }
  }

  private func printTables() {
    if isSilent { return }
    let lines = ConsoleReport.styledBody(
      session.record, hasTables: command != .baseline, width: output.columns)
    output.show(lines + [StyledLine("")])
  }

  /// Tells how long something will take, when that is long.
  func announce(_ seconds: Double, _ what: String) {
    guard seconds > 10 else { return }
    say("\(what) will take about \(Self.time(seconds))")
  }

  /// Says something that a reader of the progress should see.
  func say(_ text: String) { progress.say(text) }

  static func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
  }
}

extension MeasuringCommand {
  static func selectedKernels(
    _ invocation: Invocation, _ catalog: Catalog
  ) throws(CommandError) -> [AnyKernel] {
    let options = invocation.options
    var kernels = catalog.kernels
    for pattern in options.kernels where !kernels.contains(where: { matchesGlob(pattern, $0.name) })
    {
      let known = catalog.kernels.map(\.name)
      throw .usage(
        "unknown kernel \(pattern)"
          + Suggestion.text(
            pattern, among: known, else: "expected \(known.joined(separator: ", "))"))
    }
    if !options.kernels.isEmpty {
      kernels = kernels.filter { kernel in
        options.kernels.contains { matchesGlob($0, kernel.name) }
      }
    }
    kernels = invocation.command.kernels(among: kernels, named: !options.kernels.isEmpty)
    guard !kernels.isEmpty else {
      throw .usage("\(invocation.command.rawValue) has no kernel to measure among those asked for")
    }
    for pattern in options.variants {
      let names = kernels.flatMap { $0.variants.map(\.name) }
      if !names.contains(where: { matchesGlob(pattern, $0) }) {
        var known: [String] = []
        for name in names where !known.contains(name) { known.append(name) }
        throw .usage(
          "unknown variant \(pattern)"
            + Suggestion.text(
              pattern, among: known, else: "expected \(known.joined(separator: ", "))"))
      }
    }
    let supported = kernels.filter { !selectedVariants($0, options).isEmpty }
    guard !supported.isEmpty else {
      let names = kernels.flatMap { kernel in
        namedVariants(kernel, options).map { "\(kernel.name)/\($0.name)" }
      }
      throw .usage(
        "this CPU does not support \(names.joined(separator: ", ")); choose other variants")
    }
    return supported
  }

  /// The claims about kernels and variants that were asked for; of `compare` only ratios.
  static func selectedClaims(
    _ invocation: Invocation, _ claims: [Claim], _ kernels: [AnyKernel], _ catalog: Catalog
  ) throws(CommandError) -> [Claim] {
    let options = invocation.options
    let selected = claims.filter { claim in
      // A misspelt name is judged too: it is told as not checkable.
      if let known = catalog.kernel(claim.kernel) {
        guard let kernel = kernels.first(where: { $0.name == known.name }) else { return false }
        // Claims about variants that this CPU cannot run are told as not checkable.
        let names = Set(namedVariants(kernel, options).map(\.name))
        guard claim.variants.allSatisfy({ names.contains($0) || kernel.variant($0) == nil }) else {
          return false
        }
      }
      switch invocation.command {
      case .run: return true
      case .compare: return claim.kind.form.comparesVariants
      case .baseline: return options.action == .update || claim.kind.isBaseline
      case .scale, .handoff, .machine, .judge: return false
      }
    }
    // One that is there, but of a kernel that was not asked for, would be passed over in silence.
    for pattern in options.require where !selected.contains(where: { matchesGlob(pattern, $0.id) })
    {
      let known = selected.map(\.id)
      throw .usage(
        "--require \(pattern) names no claim that is judged here"
          + Suggestion.text(
            pattern, among: known,
            else: known.isEmpty
              ? "there is none" : "expected one of \(known.joined(separator: ", "))"))
    }
    return selected
  }

  private static func workerCounts(
    _ invocation: Invocation, _ kernels: [AnyKernel], _ environment: MeasurementEnvironment
  ) -> [Int] {
    switch invocation.command {
    case .compare:
      // Two where an executor's own cost is looked at.
      let costs = kernels.contains {
        $0.work.growth == .constant && ($0.work.defaultSize ?? 1) <= 1
      }
      let most = costs ? min(2, max(1, environment.machine.allowed.workers)) : 1
      return invocation.options.workers ?? Array(1...most)
    case .handoff: return environment.workerCounts(invocation.options, oversubscribed: 1...50)
    case .baseline: return [1]
    default: return environment.workerCounts(invocation.options, oversubscribed: 1...12)
    }
  }

  /// The variants that were asked for and can run here.
  static func selectedVariants(
    _ kernel: AnyKernel, _ options: Options
  ) -> [AnyKernel.VariantInfo] { namedVariants(kernel, options).filter(\.isSupported) }

  /// The variants that were asked for.
  private static func namedVariants(
    _ kernel: AnyKernel, _ options: Options
  ) -> [AnyKernel.VariantInfo] {
    guard !options.variants.isEmpty else { return kernel.variants }
    return kernel.variants.filter { variant in
      options.variants.contains { matchesGlob($0, variant.name) }
    }
  }

  /// Refuses a size whose input does not fit into the memory that is there.
  private static func checkMemory(
    for kernel: AnyKernel, _ options: Options
  ) throws(CommandError) {
    guard let size = options.size ?? kernel.work.defaultSize else { return }
    let needed = kernel.inputBytes(size)
    guard let available = AvailableMemory.bytes(), needed > available else { return }
    throw .usage(
      "cannot use --size \(size): \(kernel.name) needs \(needed >> 20) MiB, "
        + "\(available >> 20) MiB of memory are available; choose a smaller size")
  }
}

extension Command {
  /// What the command is about, unless kernels were named.
  func kernels(among kernels: [AnyKernel], named: Bool) -> [AnyKernel] {
    switch self {
    case .run, .compare, .baseline, .machine, .judge:
      return kernels
    case .scale:
      let linear = kernels.filter { $0.work.growth == .linear }
      let compute = linear.filter { $0.work.bytesPerUnit == 0 }
      return named ? kernels : compute.isEmpty ? linear : compute
    case .handoff:
      return kernels.filter { $0.work.growth == .constant && ($0.work.defaultSize ?? 1) > 1 }
    }
  }
}
