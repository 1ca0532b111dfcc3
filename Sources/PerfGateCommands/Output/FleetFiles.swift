import Foundation
import PerfGate
import PerfGateReport

/// The files that are made of a fleet. Checked before any record is read.
struct FleetFiles {
  /// A file that an option names; `-` is standard output.
  private struct File {
    var option: String
    var path: String
    var text: (FleetResult) throws(CommandError) -> String
  }

  /// The options of the reports.
  static let reports = ["--junit", "--markdown"]

  private let files: [File]

  /// Checks that each file can be written, and that none is another output or a record.
  init(_ options: Options, _ paths: RecordPaths) throws(CommandError) {
    let all: [(option: String, text: (FleetResult) throws(CommandError) -> String)] = [
      ("--json", Self.json), ("--junit", FleetReport.junit), ("--markdown", FleetReport.markdown),
    ]
    files = all.compactMap { option, text in
      let path = option == "--json" ? options.json : options.reports[option]
      return path.map { File(option: option, path: $0, text: text) }
    }
    if let list = options.filesFrom, list != "-",
      let file = files.first(where: { Self.resolved($0.path) == Self.resolved(list) })
    {
      throw .usage(
        "cannot use \(file.option) \(file.path): it is the list of records; choose another file")
    }
    try checkOutputs()
    try checkInputs(paths)
  }

  /// Whether standard output is for one of them, and nothing else may go there.
  var takeStandardOutput: Bool { files.contains { $0.path == "-" } }

  /// Writes all of them that can be written.
  ///
  /// - Throws: the first failure, after writing the others.
  func write(_ result: FleetResult, to output: CommandOutput) throws(CommandError) {
    try OutputFiles.write(
      files.map { file in
        (file.path, { () throws(CommandError) in try file.text(result) })
      }, to: output)
  }

  private func checkOutputs() throws(CommandError) {
    var taken: [String: File] = [:]
    for file in files {
      let path = file.path == "-" ? "-" : Self.resolved(file.path)
      if let other = taken[path], !OutputFile.isDevice(file.path) {
        throw .usage(
          file.path == "-"
            ? "cannot use \(file.option) -: standard output is for \(other.option); name a file"
            : "cannot use \(file.option) \(file.path): it is \(other.option); choose another file")
      }
      taken[path] = file
      if file.path != "-" { try OutputFile.check(file.path) }
    }
  }

  /// Also refuses a file that would be taken for a record the next time.
  private func checkInputs(_ paths: RecordPaths) throws(CommandError) {
    guard files.contains(where: { $0.path != "-" }) else { return }
    let records = Set(paths.files.map(Self.resolved))
    let folders = paths.folders.map { Self.resolved($0) + "/" }
    for file in files where file.path != "-" && !OutputFile.isDevice(file.path) {
      let path = Self.resolved(file.path)
      if records.contains(path) {
        throw .usage(
          "cannot use \(file.option) \(file.path): it is a record that is read; choose another "
            + "file")
      }
      if path.hasSuffix(".json"), folders.contains(where: path.hasPrefix) {
        throw .usage(
          "cannot use \(file.option) \(file.path): it is in a folder of records, and would be read "
            + "as one the next time; choose another folder")
      }
    }
  }

  private static func json(_ result: FleetResult) throws(CommandError) -> String {
    do { return try result.json() } catch {
      throw CommandError(.software, "cannot encode the verdicts: \(error)")
    }
  }

  /// The path without links, also where the file does not exist yet.
  private static func resolved(_ path: String) -> String {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    let folder = parts.count > 1 ? parts.dropLast().joined(separator: "/") + "/" : "."
    if let whole = realPath(path) { return whole }
    return realPath(folder).map { "\($0)/\(parts.last ?? "")" } ?? path
  }

  private static func realPath(_ path: String) -> String? {
    guard let found = realpath(path, nil) else { return nil }
    defer { free(found) }
    return String(cString: found)
  }
}
