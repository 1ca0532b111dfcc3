import Foundation
import PerfGate
import PerfGateMachine
import PerfGateReport

/// The baseline folder that a command uses.
struct BaselineFolder {
  let store: BaselineStore

  /// The folder given by `--baselines`, or `baselines` in the package around the working directory.
  ///
  /// If the working directory was deleted, there are no baselines and none can be stored.
  ///
  /// - Parameter machine: the machine that the command works on.
  init(_ options: Options, _ machine: Machine) {
    let package = WorkTree.packageFolder() ?? WorkTree.workingFolder
    let folder = package.map { "\($0)/baselines" } ?? "baselines"
    store = BaselineStore(
      folder: options.baselines ?? folder,
      owner: BaselineStore.Owner(key: machine.key.text, formerKeys: machine.formerKeys))
  }

  /// The stored sessions of the machine. Read before anything is measured.
  ///
  /// - Parameter program: the name of the program that records sessions.
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

  /// Stores the sessions of a record and reports the result for each claim.
  ///
  /// - Returns: the names of the claims whose session was stored.
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
  /// The exit code when no session of a run can be stored.
  init(_ refusal: BaselineRefusal) {
    let code: ExitCode =
      switch refusal {
      case .disturbed, .nothingMeasured(_, _, .disturbed): .notNow
      case .nothingMeasured(_, _, .notProven): .software
      case .nothingMeasured: .usage
      }
    self.init(code, BaselineText.sentence(refusal))
  }

  /// The exit code for a baseline error.
  init(_ error: BaselineError) {
    switch error {
    case .damaged(let text): self.init(.badData, text)
    case .unavailable(let text): self.init(.notNow, text)
    case .cannotWrite(let text, let isBegun):
      self.init(isBegun ? .cannotWrite : .cannotCreate, text)
    }
  }
}
