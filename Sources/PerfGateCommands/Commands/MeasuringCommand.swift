import Foundation
import PerfGate
import PerfGateMachine
import PerfGateReport
import PerfGateWorkers

/// A command that measures: it chooses what to run, runs it, prints tables, and writes the record.
final class MeasuringCommand {
  let command: Command
  let options: Options
  /// The program whose processes are workers; `nil`: none can be.
  let workerProgram: WorkerProgram?
  let catalog: Catalog
  let kernels: [AnyKernel]
  /// The programs in other languages; `nil` for commands that measure none.
  let peers: PeerSet?
  /// The two revisions to compare; `nil` for commands that compare none.
  let revisions: RevisionSet?
  let claims: [Claim]
  let environment: MeasurementEnvironment
  let output: CommandOutput
  let session: Session
  /// The worker counts of curves, and of handing over.
  let counts: [Int]
  /// The stored sessions of this machine.
  let baselines: BaselineContext
  private let file: RecordFile
  private let reports: ReportFiles
  private let progress: ProgressLine
  private let begin = ContinuousClock.now
  /// The lock that keeps other programs from measuring meanwhile. Released before anything is
  /// written, because a slow reader can delay that for any time.
  private var machineLock: FileLock?
  /// How long to wait for other programs that are measuring, in seconds.
  static let lockTimeout = 600.0

  /// Checks all options and files before anything is measured, and starts the workers.
  init(
    _ invocation: Invocation, catalog: Catalog, claims: [Claim], output: CommandOutput
  ) throws(CommandError) {
    command = invocation.command
    var options = invocation.options
    // Where functions lie is drawn anew for each run.
    if options.against != nil, !options.namesSeed {
      options.seed = UInt64.random(in: 0...UInt64(UInt32.max))
    }
    self.options = options
    workerProgram = invocation.workerProgram
    self.output = output
    let peers = command == .peers ? try PeerSet(options, catalog) : nil
    self.peers = peers
    revisions = try Self.revisions(options, invocation.product ?? output.program)
    var catalog = peers?.catalog ?? catalog
    if revisions != nil { catalog = try Self.optimized(catalog) }
    let kernels = try Self.selectedKernels(invocation, catalog)
    if let revisions {
      self.claims = try revisions.claims(kernels)
      try Self.checkRequired(self.claims, options)
    } else {
      self.claims = try Self.selectedClaims(invocation, claims, kernels, catalog)
    }
    environment = try MeasurementEnvironment(options: options)
    counts = Self.workerCounts(invocation, kernels, environment)
    let most = (options.tasks ?? Options.defaultTasks).multipliedReportingOverflow(
      by: counts.max() ?? 1)
    if options.weak, most.overflow || most.partialValue > Executors.maximumTasks {
      throw .usage(
        "cannot use --weak with \(options.tasks ?? Options.defaultTasks) tasks for each of "
          + "\(counts.max() ?? 1) workers: \(Executors.maximumTasks) tasks are the most; use fewer")
    }
    let allowed = environment.allowedWorkers(options)
    let needed = self.claims.map { $0.workers(allowed: allowed) }.filter { $0 <= allowed }
    if options.usesRanks {
      try Self.checkRanks(command, options, workers: counts.max() ?? 1, ranks: allowed)
    }
    // Of ranks only this one is planned here: each plans for itself, on its own host.
    let plan = try environment.requestedPlan(
      workers: options.usesRanks ? 1 : max(counts.max() ?? 1, needed.max() ?? 1))
    baselines = try BaselineFolder(options, environment.machine).context(
      environment, isRecording: options.action == .update, program: output.program)
    file = try RecordFile(request: options.json, command: command)
    reports = try ReportFiles(options)
    for kernel in kernels { try Self.checkMemory(for: kernel, options) }
    let progress = ProgressLine(output: output, isQuiet: options.quiet)
    self.progress = progress
    machineLock = options.excludesOthers ? try Self.lockMachine(progress) : nil
    try peers?.find()
    do throws(RevisionFailure) { try revisions?.prepare { progress.say($0) } } catch {
      throw CommandError(error)
    }
    let record = environment.record(command: command.rawValue, seed: options.seed, plan: plan)
    do throws(MeasurementError) {
      var session: Session
      if let revisions {
        OwnProgram.raisePriority()
        session = try revisions.session(record, environment, plan, catalog)
      } else if let arms = options.usesRanks
        ? invocation.arms.map({ _ in .failure(.launched) }) : invocation.arms
      {
        // A busy neighbor would delay each start.
        if !options.usesRanks { OwnProgram.raisePriority() }
        session = try environment.session(
          record, catalog: catalog, plan: plan, executors: options.executors, program: arms,
          timeout: options.budget, workerProgram: invocation.workerProgram)
      } else {
        session = try environment.session(
          record, catalog: catalog, plan: plan, executors: options.executors,
          workerProgram: invocation.workerProgram, probe: invocation.probe)
      }
      if let peers {
        session = try peers.session(
          beside: session, environment, plan, isWatched: invocation.probe == nil
        ) { progress.say($0) }
      }
      self.session = session
    } catch {
      // Nothing was measured, so there is no record to write.
      if case .worker(.interrupted(let signal)) = error {
        throw CommandError(ExitCode(signal: signal), error.description)
      }
      if case .revision(let failure) = error { throw CommandError(failure) }
      throw CommandError(peers?.failure == nil ? .software : .unavailable, error.description)
    }
    // A program that does not answer is found when it is started.
    self.catalog = peers?.catalog ?? catalog
    self.kernels = kernels.map { [catalog = self.catalog] in catalog.kernel($0.name) ?? $0 }
    session.start = options.start ?? 0
    session.progress = { progress.show($0) }
    session.keep = { [weak self] in self?.keepRecord() }
    session.noteUnsupported(of: self.kernels)
  }

