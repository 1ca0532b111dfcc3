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
