import Foundation

/// An operating system error while a file was written.
public struct FileWriteError: Error, Hashable, Sendable {
  /// The error number.
  public var code: Int32
}

/// Files that are there whole, or as they were before.
public enum AtomicFile {
  /// Writes a temporary file beside `path`, syncs it, and renames it to `path`.
  ///
  /// What is not a regular file (a pipe, a device) is written to directly. A symbolic link is
  /// followed, so that it stays one.
  public static func write(_ text: String, to path: String) throws(FileWriteError) {
    var status = stat()
    let exists = stat(path, &status) == 0
    if exists, status.st_mode & S_IFMT != S_IFREG {
      return try writeAll(text, to: path, flags: O_WRONLY)
    }
    let target = exists ? URL(fileURLWithPath: path).resolvingSymlinksInPath().path : path
    let temporary = target + ".tmp-\(getpid())"
    do throws(FileWriteError) {
      try writeAll(text, to: temporary, flags: O_WRONLY | O_CREAT | O_TRUNC)
      if exists { chmod(temporary, status.st_mode & 0o777) }
      guard rename(temporary, target) == 0 else { throw FileWriteError(code: errno) }
    } catch {
      unlink(temporary)
      throw error
    }
    syncFolder(of: target)
  }

  /// Opens the file for writing without changing it; one that was not there is not left behind.
  ///
  /// One that is there is replaced by a new one beside it, which its folder may not allow.
  package static func check(_ path: String) throws(FileWriteError) {
    let existed = FileManager.default.fileExists(atPath: path)
    try openForWriting(path)
    guard existed else {
      unlink(path)
      return
    }
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
    let beside = URL(fileURLWithPath: path).resolvingSymlinksInPath().path + ".check-\(getpid())"
    try openForWriting(beside)
    unlink(beside)
  }

  private static func openForWriting(_ path: String) throws(FileWriteError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_NONBLOCK | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileWriteError(code: errno) }
    close(descriptor)
  }

  private static func writeAll(
    _ text: String, to path: String, flags: Int32
  ) throws(FileWriteError) {
    let descriptor = open(path, flags | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileWriteError(code: errno) }
    defer { close(descriptor) }
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { write_(descriptor, $0) }
      if written < 0 {
        if errno == EINTR { continue }
        throw FileWriteError(code: errno)
      }
      rest = rest.dropFirst(written)
    }
    // Pipes and devices cannot be synced.
    guard fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS else {
      throw FileWriteError(code: errno)
    }
  }

  private static func write_(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    Foundation.write(descriptor, bytes.baseAddress, bytes.count)
  }

  private static func syncFolder(of path: String) {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}
