import Foundation
import PerfGate
import PerfGateMachine
import PerfGateReport

/// Judges the claims of the tests of a process, one at a time on the whole machine.
final class ClaimJudge: Sendable {
  /// How long a claim waits, in seconds.
  struct Timeouts: Hashable, Sendable {
    /// For those of other processes.
    var lock = 600.0
    /// Until the machine has room, for the first claim that finds none.
    var idleCPUs = 30.0
    /// The same for those after it: what has not ended by then goes on.
    var laterIdleCPUs = 2.0
    /// Whether it is looked for room at all.
    var waitsForIdleCPUs = true
  }

  /// The judge of this process.
  static let shared = ClaimJudge(settings: Settings.current, tally: Tally.shared)

  private let settings: Result<Settings, Settings.Mistake>
  private let lockPath: String
  private let timeouts: Timeouts
  private let report: @Sendable (String) -> Void
  private let files: RunFiles?
  private let tally: Tally?
  /// How the targets around the claims were built.
  private let built: @Sendable () -> Result<BuiltTargets, BuiltTargets.Unknown>
  /// Guards what follows.
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

  /// Judges a claim and writes what the environment asks for.
  ///
  /// Blocks the calling thread until there is a verdict; ``judgeApart(_:test:place:)`` does not.
  ///
  /// - Parameters:
  ///   - test: the test's name, for a claim that has none.
  ///   - place: where the claim is written.
  /// - Returns: what became of it, and what its framework is to be told.
  func judge(_ claim: TestClaim, test: String, place: Place) -> (Judgement, TestVerdict) {
    let clock = SystemClock()
    let start = clock.seconds
    return conclude(claim.id ?? test, test: test) { settings in
      var judgement = judgement(claim, test: test, place: place, settings)
      judgement.seconds = clock.seconds - start
      return judgement
    }
  }

  /// A claim that cannot be judged where it is written: it fails, and is told like all others.
  func refuse(
    _ name: String, _ reason: String, test: String, place: Place
  ) -> (Judgement, TestVerdict) {
    conclude(name, test: test) { _ in Judgement(id: name, test: test, outcome: .mistake(reason)) }
  }