  /// Refuses what ranks cannot do.
  private static func checkRanks(
    _ command: Command, _ options: Options, workers: Int, ranks: Int
  ) throws(CommandError) {
    guard [.run, .scale, .compare].contains(command), options.against == nil else {
      throw .usage("--executor mpi goes with run, scale, and compare without --against only")
    }
    guard workers <= ranks else {
      throw .usage(
        "cannot run \(workers) workers: needs \(workers) ranks, \(ranks) started; start it as "
          + "mpirun -n \(workers), or choose --workers \(ranks)")
    }
    guard !options.placement.bind.isExplicit, !options.placement.places.isExplicit,
      !options.placement.memory.isExplicit, !options.placement.oversubscribe
    else {
      throw .usage(
        "--executor mpi goes without --places, --bind, --mem and --oversubscribe: the launcher places "
          + "ranks; give it --bind-to, --map-by or --oversubscribe")
    }
  }

  /// The revisions of a command that compares some.
  private static func revisions(
    _ options: Options, _ product: String
  ) throws(CommandError) -> RevisionSet? {
    guard let revision = options.against else { return nil }
    let layouts = ProcessInfo.processInfo.environment[LayoutLinker.variable] ?? ""
    guard layouts.isEmpty || layouts == "1" else {
      throw .usage(
        "cannot use \(LayoutLinker.variable)=\(layouts): expected 1 (one layout of each side), or omit it"
      )
    }
    do { return try RevisionSet(options, against: revision, product: product) } catch {
      throw CommandError(error)
    }
  }

  /// The kernels as release builds have them.
  private static func optimized(_ catalog: Catalog) throws(CommandError) -> Catalog {
    do { return try Catalog(catalog.kernels.map(\.optimized)) } catch {
      throw CommandError(.software, error.description)
    }
  }

