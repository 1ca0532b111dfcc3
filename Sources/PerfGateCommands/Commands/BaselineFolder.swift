import Foundation
import PerfGate
import PerfGateMachine
import PerfGateReport

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
    _ environment: MeasurementEnvironment, isRecording: Bool, program: String
  ) throws(CommandError) -> BaselineContext {
    let key = environment.machine.key.description
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
    if let refusal = BaselineUpdate.refusal(record) { throw CommandError(refusal) }
    let update = BaselineUpdate(
      selection: options.only, pin: options.pin, commit: Self.commit(ignoring: store.folder))
    let outcomes: [(claim: String, outcome: BaselineUpdate.Outcome)]
    let isStored: Bool
    do { (outcomes, isStored) = try store.store(record, update) } catch {
      throw CommandError(error)
    }
    var lines = outcomes.map { BaselineText.line($0.claim, $0.outcome) }
    lines.append(
      isStored
        ? "stored in \(store.path(of: record.machine.key))"
        : "nothing to store: no claim is \(options.only.rawValue)")
    output?.show(lines)
    return Set(
      outcomes.compactMap { if case .stored = $0.outcome { $0.claim } else { nil } })
  }

  private static func commit(ignoring folder: String) -> String {
    WorkTree.commit(of: WorkTree.workingFolder ?? "/", ignoring: folder)
  }
}

extension CommandError {
  /// What it means for the exit code that nothing of a run is stored.
  init(_ refusal: BaselineRefusal) {
    let code: ExitCode =
      switch refusal {
      case .disturbed, .nothingMeasured(_, _, .disturbed): .notNow
      case .nothingMeasured(_, _, .notProven): .software
      case .nothingMeasured: .usage
      }
    self.init(code, BaselineText.sentence(refusal))
  }

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
