import Foundation

/// Why a user's folder cannot be used.
package struct OwnFolderError: Error, Hashable, Sendable, CustomStringConvertible {
  /// One line: what failed, what was found, what to do.
  package var description: String
}

/// The only place that is written in the temporary folder: `perfgate-1000`, which belongs to the
/// user with that number and which nobody else can read or write.
package enum OwnFolder {
  /// The temporary folder of this process: `TMPDIR`, or `/tmp` if that is unset or empty.
  package static var temporary: String {
    guard let text = getenv("TMPDIR"), text.pointee != 0 else { return "/tmp" }
    let path = String(cString: text)
    return path.hasSuffix("/") && path != "/" ? String(path.dropLast()) : path
  }

  /// The folder's path; it need not exist.
  package static var path: String { "\(temporary)/perfgate-\(geteuid())" }

  /// Creates the folder if it is missing, and checks that only this user has access to it.
  ///
  /// The result stays valid if the parent folder, like `/tmp`, lets users rename only their own
  /// files.
  package static func make(_ path: String = path) throws(OwnFolderError) {
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
      throw OwnFolderError(
        description:
          "cannot create the folder \(path): \(String(cString: strerror(errno)).lowercased()); "
          + "set TMPDIR to a folder that you can write to")
    }
    try check(path)
  }

  /// Checks that the folder is no link, belongs to this user, and is closed to all others.
  package static func check(_ path: String = path) throws(OwnFolderError) {
    let folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard folder >= 0 else { throw unusable(path, found(path, errno)) }
    defer { close(folder) }
    var status = stat()
    guard fstat(folder, &status) == 0 else { throw unusable(path, found(path, errno)) }
    guard status.st_uid == geteuid() else {
      throw unusable(path, "it belongs to user \(status.st_uid)")
    }
    let mode = status.st_mode & 0o777
    guard mode & 0o077 == 0 else {
      throw unusable(path, "others have access to it (mode \(String(mode, radix: 8)))")
    }
  }

  private static func found(_ path: String, _ code: Int32) -> String {
    var status = stat()
    guard lstat(path, &status) == 0 else { return String(cString: strerror(code)).lowercased() }
    switch status.st_mode & S_IFMT {
    case S_IFLNK: return "it is a symbolic link"
    case S_IFDIR: return String(cString: strerror(code)).lowercased()
    default: return "it is not a folder"
    }
  }

  private static func unusable(_ path: String, _ found: String) -> OwnFolderError {
    OwnFolderError(
      description: "cannot use the folder \(path): \(found); "
        + "remove it, or set TMPDIR to a folder of your own")
  }
}
