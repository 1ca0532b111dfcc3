import Foundation
import PerfGate
import PerfGateMachine
import PerfGateReport

/// The baselines of the package that contains the test.
struct Baselines: Sendable {
  let store: BaselineStore
  private let selection: BaselineUpdate.Selection?
  private let package: String

  /// The folder in `PERFGATE_BASELINES`, or `baselines` in the package around the test's file.
  ///
  /// - Parameter machine: the machine that measures; needed only to read or store sessions.
  init(_ settings: Settings, file: String, machine: Machine? = nil) {
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent().path
    package =
      WorkTree.packageFolder(around: folder) ?? FileManager.default.currentDirectoryPath
    store = BaselineStore(
      folder: settings.baselines ?? "\(package)/baselines",
      owner: machine.map { BaselineStore.Owner(key: $0.key.text, formerKeys: $0.formerKeys) })
    selection = settings.record
  }

  /// The stored sessions of a machine.
  ///
  /// - Throws: if a file is damaged, or if a session could not be stored later.
  func context(of key: String) throws(BaselineError) -> BaselineContext {
    if selection != nil { try store.checkWritable(key) }
    return try BaselineContext(
      store, key: key, isRecording: selection != nil,
      recordCommand: "PERFGATE_UPDATE_BASELINES=new swift test")
  }

  /// The result of storing the session of a claim, and a line about it.
  struct Outcome: Hashable, Sendable {
    var isStored: Bool
    var line: String
  }

  /// Stores the session of a record with one claim. Returns `nil` if no session is to be stored.
  func store(_ record: Record) throws(BaselineError) -> Outcome? {
    guard let selection, let claim = record.claims.first else { return nil }
    if let refusal = BaselineUpdate.refusal(record) {
      return Outcome(isStored: false, line: "\(claim.id): \(BaselineText.sentence(refusal))")
    }
    let update = BaselineUpdate(
      selection: selection, commit: WorkTree.commit(of: package, ignoring: store.folder))
    let (outcomes, isStored) = try store.store(record, update)
    let lines = outcomes.map { BaselineText.line($0.claim, $0.outcome) }
    let place = isStored ? ", in \(store.path(of: record.machine.key))" : ""
    return Outcome(isStored: isStored, line: lines.joined(separator: "; ") + place)
  }
}

/// The source location of a claim.
struct Place: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The file's full path.
  var file: String
  /// The line, from 1.
  var line: Int
  /// The column, from 1, because two claims may be on one line.
  var column = 1
  /// The file as Swift Testing names it, such as `MyTests/Claims.swift`; `nil` in XCTest.
  var fileID: String?

  /// `Tests/MyTests.swift:12`, with the full path.
  var description: String { "\(file):\(line)" }

  /// Orders by file, then by line.
  static func < (one: Place, other: Place) -> Bool {
    (one.file, one.line, one.column) < (other.file, other.line, other.column)
  }
}
