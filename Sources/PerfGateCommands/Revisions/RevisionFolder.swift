import Foundation
import PerfGate
import PerfGateStatistics
import PerfGateWorkers

/// The folder in which both revisions are built: for each side its sources, what was built of them, and
/// what that was built from. It belongs to one run at a time; the user's files are only read.
final class RevisionFolder {
  /// One of the two revisions.
  enum Side: String, CaseIterable, Sendable {
    case old, new
  }

  /// Its path.
  let path: String
  private let name: String
  private let lock: FileLock
  /// The sides whose sources lack a submodule that could not be fetched: the next run tries again.
  var incomplete: Set<Side> = []
  let files = FileManager.default

  /// Takes the folder, and makes it if necessary.
  ///
  /// - Parameters:
  ///   - name: what the folder of the sources is called.
  ///   - seconds: how long to wait for another process that uses it. One that has measured, and lets the
  ///     next one measure, still prints and removes what it has linked.
  init(_ path: String, name: String, waitingAtMost seconds: Double = 10) throws(RevisionFailure) {
    self.path = path
    self.name = ["", "/"].contains(name) ? "source" : name
    do {
      try files.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch { throw Self.failed("make the folder \(path)", error) }
    do throws(FileLock.Failure) {
      lock = try FileLock(path: path, waitingAtMost: seconds)
    } catch {
      guard case .held(let holder) = error else {
        throw RevisionFailure(.unavailable, "cannot lock the folder \(path)")
      }
      throw RevisionFailure(
        .locked,
        "cannot build revisions in \(path): \(holder ?? "another process") uses it; wait until it has "
          + "ended")
    }
  }

  /// The sources of a side. The folder is called as the user's: packages that depend on it by its path
  /// know it by that name.
  func source(_ side: Side) -> String { "\(path)/\(side.rawValue)/source/\(name)" }
  /// What was built of a side.
  func build(_ side: Side) -> String { "\(path)/\(side.rawValue)/build" }
  /// What the last build of a side said.
  func log(_ side: Side) -> String { "\(path)/\(side.rawValue)/build.log" }

  // MARK: - What was built

  /// What a side was last built from; `nil`: nothing whole.
  func built(_ side: Side) -> String? {
    try? String(contentsOfFile: "\(path)/\(side.rawValue)/built", encoding: .utf8)
  }

  /// Remembers what a side was built from; `nil` before a build, so that an interrupted one is not taken
  /// for a whole one.
  func setBuilt(_ side: Side, _ key: String?) throws(RevisionFailure) {
    let file = "\(path)/\(side.rawValue)/built"
    guard let key else {
      unlink(file)
      return
    }
    try make("\(path)/\(side.rawValue)")
    do { try Data(key.utf8).write(to: URL(fileURLWithPath: file), options: .atomic) } catch {
      throw Self.failed("write \(file)", error)
    }
  }

  /// Removes what was built in a folder that was copied or moved here: it names files of the old place.
  func removeForeign(_ side: Side) throws(RevisionFailure) {
    guard let key = built(side), !key.hasPrefix("\(path) ") else { return }
    try remove("\(path)/\(side.rawValue)")
  }

  // MARK: - Sources

  /// Puts the files of the work tree into the sources of a side. A file that did not change keeps its
  /// time, so that it is not compiled again.
  func copy(_ names: [String], of top: String, _ side: Side) throws(RevisionFailure) {
    let source = source(side)
    try make(source)
    let wanted = Set(names)
    for old in try allFiles(source) where !wanted.contains(old) {
      try remove("\(source)/\(old)")
    }
    for name in names { try copy("\(top)/\(name)", to: name, in: source) }
  }

  /// Replaces paths in the sources of a side by those of the work tree.
  func keep(_ paths: [String], of top: String, _ side: Side) throws(RevisionFailure) {
    let source = source(side)
    for path in paths {
      var status = stat()
      guard lstat("\(top)/\(path)", &status) == 0 else { continue }
      guard status.st_mode & S_IFMT == S_IFDIR else {
        try copy("\(top)/\(path)", to: path, in: source)
        continue
      }
      try removeLinks(above: path, in: source)
      try remove("\(source)/\(path)")
      for name in try allFiles("\(top)/\(path)") {
        try copy("\(top)/\(path)/\(name)", to: "\(path)/\(name)", in: source)
      }
    }
  }

  /// A name for the content of files, which other contents do not have.
  static func key(of names: [String], in top: String) throws(RevisionFailure) -> String {
    var hash = UInt64(0)
    for name in names {
      try stopIfAsked()
      var status = stat()
      guard lstat("\(top)/\(name)", &status) == 0, isCopied(status) else { continue }
      let content = try content("\(top)/\(name)", status)
      hash =
        fnv1a("\(hash) \(name) \(status.st_mode) \(content.count) ".utf8) ^ fnv1a(content)
        &* 0x9e37_79b9_7f4a_7c15
    }
    return String(hash, radix: 16)
  }

  /// The files below a folder, git's own not included.
  func allFiles(_ folder: String) throws(RevisionFailure) -> [String] {
    guard let list = files.enumerator(atPath: folder) else { return [] }
    var names: [String] = []
    while let name = list.nextObject() as? String {
      if name == ".git" || name.hasSuffix("/.git") || name == ".build" || name.hasSuffix("/.build")
      {
        list.skipDescendants()
        continue
      }
      if list.fileAttributes?[.type] as? FileAttributeType != .typeDirectory { names.append(name) }
    }
    return names.sorted()
  }

  /// Whether it is a file or a link, which packages consist of.
  private static func isCopied(_ status: stat) -> Bool {
    [S_IFREG, S_IFLNK].contains(status.st_mode & S_IFMT)
  }

  private static func content(_ path: String, _ status: stat) throws(RevisionFailure) -> [UInt8] {
    do {
      if status.st_mode & S_IFMT == S_IFLNK {
        return Array(try FileManager.default.destinationOfSymbolicLink(atPath: path).utf8)
      }
      return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch { throw failed("read \(path)", error) }
  }

  /// Large trees take a while.
  private static func stopIfAsked() throws(RevisionFailure) {
    if let signal = ProcessSignals.interruptSignal { throw .interrupted(signal) }
  }

  /// Removes links among the folders above a path: what is written there would be written elsewhere.
  private func removeLinks(above path: String, in source: String) throws(RevisionFailure) {
    var folder = source
    for part in path.split(separator: "/").dropLast() {
      folder += "/\(part)"
      var status = stat()
      guard lstat(folder, &status) == 0 else { return }
      if status.st_mode & S_IFMT != S_IFDIR { try remove(folder) }
    }
  }

  /// Copies a file or a link to a path below a folder of sources, unless the same is there.
  private func copy(
    _ path: String, to name: String, in source: String
  ) throws(RevisionFailure) {
    try Self.stopIfAsked()
    try removeLinks(above: name, in: source)
    let target = "\(source)/\(name)"
    var (from, to) = (stat(), stat())
    // It is gone meanwhile, or no file that can be part of a package.
    guard lstat(path, &from) == 0, Self.isCopied(from) else { return }
    let content = try Self.content(path, from)
    if lstat(target, &to) == 0, to.st_mode == from.st_mode, to.st_size == from.st_size,
      try Self.content(target, to) == content
    {
      return
    }
    try remove(target)
    try make((target as NSString).deletingLastPathComponent)
    do {
      if from.st_mode & S_IFMT == S_IFLNK {
        try files.createSymbolicLink(
          atPath: target, withDestinationPath: String(decoding: content, as: UTF8.self))
      } else {
        try Data(content).write(to: URL(fileURLWithPath: target))
        chmod(target, from.st_mode & 0o777 | S_IWUSR)
      }
    } catch { throw Self.failed("write \(target)", error) }
  }

  func write(_ text: String, _ path: String) throws(RevisionFailure) {
    do {
      try make((path as NSString).deletingLastPathComponent)
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    } catch let error as RevisionFailure { throw error } catch {
      throw Self.failed("write \(path)", error)
    }
  }

  func make(_ folder: String) throws(RevisionFailure) {
    do { try files.createDirectory(atPath: folder, withIntermediateDirectories: true) } catch {
      throw Self.failed("make the folder \(folder)", error)
    }
  }

  func remove(_ path: String) throws(RevisionFailure) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    do { try files.removeItem(atPath: path) } catch { throw Self.failed("remove \(path)", error) }
  }

  static func failed(_ what: String, _ error: any Error) -> RevisionFailure {
    let code = errno
    let text = "\(error)"
    let isFull =
      text.contains("\(ENOSPC)") && text.contains("POSIX") || text.saysDiskFull
      || (error as? CocoaError)?.code == .fileWriteOutOfSpace || code == ENOSPC
    let why =
      isFull
      ? "the disk is full; make room"
      : (error as? CocoaError)?.localizedDescription ?? error.localizedDescription
    return RevisionFailure(isFull ? .diskFull : .unavailable, "cannot \(what): \(why)")
  }
}