  /// Waits until no other program measures on this machine. Continues without a lock if none can be
  /// created.
  private static func lockMachine(_ progress: ProgressLine) throws(CommandError) -> FileLock? {
    do {
      return try MachineLock.acquire(atMost: lockTimeout) { holder, seconds in
        progress.say("waiting for \(holder), which is measuring on this machine: \(Int(seconds)) s")
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
      output.show(ConsoleReport.header(begun, width: output.columns))
    }
    var failure: MeasurementError?
    do {
      try checkTaskSeconds()
      switch command {
      case .run: try measureAll()
      case .compare where revisions != nil: try measureRevisions()
      case .compare: try measureComparisons()
      case .scale: try measureScaling()
      case .handoff: try measureHandoff()
      case .peers: try measurePeers()
      case .baseline: try judgeClaims()
      case .machine, .judge, .report, .merge, .completion, .arm, .worker: break
      }
      try session.verifyPlacement()
    } catch { failure = error }
    // Writing may wait for a reader.
    session.endProcesses()
    machineLock = nil
    progress.clear()
    // Refused before anything was measured, so there is no record to write.
    if case .tooLong(let refusal) = failure { throw .usage(refusal.description) }
    if failure != nil { session.record.complete = false }
    session.record.seconds = Self.seconds(ContinuousClock.now - begin)
    // Files first: the reader of the tables may close its pipe before they end.
    var unwritten: CommandError?
    do throws(CommandError) {
      try files.write(session.record, to: output)
    } catch { unwritten = error }
    printTables()
    reports.printAnnotations(session.record, to: output, isSilent: isSilent)
    if let failure {
      // Why the run failed is told last, and decides the status.
      if let unwritten { output.complain("perfgate: \(unwritten.description)") }
      printPath(after: unwritten)
      throw commandError(failure)
    }
    defer { printPath(after: unwritten) }
    var stored: Set<String> = []
    if options.action == .update {
      stored = try BaselineFolder(options, environment.machine).store(
        session.record, options, output: isSilent ? nil : output)
    }
    let status = ClaimExit(session.record, options: options, stored: stored).end(output)
    if let unwritten { throw unwritten }
    return status
  }

  /// Prints where the record is: to standard error where standard output is for a report.
  ///
  /// - Parameter unwritten: the first file that could not be written. The record is written first.
  private func printPath(after unwritten: CommandError?) {
    guard let path = file.path, unwritten?.path != path else { return }
    if isSilent { output.complain(path) } else { output.show([path]) }
  }

  private var files: OutputFiles { OutputFiles(record: file, reports: reports) }

  /// Whether only the record or a report goes to standard output, as with `--json -`.
  private var isSilent: Bool { files.takeStandardOutput }

  private func commandError(_ failure: MeasurementError) -> CommandError {
    switch failure {
    case .worker(.interrupted(let signal)):
      CommandError(
        ExitCode(signal: signal), "\(failure); the record so far is marked incomplete")
    case .worker(.ranks) where ProcessSignals.interruptSignal != nil:
      // Ranks elsewhere had not answered: they may have died, or were in a task.
      CommandError(
        ExitCode(signal: ProcessSignals.interruptSignal ?? 0),
        "\(failure); the record so far is marked incomplete")
    case .input: .usage(failure.description)
    case .revision(let failure): CommandError(failure)
    default: CommandError(.software, failure.description)
    }
  }

  private func printTables() {
    if isSilent { return }
    let lines = ConsoleReport.styledBody(
      session.record, hasTables: command != .baseline, width: output.columns)
    output.show(lines + [StyledLine("")])
  }

  /// Writes the record so far, marked as incomplete. It is what is left if the program itself is killed
  /// or crashes, which a kernel can bring about where one process runs all rounds.
  ///
  /// Not into a pipe, whose reader expects one record. A failure is told at the end, when all of it is
  /// written.
  func keepRecord() {
    guard let path = file.path, !OutputFile.isPipe(path), !OutputFile.isDevice(path) else { return }
    var record = session.record
    record.complete = false
    record.seconds = Self.seconds(ContinuousClock.now - begin)
    try? OutputFile.write(RecordFile.text(record), to: path, output)
  }

  /// Announces how long something will take if that is more than 10 seconds.
  func announce(_ seconds: Double, _ what: String) {
    guard seconds > 10 else { return }
    say("\(what) will take about \(Self.time(seconds))")
  }

  /// Prints a line among the progress.
  func say(_ text: String) { progress.say(text) }

  static func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
  }
}
