import Foundation
import PerfGate
import PerfGateReport

/// The records that a command names: files, folders of them, and a list of both.
struct RecordPaths {
  /// The size of the largest list that is read, in bytes.
  private static let maximumListBytes = 64 << 20

  /// The files, in the order in which they were named; those of a folder are sorted.
  private(set) var files: [String] = []
  /// The folders, without those inside them.
  private(set) var folders: [String] = []
  /// Folders without records, or that cannot be read.
  private(set) var unreadable: [FleetResult.Unreadable] = []

  /// Looks up which files are meant. Reads none of them, except for the list.
  init(_ options: Options) throws(CommandError) {
    var named = [options.path].compactMap { $0 } + options.morePaths
    if let list = options.filesFrom { named += try Self.list(list) }
    for path in named {
      if path != "-", Self.isFolder(path) {
        folders.append(path)
        addFolder(path)
      } else {
        files.append(path)
      }
    }
  }

  /// The paths in a list: one a line, or separated by zero bytes, as `find -print0` writes them.
  private static func list(_ path: String) throws(CommandError) -> [String] {
    let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    let name = path == "-" ? "on standard input" : path
    defer { if path != "-", descriptor >= 0 { close(descriptor) } }
    let data: Data
    do throws(RecordError) {
      guard descriptor >= 0 else {
        throw RecordError(description: String(cString: strerror(errno)).lowercased())
      }
      data = try JSONFile.data(descriptor: descriptor, maximumBytes: maximumListBytes)
    } catch {
      throw CommandError(
        error.signal.map { ExitCode(signal: $0) } ?? .badData,
        "cannot read the list of records \(name): \(error.description)")
    }
    let separator = data.contains(0) ? UInt8(0) : UInt8(ascii: "\n")
    let paths = data.split(separator: separator).map { String(decoding: $0, as: UTF8.self) }
    guard !paths.isEmpty else {
      throw CommandError(.badData, "the list of records \(name) is empty: expected one path a line")
    }
    return paths
  }

  /// Adds the records of a folder and of the folders inside it.
  private mutating func addFolder(_ folder: String) {
    let before = (files.count, unreadable.count)
    addFiles(folder)
    guard (files.count, unreadable.count) == before else { return }
    unreadable.append(
      .init(
        name: folder,
        problem: "no records in the folder \(folder): expected files that end in .json"))
  }

  /// Links to folders are not followed: they may lead back here.
  private mutating func addFiles(_ folder: String) {
    guard let names = Self.names(in: folder) else {
      let reason = String(cString: strerror(errno)).lowercased()
      unreadable.append(
        .init(
          name: folder,
          problem:
            "cannot read the folder \(folder): \(reason); make it readable, or name its records"
        ))
      return
    }
    for name in names.sorted() where !name.hasPrefix(".") {
      let path = folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
      if Self.isFolder(path, followsLinks: false) {
        addFiles(path)
      } else if name.hasSuffix(".json") {
        addFile(path)
      }
    }
  }

  /// A pipe in a folder, which nobody named, would be waited for.
  private mutating func addFile(_ path: String) {
    if (try? FileKind(path)) == .pipe || Self.isFolder(path) {
      unreadable.append(
        .init(
          name: path, problem: "cannot read record \(path): it is not a file; remove or rename it"))
    } else {
      files.append(path)
    }
  }

  /// The names in a folder; `nil` if it cannot be read, for which `errno` has the reason.
  private static func names(in folder: String) -> [String]? {
    guard let stream = opendir(folder) else { return nil }
    closedir(stream)
    return try? FileManager.default.contentsOfDirectory(atPath: folder)
  }

  private static func isFolder(_ path: String, followsLinks: Bool = true) -> Bool {
    var status = stat()
    guard (followsLinks ? stat(path, &status) : lstat(path, &status)) == 0 else { return false }
    return status.st_mode & S_IFMT == S_IFDIR
  }
}
