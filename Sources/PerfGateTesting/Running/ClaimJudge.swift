import Foundation
import PerfGate
import PerfGateMachine
import PerfGateReport

/// Judges the claims of a test process, one at a time on the whole machine.
final class ClaimJudge: Sendable {
  /// How long a claim waits before it is measured, in seconds.
  struct Timeouts: Hashable, Sendable {
    /// For claims of other processes.
    var lock = 600.0
    /// For idle CPUs, for the first claim that finds the machine busy.
    var idleCPUs = 30.0
    /// The same for later claims: what was still running after the first wait will keep running.
    var laterIdleCPUs = 2.0
    /// Whether to wait for idle CPUs.
    var waitsForIdleCPUs = true
  }

  static let shared = ClaimJudge(settings: Settings.current, tally: Tally.shared)
  /// How long all arms of a round may take together, in seconds: people wait for each test.
  private static let roundArmSeconds = 0.16

  private let settings: Result<Settings, Settings.Mistake>
  private let lockPath: String
  private let timeouts: Timeouts
  private let report: @Sendable (String) -> Void
  private let files: RunFiles?
  private let tally: Tally?
  /// How the targets with the claims were built.
  private let built: @Sendable () -> Result<BuiltTargets, BuiltTargets.Unknown>
  /// Guards the following properties.
  private let lock = NSLock()
  /// `nonisolated(unsafe)`: only touched while `lock` is held.
  private nonisolated(unsafe) var foundNoIdleCPUs = false
  private nonisolated(unsafe) var names = ClaimNames()

  init(
    settings: Result<Settings, Settings.Mistake>, lockPath: String = MachineLock.sharedPath,
    timeouts: Timeouts = Timeouts(), tally: Tally? = nil, files: RunFiles? = nil,
    built: @escaping @Sendable () -> Result<BuiltTargets, BuiltTargets.Unknown> = {
      BuiltTargets.current
    },
    report: @escaping @Sendable (String) -> Void = { Console.say($0) }
  ) {
    self.settings = settings
    self.lockPath = lockPath
    self.timeouts = timeouts
    self.tally = tally
    self.built = built
    self.report = report
    self.files = files ?? (try? settings.get()).map { RunFiles($0) }
  }

  /// Judges a claim and writes the requested files.
  ///
  /// Blocks the calling thread until there is a verdict; ``judgeApart(_:test:place:position:)``
  /// does not.
  ///
  /// - Parameters:
  ///   - test: the test's name, for a claim without a name.
  ///   - place: the claim's source location.
  ///   - position: where in a test of this bundle the claim is; each round is then a process of its
  ///     own. `nil`: no test has the claim, and this process runs all rounds.
  ///   - reachedAfter: how long the test ran until it reached the claim, in seconds.
  /// - Returns: the result, and what to report to the test framework.
  func judge(
    _ claim: TestClaim, test: String, place: Place, position: ClaimAddress.Position? = nil,
    reachedAfter: Double = 0
  ) -> (Judgement, TestVerdict) {
    let clock = SystemClock()
    let start = clock.seconds
    return conclude(claim.id ?? test, test: test) { settings in
      var judgement = judgement(claim, test: test, place: place, settings) { judged in
        guard let position else { return .failure(.unavailable("no test has the claim")) }
        return TestBundle.program(
          for: ClaimAddress(position, ClaimAddress.Content(judged.claim, at: place)),
          reachedAfter: reachedAfter, settings: settings)
      }
      judgement.seconds = clock.seconds - start
      return judgement
    }
  }

  /// Reports a claim that cannot be judged where it is written as a failure, like all other
  /// failures.
  func refuse(
    _ name: String, _ reason: String, test: String, place: Place
  ) -> (Judgement, TestVerdict) {
    conclude(name, test: test) { _ in Judgement(id: name, test: test, outcome: .mistake(reason)) }
  }

  /// Counts the result of a claim and writes it into the files of the run.
  private func conclude(
    _ id: String, test: String, _ judge: (Settings) -> Judgement
  ) -> (Judgement, TestVerdict) {
    let settings: Settings
    switch self.settings {
    case .success(let value): settings = value
    case .failure(let mistake):
      let judgement = Judgement(id: id, test: test, outcome: .mistake(mistake.description))
      let finding = TestVerdict.failed(mistake.description.asASCII)
      tally?.count(judgement, finding)
      return (judgement, finding)
    }
    let judgement = judge(settings)
    let finding = write(judgement, judgement.finding(settings))
    if case .nameTaken = judgement.outcome {
      // The others with that name fail too, whichever came first.
      for other in lock.withLock({ names.tests(of: judgement.id) }) where other != test {
        let shared = Judgement(id: judgement.id, test: other, outcome: judgement.outcome)
        _ = write(shared, finding)
      }
    }
    // For a test that passes the frameworks print only its time.
    if case (.passed, .judged(let result, let record)) = (finding, judgement.outcome) {
      report(TestText.holds(result, record) + judgement.took)
    }
    return (judgement, finding)
  }

