import Foundation
import PerfGate

/// Where to write the record of a run. Checked before anything is measured.
enum RecordFile: Hashable {
  /// Standard output.
  case standardOutput
  /// A file that is replaced after the run.
  case file(String)

  /// Checks that the record can be written.
  ///
  /// Without `--json` it goes to `.build/perfgate/` of the package around the working directory, or
  /// outside of a package to this user's folder in the temporary folder.
  init(request: String?, command: Command) throws(CommandError) {
    switch request {
    case "-": self = .standardOutput
    case .some(let path):
      try OutputFile.check(path)
      self = .file(path)
    case .none:
      let folder = try Self.makeDefaultFolder()
      let name = "\(command.rawValue)-\(Timestamp.file())-\(getpid()).json"
      let path = "\(folder)/\(name)"
      try OutputFile.check(path)
      self = .file(path)
    }
  }

  /// The folder for records without `--json`.
  static func defaultFolder() -> String {
    if let package = WorkTree.packageFolder() { return "\(package)/.build/perfgate" }
    return OwnFolder.path
  }

  private static func makeDefaultFolder() throws(CommandError) -> String {
    let folder = defaultFolder()
    guard folder != OwnFolder.path else {
      do throws(OwnFolderError) { try OwnFolder.make() } catch {
        throw CommandError(.cannotCreate, "\(error), or choose --json FILE")
      }
      return folder
    }
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw CommandError(
        .cannotCreate, "cannot make the folder \(folder) for the record; choose --json FILE")
    }
    return folder
  }

  /// Whether the files in the folder of records were written by this user.
  static var defaultFolderIsTrusted: Bool {
    let folder = defaultFolder()
    do throws(OwnFolderError) { if folder == OwnFolder.path { try OwnFolder.check() } } catch {
      return false
    }
    return true
  }

  /// The file's path; `nil` for standard output.
  var path: String? {
    if case .file(let path) = self { path } else { nil }
  }

  /// The record as JSON.
  static func text(_ record: Record) throws(CommandError) -> String {
    do { return try record.json() } catch {
      throw CommandError(.software, "cannot encode the record: \(error)")
    }
  }

  /// Writes text. A file is replaced completely or not at all, and its path is printed.
  func write(_ text: String, to output: CommandOutput) throws(CommandError) {
    switch self {
    case .standardOutput: output.out(text)
    case .file(let path):
      try OutputFile.write(text, to: path, output)
      output.show([path])
    }
  }
}
