import Foundation
import PerfGate
import PerfGateReport

/// The files named by environment variables, rewritten after every claim.
struct RunFiles: Sendable {
  /// The folder for the record of the run; `nil`: no record.
  var records: String?
  /// The JUnit file for the verdicts of the run; `nil`: no file.
  var junit: String?
  /// The other files made of the record of the run, by the variables that name them.
  var reports: [String: String] = [:]
  /// The name of the run, see ``TestRun``.
  var run = TestRun.id
  /// The folder in which the processes of a run share their results.
  var stateFolder = "\(OwnFolder.path)/runs"
  /// How long a process waits for access to the files of its run, in seconds.
  private static let timeout = 30.0
  /// The age in seconds after which the shared files of a run are removed.
  private static let keptSeconds = 86_400.0

  /// Which file or folder cannot be written, in one line.
  struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
    var description: String
  }

  init(_ settings: Settings) {
    records = settings.records
    junit = settings.junit
    reports = settings.reports
  }

  /// Whether there is nothing to write.
  private var isEmpty: Bool { records == nil && junit == nil && reports.isEmpty }
  /// Where the record of the run is kept, because each process adds to it; `nil`: no file is made
  /// of it.
  private var recordFolder: String? { records ?? (reports.isEmpty ? nil : stateFolder) }

  /// Checks that the files can be written, before anything is measured.
  func check() throws(Failure) {
    guard !isEmpty else { return }
    // The check creates the file and removes it again, so no other process may use it meanwhile.
    try checkPlaces()
    let lock = try runLock()
    defer { withExtendedLifetime(lock) {} }
    if let records {
      try makeFolder(records)
      try check(recordPath(records), variable: "PERFGATE_RECORD_DIR")
    }
    if let junit { try check(junit, variable: "PERFGATE_JUNIT") }
    for (variable, path) in reports { try check(path, variable: variable) }
  }

  /// Refuses two reports in one file, of which the second would replace the first.
  private func checkPlaces() throws(Failure) {
    var taken: [(variable: String, path: String)] = []
    let named = reports.merging(junit.map { ["PERFGATE_JUNIT": $0] } ?? [:]) { one, _ in one }
    for (variable, path) in named.sorted(by: { $0.key < $1.key }) {
      if (try? FileKind(path)) != .device,
        let other = taken.first(where: { AtomicFile.isSame($0.path, path) })
      {
        throw Failure(
          description:
            "cannot use \(variable)=\(path): \(other.variable) names the same file; name another")
      }
      taken.append((variable, path))
    }
  }

  private func check(_ path: String, variable: String) throws(Failure) {
    do throws(FileWriteError) {
      guard try AtomicFile.check(path) != .pipe else {
        // Its reader would get one file after the other, or only the first.
        throw FileWriteError(code: EINVAL, found: "it is a pipe, and is rewritten after each claim")
      }
    } catch { throw cannotWrite(path, error, variable) }
  }

  /// Writes the verdict of a claim, and those of all earlier claims of the run.
  func write(_ judgement: Judgement, _ finding: TestVerdict) throws(Failure) {
    guard !isEmpty else { return }
    let lock = try runLock()
    defer { withExtendedLifetime(lock) {} }
    if let recordFolder, let record = judgement.record {
      try merge(record, named: judgement.id, into: recordFolder)
    }
    if let junit { try merge(judgement, finding, into: junit) }
  }

  /// Adds times without a claim to the record of the run, if there is one. Their series must have
  /// unique names.
  func write(_ record: Record) throws(Failure) {
    guard let recordFolder else { return }
    let lock = try runLock()
    defer { withExtendedLifetime(lock) {} }
    try merge(record, named: nil, into: recordFolder)
  }

  /// The path of the run's record in a folder.
  func recordPath(_ folder: String) -> String { "\(folder)/test-\(run).json" }

  /// The lock for the shared files of a run: one process at a time reads and writes them.
  private func runLock() throws(Failure) -> FileLock {
    try makeStateFolder()
    do {
      return try MachineLock.acquire(path: "\(stateFolder)/lock", atMost: Self.timeout)
    } catch {
      throw Failure(description: "cannot write the files of this run: \(error)")
    }
  }

  /// Adds a part to the record of the run, and makes the files of all of it.
  private func merge(
    _ part: Record, named name: String?, into folder: String
  ) throws(Failure) {
    try makeFolder(folder)
    let path = recordPath(folder)
    var record = Record.ofParts(part)
    if FileManager.default.fileExists(atPath: path) {
      do throws(RecordError) { record = try Record.read(path: path) } catch {
        throw Failure(description: "\(error), or choose another PERFGATE_RECORD_DIR")
      }
    }
    record.add(part, named: name)
    let text: String
    do { text = try record.json() } catch {
      throw Failure(description: "cannot encode the record \(path): \(error)")
    }
    try write(text, to: path, variable: "PERFGATE_RECORD_DIR")
    for report in Report.all {
      guard let file = reports[report.variable] else { continue }
      try write(report.text(record), to: file, variable: report.variable)
    }
  }

  private func makeFolder(_ folder: String) throws(Failure) {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw Failure(
        description: "cannot make the folder PERFGATE_RECORD_DIR=\(folder); choose another one")
    }
  }

  /// Adds a claim to the shared results of the run, and writes the JUnit file of all of them.
  private func merge(
    _ judgement: Judgement, _ finding: TestVerdict, into path: String
  ) throws(Failure) {
    let state = "\(stateFolder)/\(run).json"
    var known = Self.read(state) ?? RunState(started: Timestamp.iso())
    known.add(judgement, finding)
    do {
      let data = try JSONEncoder().encode(known)
      try AtomicFile.write(String(decoding: data, as: UTF8.self), to: state)
    } catch {
      throw Failure(description: "cannot write \(state): \(error); free the temporary folder")
    }
    try write(known.junit, to: path, variable: "PERFGATE_JUNIT")
  }

  private static func read(_ path: String) -> RunState? {
    FileManager.default.contents(atPath: path).flatMap {
      try? JSONDecoder().decode(RunState.self, from: $0)
    }
  }

  private func write(_ text: String, to path: String, variable: String) throws(Failure) {
    do throws(FileWriteError) { try AtomicFile.write(text, to: path) } catch {
      throw cannotWrite(path, error, variable)
    }
  }

  private func cannotWrite(_ path: String, _ error: FileWriteError, _ variable: String) -> Failure {
    Failure(description: "cannot write \(path): \(error.reason); choose another \(variable)")
  }

  private func makeStateFolder() throws(Failure) {
    do throws(OwnFolderError) {
      if stateFolder.hasPrefix(OwnFolder.path + "/") { try OwnFolder.make() }
      try OwnFolder.make(stateFolder)
    } catch { throw Failure(description: error.description) }
    let files = FileManager.default
    for name in (try? files.contentsOfDirectory(atPath: stateFolder)) ?? [] {
      let path = "\(stateFolder)/\(name)"
      guard name.hasSuffix(".json"), name != "\(run).json",
        let written = try? files.attributesOfItem(atPath: path)[.modificationDate] as? Date
      else { continue }
      let age = Date.now.timeIntervalSince(written)
      if age > Self.keptSeconds { unlink(path) }
    }
  }

  /// A file name for a claim: other characters than ASCII letters, digits, `.`, `_`, `-` become
  /// `_`.
  static func fileName(_ name: String) -> String {
    let text = String(
      name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) ? $0 : "_" })
    return text.hasPrefix(".") ? "_" + text.dropFirst() : text.isEmpty ? "_" : text
  }
}
