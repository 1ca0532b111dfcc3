import Foundation
import PerfGate
import PerfGateMachine

/// The baselines of the package that a test is in.
struct Baselines: Sendable {
  let store: BaselineStore
  private let selection: BaselineUpdate.Selection?
  private let package: String

  /// The folder that was asked for, or `baselines` in the package around the test's file.
  ///
  /// - Parameter machine: the one that is measured on; needed where something is read or stored.
  init(_ settings: Settings, file: String, machine: Machine? = nil) {
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent().path
    package =
      WorkTree.packageFolder(around: folder) ?? FileManager.default.currentDirectoryPath
    store = BaselineStore(
      folder: settings.baselines ?? "\(package)/baselines",
      owner: machine.map { BaselineStore.Owner(key: $0.key.text, formerKeys: $0.formerKeys) })
    selection = settings.record
  }

  /// What is stored of a machine.
  ///
  /// - Throws: when a file is damaged, or a session could not be stored.
  func context(of key: String) throws(BaselineError) -> BaselineContext {
    if selection != nil { try store.checkWritable(key) }
    return try BaselineContext(
      store, key: key, isRecording: selection != nil,
      recordCommand: "PERFGATE_UPDATE_BASELINES=new swift test")
  }

  /// What became of the session of a claim.
  enum Outcome: Hashable, Sendable {
    /// It is stored; a line about it.
    case stored(String)
    /// It is not one of those that are wanted; a line about it.
    case unselected(String)
    /// It is not stored, and why.
    case refused(String)
  }

  /// Stores the session of a record of one claim, if that is wanted; `nil` when it is not.
  func store(_ record: Record) throws(BaselineError) -> Outcome? {
    guard let selection else { return nil }
    let update = BaselineUpdate(
      selection: selection, commit: WorkTree.commit(of: package, ignoring: store.folder))
    let key = record.machine.key
    let empty = Baseline(machine: Baseline.Machine(record.machine))
    var outcome: BaselineUpdate.Outcome?
    if update.wouldStore(record, try store.read(key)) {
      try store.update(key) { stored in
        var baseline = stored ?? empty
        outcome = update.apply(record, to: &baseline).first?.outcome
        return baseline
      }
    } else {
      var baseline = try store.read(key) ?? empty
      outcome = update.apply(record, to: &baseline).first?.outcome
    }
    switch outcome {
    case .stored(let sessions, let change, let beginsLevel):
      let level = beginsLevel ? " of a new level" : ""
      let against = change.map { String(format: " (%.3f times those before)", $0) } ?? ""
      return .stored("session \(sessions)\(level) is stored in \(store.path(of: key))\(against)")
    case .unselected where selection == .new:
      return .unselected("is stored in \(store.path(of: key)) already")
    case .unselected:
      return .unselected("no session is stored: it is not \(selection.rawValue) than before")
    case .unmeasured(let reason), .disturbed(let reason): return .refused(reason)
    case nil: return nil
    }
  }
}

/// Where a claim is written.
struct Place: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The file's full path.
  var file: String
  /// The line, from 1.
  var line: Int
  /// The column, from 1; two claims may be on one line.
  var column = 1
  /// The file as Swift Testing names it, `MyTests/Claims.swift`; `nil` in XCTest.
  var fileID: String?

  /// `Tests/MyTests.swift:12`, with the full path.
  var description: String { "\(file):\(line)" }

  /// By file, then by line.
  static func < (one: Place, other: Place) -> Bool {
    (one.file, one.line, one.column) < (other.file, other.line, other.column)
  }
}