  private func write(_ judgement: Judgement, _ finding: TestVerdict) -> TestVerdict {
    var finding = finding
    do { try files?.write(judgement, finding) } catch {
      // A failure of the claim is more important than one of the files.
      if case .failed(let text) = finding {
        finding = .failed("\(text); \(error)".asASCII)
      } else {
        finding = .failed("claim \(judgement.id): \(error)".asASCII)
      }
    }
    tally?.count(judgement, finding)
    return finding
  }

  /// Judges a claim on a new thread, for callers whose threads must not block.
  func judgeApart(
    _ claim: TestClaim, test: String, place: Place, position: ClaimAddress.Position? = nil
  ) async -> (Judgement, TestVerdict) {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(
          returning: self.judge(claim, test: test, place: place, position: position))
      }
    }
  }

  /// What runs the arms of a claim: a program, or why it is this process.
  private typealias FindProgram = (TestClaim.Judged) -> Result<ArmProgram, StartRefusal>

  private func judgement(
    _ claim: TestClaim, test: String, place: Place, _ settings: Settings, program: FindProgram
  ) -> Judgement {
    var judgement = Judgement(
      id: claim.id ?? test, test: test, outcome: .mistake("the record does not contain its result"))
    do {
      let judged = try claim.judged(inTest: test)
      judgement.id = judged.claim.id
      if let unknown = judged.claim.unknownName(in: judged.catalog) {
        throw TestClaim.Mistake(description: ReasonText.sentence(unknown))
      }
      if let taken = lock.withLock({ names.add(judged.claim, test: test, place: place) }) {
        (judgement.id, judgement.outcome) = (taken.id, taken.outcome)
        return judgement
      }
      guard let budget = settings.budget else {
        judgement.outcome = .skipped("claim \(judgement.id) is skipped: PERFGATE_BUDGET=0")
        return judgement
      }
      if ParentWatch.isParentGone {
        throw TestClaim.Mistake(
          description: "not judged, because swift test has ended, which started these tests")
      }
      try files?.check()
      let record = try measure(
        judged, ofClosures: claim.isOfClosures, settings, budget: budget, file: place.file,
        program: program)
      judgement.record = record
      if let unproven = record.unproven.first {
        judgement.outcome = .mistake(TestText.unproven(unproven, ofClosures: claim.isOfClosures))
      } else if let result = record.claims.first {
        judgement.outcome = .judged(result, record)
        let machine = settings.record == nil ? nil : try Machine.current()
        try store(
          record, &judgement, Baselines(settings, file: place.file, machine: machine))
      }
    } catch { judgement.outcome = .mistake(TestText.mistake(error)) }
    return judgement
  }

  /// Stores the session of a claim if the settings say so. A claim whose session was stored is not
  /// judged.
  private func store(
    _ record: Record, _ judgement: inout Judgement, _ baselines: Baselines
  ) throws {
    guard let outcome = try baselines.store(record) else { return }
    report(outcome.line)
    if outcome.isStored, record.claims.first?.kind == .baseline { judgement.outcome = .stored }
  }

  /// The record of one claim. A claim that cannot be checked here is not measured and does not
  /// wait.
  private func measure(
    _ judged: TestClaim.Judged, ofClosures: Bool, _ settings: Settings, budget: Double,
    file: String, program: FindProgram
  ) throws -> Record {
    let claim = judged.claim
    let environment = try MeasurementEnvironment()
    if settings.requireNuma, environment.machine.numa != .linked {
      throw TestClaim.Mistake(
        description: "PERFGATE_REQUIRE_NUMA=1, and libnuma is \(environment.machine.numa): "
          + "install libnuma-dev and pkg-config and build again, or unset it")
    }
    var options = environment.gateOptions(budget: budget)
    options.roundArmSeconds = Self.roundArmSeconds
    if let seconds = settings.quietWait {
      options.quietSeconds = min(options.quietSeconds, seconds)
    }
    if settings.record != nil || claim.kind.isBaseline {
      options.baselines = try Baselines(settings, file: file, machine: environment.machine)
        .context(of: environment.machine.key.description)
    }
    let workers = claim.workers(allowed: options.allowedWorkers)
    // What is counted is counted of any build.
    let isTimed = claim.kind.form.counter == nil
    let refusal =
      claim.refusalBeforeBaselines(catalog: judged.catalog, options: options)
      ?? (isTimed ? Self.unoptimized(claim, judged.catalog, ofClosures: ofClosures) : nil)
      ?? (isTimed
        ? BuiltTargets.refusal(built()) { targets in
          ofClosures
            ? targets.target(ofFile: file) : judged.catalog.kernel(claim.kernel)?.module
        } : nil)
      ?? judged.catalog.kernel(claim.kernel).flatMap {
        claim.baselineRefusal($0, options: options)
      }
    let plan = try environment.plan(workers: refusal == nil ? workers : 1)
    let record = environment.record(command: "test", seed: settings.seed, plan: plan)
    if let refusal { return claim.recordNotChecked(refusal, in: record, options: options) }
    var machine: FileLock?
    do throws(MachineLockError) { machine = try takeMachine(for: claim.id) } catch {
      guard case .unusable = error else {
        return claim.recordNotChecked(
          .machineTaken(error.description), in: record, options: options)
      }
      // That will not change, and says nothing of the claim.
      report("\(error.description); other programs may measure at the same time")
    }
    return try withExtendedLifetime(machine) {
      let clock = SystemClock()
      let start = clock.seconds
      ParentWatch.begin()
      // If the run hangs or is ended, this is its last line.
      report("judging \(claim.id)")
      let session = try environment.session(
        record, catalog: judged.catalog, plan: plan, program: program(judged), timeout: budget)
      // Others change no count.
      let busy =
        isTimed
        ? waitForIdleCPUs(
          session, environment.machine, claim, workers: workers, settings.quietWait) : nil
      if let busy {
        // Processes of their own get priority, or arms that fit between the turns of others.
        guard session.runner.startsProcesses else {
          return claim.recordNotChecked(.noRoom(busy), in: record, options: options)
        }
        options.quietSeconds = 0
      }
      try session.judge(
        [claim], catalog: judged.catalog, options: options)
      try session.verifyPlacement()
      session.record.seconds = clock.seconds - start
      Self.nameNeighbors(&session.record)
      return session.record
    }
  }

  /// The machine's lock, which a process must hold to measure.
  private func takeMachine(for name: String) throws(MachineLockError) -> FileLock {
    try MachineLock.acquire(path: lockPath, atMost: timeouts.lock) { holder, waited in
      report("\(name) is waiting for \(holder), for \(Int(waited)) s so far")
    }
  }

  /// Runs a measurement that is not a claim, on the whole machine, while no claim is measured.
  ///
  /// It does not affect any verdict: if the others do not end in time, it runs beside them and says
  /// so.
  func apart<Value>(_ name: String, _ body: () -> Value) -> Value {
    do throws(MachineLockError) {
      let machine = try takeMachine(for: name)
      return withExtendedLifetime(machine, body)
    } catch {
      report("\(name) is measured while others are measuring: \(error)")
      return body()
    }
  }

  private func waitForIdleCPUs(
    _ session: Session, _ machine: Machine, _ claim: Claim, workers: Int, _ request: Double?
  ) -> String? {
    guard timeouts.waitsForIdleCPUs else { return nil }
    let seconds =
      request ?? (lock.withLock { foundNoIdleCPUs } ? timeouts.laterIdleCPUs : timeouts.idleCPUs)
    let wait = QuietWait(
      machine: machine, threads: session.threadIDs.map(Int.init))
    let busy = wait.wait(workers: workers, atMost: seconds) { report("\(claim.id) is \($0)") }
    lock.withLock { foundNoIdleCPUs = busy != nil }
    return busy
  }

  /// If most rounds were dropped, adds a note about which processes may be the cause.
  private static func nameNeighbors(_ record: inout Record) {
    guard let result = record.claims.first, !result.verdict.isChecked,
      result.discarded > result.rounds
    else { return }
    let busy = RunningProcesses.busiest(seconds: 0.3)
    guard !busy.isEmpty else { return }
    record.notes.append(
      Record.Note(
        code: TestText.neighbors,
        text: "busy now: \(busy.map(\.description).joined(separator: ", "))"))
  }

  /// Refuses to judge code that was built without optimization.
  private static func unoptimized(
    _ claim: Claim, _ catalog: Catalog, ofClosures: Bool
  ) -> Reason? {
    let names = claim.unoptimizedVariants(in: catalog)
    guard !names.isEmpty else { return nil }
    return ofClosures ? .unoptimizedClosures : .unoptimizedVariants(names, kernel: claim.kernel)
  }
}
