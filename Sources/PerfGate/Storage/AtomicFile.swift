import Foundation

/// Why a file could not be written.
package struct FileWriteError: Error, Hashable, Sendable {
  /// The operating system's error number.
  package var code: Int32
  /// Whether writing had begun when the error occurred.
  package var isBegun = false
  /// What was found instead of a file; `nil` where the error number describes the problem.
  package var found: String?
  /// The signal that ended the wait for a reader; `nil` without one.
  package var signal: Int32?

  package init(
    code: Int32, isBegun: Bool = false, found: String? = nil, signal: Int32? = nil
  ) {
    self.code = code
    self.isBegun = isBegun
    self.found = found
    self.signal = signal
  }

  /// What was found, as part of a message.
  package var reason: String { found ?? String(cString: strerror(code)).lowercased() }
}

/// Writes files as a whole: a failed write leaves the old file unchanged.
package enum AtomicFile {
  /// Writes a temporary file beside `path`, syncs it, and renames it to `path`.
  ///
  /// Pipes and devices are opened once and written directly; see ``PipeWriter``. Symbolic links are
  /// followed, so that they stay links.
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

  /// Checks whether the file can be written, without changing it or leaving a new one behind.
  ///
  /// For an existing file it also checks that the folder allows a temporary file beside it. A pipe
  /// is not opened: closing it again would look like the end of the text to its reader.
  ///
  /// - Returns: what the path names.
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

  /// The path with symbolic links followed; the target need not exist.
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

  /// Writes a new file. A link with that name, which another user may have created, is removed and
  /// not followed.
  private static func writeAll(_ text: String, to path: String) throws(FileWriteError) {
    unlink(path)
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileWriteError(code: errno) }
    var code: Int32 = 0
    // The bytes of the text itself: a copy of a large one takes as much memory again.
    var text = text
    text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)[...]
      while !rest.isEmpty, code == 0 {
        let part = UnsafeRawBufferPointer(rebasing: rest)
        let written = Foundation.write(descriptor, part.baseAddress, part.count)
        if written >= 0 { rest = rest.dropFirst(written) } else if errno != EINTR { code = errno }
      }
    }
    if code == 0, fsync(descriptor) != 0, errno != EINVAL, errno != EROFS { code = errno }
    // Some file systems report a lack of space only now.
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

extension AtomicFile {
  /// Whether two paths name the same file, through links as well.
  package static func isSame(_ one: String, _ other: String) -> Bool {
    func resolved(_ path: String) -> String {
      URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath().path
    }
    return resolved(one) == resolved(other)
  }
}

/// The kind of file at a path, which decides how to write it.
package enum FileKind: Hashable, Sendable {
  /// Nothing yet.
  case missing
  /// A regular file, with its permissions.
  case file(mode: mode_t)
  /// A named pipe, or the end of a pipe that the shell created.
  case pipe
  /// A terminal, `/dev/null` and the like: written directly.
  case device

  /// Finds the kind of a path, following links.
  ///
  /// - Throws: ``FileWriteError`` for folders, sockets and disks, which cannot be written.
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