  /// Counts what became of a claim and writes it into the files of the run.
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
      // The others of that name fail as well, whichever came first.
      for other in lock.withLock({ names.tests(of: judgement.id) }) where other != test {
        let shared = Judgement(id: judgement.id, test: other, outcome: judgement.outcome)
        _ = write(shared, finding)
      }
    }
    // The frameworks say nothing of a test that passes but its time.
    if case (.passed, .judged(let result, let record)) = (finding, judgement.outcome) {
      report(TestText.holds(result, record) + judgement.took)
    }
    return (judgement, finding)
  }

  private func write(_ judgement: Judgement, _ finding: TestVerdict) -> TestVerdict {
    var finding = finding
    do { try files?.write(judgement, finding) } catch {
      // What was found goes before.
      if case .failed = finding {
      } else {
        finding = .failed("claim \(judgement.id): \(error)".asASCII)
      }
    }
    tally?.count(judgement, finding)
    return finding
  }

  /// Judges a claim on a thread of its own, for callers whose threads must not be blocked.
  func judgeApart(
    _ claim: TestClaim, test: String, place: Place
  ) async -> (Judgement, TestVerdict) {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(returning: self.judge(claim, test: test, place: place))
      }
    }
  }

  private func judgement(
    _ claim: TestClaim, test: String, place: Place, _ settings: Settings
  ) -> Judgement {
    var judgement = Judgement(
      id: claim.id ?? test, test: test, outcome: .mistake("the record says nothing of it"))
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
      try files?.check()
      let record = try measure(
        judged, ofClosures: claim.isOfClosures, settings, budget: budget, file: place.file)
      judgement.record = record
      if let unproven = record.unproven.first {
        judgement.outcome = .mistake(Self.text(unproven, ofClosures: claim.isOfClosures))
      } else if let result = record.claims.first {
        judgement.outcome = .judged(result, record)
        let machine = settings.record == nil ? nil : try Machine.current()
        try store(
          record, &judgement, Baselines(settings, file: place.file, machine: machine))
      }
    } catch { judgement.outcome = .mistake("\(error)") }
    return judgement
  }

  /// Stores the session of a claim, where that is wanted; what was stored is not judged as well.
  private func store(
    _ record: Record, _ judgement: inout Judgement, _ baselines: Baselines
  ) throws {
    guard let outcome = try baselines.store(record) else { return }
    report(outcome.line)
    if outcome.isStored, record.claims.first?.kind == .baseline { judgement.outcome = .stored }
  }

  /// The record of one claim; of one that cannot be checked here without waiting for anything.
  private func measure(
    _ judged: TestClaim.Judged, ofClosures: Bool, _ settings: Settings, budget: Double,
    file: String
  ) throws -> Record {
    let claim = judged.claim
    let environment = try MeasurementEnvironment()
    if settings.requireNuma, environment.machine.numa != .linked {
      throw TestClaim.Mistake(
        description: "PERFGATE_REQUIRE_NUMA=1, and libnuma is \(environment.machine.numa): "
          + "install libnuma-dev and pkg-config and build again, or leave it out")
    }
    var options = environment.gateOptions(budget: budget)
    if let seconds = settings.quietWait {
      options.quietSeconds = min(options.quietSeconds, seconds)
    }
    if settings.record != nil || claim.kind.isBaseline {
      options.baselines = try Baselines(settings, file: file, machine: environment.machine)
        .context(of: environment.machine.key.description)
    }
    let workers = claim.workers(allowed: options.allowedWorkers)
    let refusal =
      claim.refusalBeforeBaselines(catalog: judged.catalog, options: options)
      ?? Self.unoptimized(claim, judged.catalog, ofClosures: ofClosures)
      ?? BuiltTargets.refusal(built()) { targets in
        ofClosures
          ? targets.target(ofFile: file) : judged.catalog.kernel(claim.kernel)?.module
      }
      ?? judged.catalog.kernel(claim.kernel).flatMap {
        claim.baselineRefusal($0, options: options)
      }
    let plan = try environment.plan(workers: refusal == nil ? workers : 1)
    let record = environment.record(command: "test", seed: settings.seed, plan: plan)
    if let refusal { return claim.recordNotChecked(refusal, in: record, options: options) }
    let machine: FileLock
    do {
      machine = try takeMachine(for: claim.id)
    } catch {
      return claim.recordNotChecked(
        .machineTaken(error.description), in: record, options: options)
    }
    return try withExtendedLifetime(machine) {
      let clock = SystemClock()
      let start = clock.seconds
      let session = try environment.session(record, catalog: judged.catalog, plan: plan)
      let busy = waitForIdleCPUs(
        session, environment.machine, claim, workers: workers, settings.quietWait)
      if let busy {
        return claim.recordNotChecked(.noRoom(busy), in: record, options: options)
      }
      try session.judge(
        [claim], catalog: judged.catalog, options: options)
      try session.verifyPlacement()
      session.record.seconds = clock.seconds - start
      Self.nameNeighbours(&session.record)
      return session.record
    }
  }

  /// The right to measure on the machine.
  private func takeMachine(for name: String) throws(MachineLockError) -> FileLock {
    try MachineLock.acquire(path: lockPath, atMost: timeouts.lock) { holder, waited in
      report("\(name) waits for \(holder), since \(Int(waited)) s")
    }
  }

  /// Runs a measurement that is no claim while no claim is measured, on the whole machine.
  ///
  /// Nothing hangs on it: where the others do not come to an end, it goes on and says so.
  func apart<Value>(_ name: String, _ body: () -> Value) -> Value {
    do throws(MachineLockError) {
      let machine = try takeMachine(for: name)
      return withExtendedLifetime(machine, body)
    } catch {
      report("\(name) is measured beside others: \(error)")
      return body()
    }
  }

  private func waitForIdleCPUs(
    _ session: LocalSession, _ machine: Machine, _ claim: Claim, workers: Int, _ request: Double?
  ) -> String? {
    guard timeouts.waitsForIdleCPUs else { return nil }
    let seconds =
      request ?? (lock.withLock { foundNoIdleCPUs } ? timeouts.laterIdleCPUs : timeouts.idleCPUs)
    let wait = QuietWait(
      machine: machine, threads: session.workers.threadIDs.map(Int.init))
    let busy = wait.wait(workers: workers, atMost: seconds) { report("\(claim.id) is \($0)") }
    lock.withLock { foundNoIdleCPUs = busy != nil }
    return busy
  }

  /// Where most rounds were dropped, says whose fault it may be.
  private static func nameNeighbours(_ record: inout Record) {
    guard let result = record.claims.first, !result.verdict.isChecked,
      result.discarded > result.rounds
    else { return }
    let busy = RunningProcesses.busiest(seconds: 0.3)
    guard !busy.isEmpty else { return }
    record.notes.append(
      Record.Note(
        code: TestText.neighbours,
        text: "busy now: \(busy.map(\.description).joined(separator: ", "))"))
  }

  /// Code that was built without optimisation has no time worth judging.
  private static func unoptimized(
    _ claim: Claim, _ catalog: Catalog, ofClosures: Bool
  ) -> Reason? {
    let names = claim.unoptimizedVariants(in: catalog)
    guard !names.isEmpty else { return nil }
    return ofClosures ? .unoptimizedClosures : .unoptimizedVariants(names, kernel: claim.kernel)
  }

  private static func text(_ unproven: Record.UnprovenVariant, ofClosures: Bool) -> String {
    let name =
      ofClosures
      ? TestText.closure(unproven.variant) : "\(unproven.kernel)/\(unproven.variant)"
    return "the work of \(name) is not proven: \(unproven.reason)"
  }
}
