import Foundation
import PerfGate
import PerfGateMachine

/// The folder of baselines that a command works with.
struct BaselineFolder {
  let store: BaselineStore

  /// The folder that was asked for, or `baselines` in the package around the working directory.
  ///
  /// In a working directory that was deleted nothing is stored, and nothing can be.
  ///
  /// - Parameter machine: the one that the command works on.
  init(_ options: Options, _ machine: Machine) {
    let package = WorkTree.packageFolder() ?? WorkTree.workingFolder
    let folder = package.map { "\($0)/baselines" } ?? "baselines"
    store = BaselineStore(
      folder: options.baselines ?? folder,
      owner: BaselineStore.Owner(key: machine.key.text, formerKeys: machine.formerKeys))
  }

  /// What is stored of the machine; looked at before anything is measured.
  ///
  /// - Parameter program: what the program is called that records sessions.
  func context(
    _ workplace: Workplace, isRecording: Bool, program: String
  ) throws(CommandError) -> BaselineContext {
    let key = workplace.machine.key.description
    do {
      if isRecording { try store.checkWritable(key) }
      return try BaselineContext(
        store, key: key, isRecording: isRecording,
        recordCommand: "\(program) baseline update --only new")
    } catch { throw CommandError(error) }
  }

  /// Stores the sessions of a record, and tells what became of each claim; returns the names of
  /// those that got one.
  func store(
    _ record: Record, _ options: Options, output: CommandOutput?
  ) throws(CommandError) -> Set<String> {
    let update = BaselineUpdate(
      selection: options.only, pin: options.pin, commit: Self.commit(ignoring: store.folder))
    // Looked at first: a run that must not be stored never touches the file.
    var trial = Baseline(machine: Baseline.Machine(record.machine))
    try Self.refuse(
      BaselineUpdate(selection: .all, commit: "").apply(record, to: &trial), record)
    var outcomes: [(claim: String, outcome: BaselineUpdate.Outcome)] = []
    let isStoring = update.wouldStore(record, try read(record.machine.key))
    if isStoring {
      do {
        try store.update(record.machine.key) { stored in
          var baseline = stored ?? Baseline(machine: Baseline.Machine(record.machine))
          outcomes = update.apply(record, to: &baseline)
          return baseline
        }
      } catch { throw CommandError(error) }
    } else {
      var baseline = try read(record.machine.key) ?? trial
      outcomes = update.apply(record, to: &baseline)
    }
    var lines = outcomes.map { Self.line($0.claim, $0.outcome) }
    lines.append(
      isStoring
        ? "stored in \(store.path(of: record.machine.key))"
        : "nothing to store: no claim is \(options.only.rawValue)")
    output?.show(lines)
    return Set(
      outcomes.compactMap { if case .stored = $0.outcome { $0.claim } else { nil } })
  }

  private func read(_ key: String) throws(CommandError) -> Baseline? {
    do { return try store.read(key) } catch { throw CommandError(error) }
  }

  /// A run whose claims were for the most part too disturbed is not stored at all.
  private static func refuse(
    _ outcomes: [(claim: String, outcome: BaselineUpdate.Outcome)], _ record: Record
  ) throws(CommandError) {
    var disturbed: [String] = []
    var unmeasured: [String] = []
    var stored = 0
    for (claim, outcome) in outcomes {
      switch outcome {
      case .stored: stored += 1
      case .disturbed(let reason): disturbed.append("\(claim): \(reason)")
      case .unmeasured(let reason): unmeasured.append("\(claim): \(reason)")
      case .unselected: break
      }
    }
    if let first = disturbed.first, disturbed.count > stored {
      throw CommandError(
        .notNow,
        "not stored, the run was too disturbed for \(disturbed.count) of "
          + "\(disturbed.count + stored) claims, such as \(first); try again when it is quiet")
    }
    if stored == 0 {
      // Trying again helps only against what disturbs.
      let isDisturbed = record.claims.contains { $0.cause == .disturbed }
      let code: ExitCode =
        isDisturbed ? .notNow : record.unproven.isEmpty ? .usage : .software
      throw CommandError(
        code, "not stored, nothing was measured: \(unmeasured.first ?? "there are no claims")")
    }
  }

  private static func line(_ claim: String, _ outcome: BaselineUpdate.Outcome) -> String {
    switch outcome {
    case .stored(let sessions, let change, let beginsLevel):
      let compared = change.map { change in
        " (\(String(format: "%+.1f", (change - 1) * 100)) % against those before)"
      }
      return "\(claim): session \(sessions) stored\(compared ?? "")"
        + (beginsLevel ? ", a new level begins" : "")
    case .unselected: return "\(claim): left as it is"
    case .unmeasured(let reason), .disturbed(let reason): return "\(claim): not stored: \(reason)"
    }
  }

  private static func commit(ignoring folder: String) -> String {
    WorkTree.commit(of: WorkTree.workingFolder ?? "/", ignoring: folder)
  }
}

extension CommandError {
  /// What a baseline error means for the exit code.
  init(_ error: BaselineError) {
    switch error {
    case .damaged(let text): self.init(.badData, text)
    case .unavailable(let text): self.init(.notNow, text)
    case .cannotWrite(let text, let isBegun):
      self.init(isBegun ? .cannotWrite : .cannotCreate, text)
    }
  }
}
