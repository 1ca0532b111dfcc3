import Foundation

/// Why a file could not be written.
package struct FileWriteError: Error, Hashable, Sendable {
  /// The operating system's error number.
  package var code: Int32
  /// Whether the output was begun: found while it was written, not before.
  package var isBegun = false
  /// What was found instead of a file; `nil` where the error number says it.
  package var found: String?
  /// The signal that ended the wait for a reader; `nil`: none did.
  package var signal: Int32?

  /// An error and what was found.
  package init(
    code: Int32, isBegun: Bool = false, found: String? = nil, signal: Int32? = nil
  ) {
    self.code = code
    self.isBegun = isBegun
    self.found = found
    self.signal = signal
  }

  /// What was found, in words.
  package var reason: String { found ?? String(cString: strerror(code)).lowercased() }
}

/// Files that are there whole, or as they were before.
package enum AtomicFile {
  /// Writes a temporary file beside `path`, syncs it, and renames it to `path`.
  ///
  /// A pipe or a device is opened once and written to directly; see ``PipeWriter``. A symbolic link
  /// is followed, so that it stays one.
  ///
  /// - Parameter waiting: called once when a pipe has no reader for a second.
  package static func write(
    _ text: String, to path: String, waiting: () -> Void = {}
  ) throws(FileWriteError) {
    let kind = try FileKind(path)
    switch kind {
    case .pipe, .device:
      return try PipeWriter.write(text, to: path, isPipe: kind == .pipe, waiting: waiting)
    case .missing, .file: break
    }
    let target = try resolved(path)
    let temporary = target + ".tmp-\(getpid())"
    do throws(FileWriteError) {
      try writeAll(text, to: temporary)
      if case .file(let mode) = kind { chmod(temporary, mode) }
      guard rename(temporary, target) == 0 else {
        throw FileWriteError(code: errno, isBegun: true)
      }
    } catch {
      unlink(temporary)
      throw error
    }
    syncFolder(of: target)
  }

  /// Looks whether the file can be written; it is not changed, and not left behind if it was not there.
  ///
  /// One that is there is replaced by a new one beside it, which its folder may not allow. A pipe is
  /// not opened: its reader would take the end of the look for the end of the text.
  ///
  /// - Returns: what it is.
  @discardableResult
  package static func check(_ path: String) throws(FileWriteError) -> FileKind {
    let kind = try FileKind(path)
    switch kind {
    case .pipe:
      guard access(path, W_OK) == 0 else { throw FileWriteError(code: errno) }
    case .device: try openForWriting(path, O_WRONLY)
    case .missing:
      let target = try resolved(path)
      try openForWriting(target, O_WRONLY | O_CREAT | O_EXCL)
      unlink(target)
    case .file:
      try openForWriting(path, O_WRONLY)
      let beside = try resolved(path) + ".check-\(getpid())"
      unlink(beside)
      try openForWriting(beside, O_WRONLY | O_CREAT | O_EXCL)
      unlink(beside)
    }
    return kind
  }

  private static func openForWriting(_ path: String, _ flags: Int32) throws(FileWriteError) {
    let descriptor = open(path, flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileWriteError(code: errno) }
    close(descriptor)
  }

  /// The path without the symbolic link that it may be, whose end need not exist.
  private static func resolved(_ path: String) throws(FileWriteError) -> String {
    var path = path
    for _ in 0..<40 {
      guard let end = try? FileManager.default.destinationOfSymbolicLink(atPath: path) else {
        return path
      }
      let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
      path = end.hasPrefix("/") ? end : "\(folder)/\(end)"
    }
    throw FileWriteError(code: ELOOP)
  }

  /// Writes a new file; a link of that name, which anybody may have put there, is removed and not followed.
  private static func writeAll(_ text: String, to path: String) throws(FileWriteError) {
    unlink(path)
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileWriteError(code: errno) }
    var code: Int32 = 0
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty, code == 0 {
      let written = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if written >= 0 { rest = rest.dropFirst(written) } else if errno != EINTR { code = errno }
    }
    if code == 0, fsync(descriptor) != 0, errno != EINVAL, errno != EROFS { code = errno }
    // Some file systems tell only now that there was no room.
    if close(descriptor) != 0, code == 0, errno != EINTR { code = errno }
    guard code == 0 else { throw FileWriteError(code: code, isBegun: true) }
  }

  private static func syncFolder(of path: String) {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}

/// What lies at a path that is to be written, as far as it decides how.
package enum FileKind: Hashable, Sendable {
  /// Nothing yet.
  case missing
  /// A regular file, with its permissions.
  case file(mode: mode_t)
  /// A named pipe, or the end of one that the shell made.
  case pipe
  /// A terminal, `/dev/null` and the like: written as they are.
  case device

  /// Looks; links are followed.
  ///
  /// - Throws: ``FileWriteError`` for what nothing can be written to: a folder, a socket, a disk.
  package init(_ path: String) throws(FileWriteError) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      guard errno == ENOENT else { throw FileWriteError(code: errno) }
      self = .missing
      return
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: self = .file(mode: status.st_mode & 0o777)
    case S_IFIFO: self = .pipe
    case S_IFCHR: self = .device
    case S_IFDIR: throw FileWriteError(code: EISDIR)
    case S_IFSOCK: throw FileWriteError(code: ENXIO, found: "it is a socket")
    case S_IFBLK: throw FileWriteError(code: EPERM, found: "it is a disk")
    default: throw FileWriteError(code: EINVAL)
    }
  }
}
