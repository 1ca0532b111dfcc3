import Foundation
import PerfGate

/// Files that a command makes: looked at before anything is measured, written whole or not at all.
enum OutputFile {
  /// Opens the file for writing without changing it; one that was not there is not left behind.
  static func check(_ path: String) throws(CommandError) {
    let existed = FileManager.default.fileExists(atPath: path)
    let descriptor = open(path, O_WRONLY | O_CREAT | O_NONBLOCK | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw cannotWrite(path, errno)
    }
    close(descriptor)
    if !existed { unlink(path) } else { try checkReplacing(path) }
  }

  /// A file that is there is replaced by a new one beside it, which its folder may not allow.
  private static func checkReplacing(_ path: String) throws(CommandError) {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
    let beside = URL(fileURLWithPath: path).resolvingSymlinksInPath().path + ".check-\(getpid())"
    let descriptor = open(beside, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw cannotWrite(path, errno) }
    close(descriptor)
    unlink(beside)
  }

  /// Replaces the file.
  static func write(_ text: String, to path: String) throws(CommandError) {
    do throws(FileWriteError) { try AtomicFile.write(text, to: path) } catch {
      throw cannotWrite(path, error.code)
    }
  }

  private static func cannotWrite(_ path: String, _ code: Int32) -> CommandError {
    CommandError(
      .cannotCreate,
      "cannot write \(path): \(String(cString: strerror(code)).lowercased()); choose another file")
  }
}
