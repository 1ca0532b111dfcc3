import Foundation
import PerfGate

/// Files that a command makes: looked at before anything is measured, written whole or not at all.
enum OutputFile {
  /// Looks whether the file can be written; it is not changed, and not made.
  static func check(_ path: String) throws(CommandError) {
    do throws(FileWriteError) { try AtomicFile.check(path) } catch {
      throw cannotWrite(path, error.code)
    }
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
