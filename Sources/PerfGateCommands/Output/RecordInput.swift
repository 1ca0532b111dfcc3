import Foundation
import PerfGate

/// The record that a command reads: from a file, a pipe, or `-` for standard input.
enum RecordInput {
  /// Reads at most ``Record/maximumBytes``.
  ///
  /// - Parameter content: how much of the record is needed.
  static func read(
    _ path: String, content: Record.Content = .everything
  ) throws(CommandError) -> Record {
    do throws(RecordError) {
      if path == "-" {
        return try Record.read(
          descriptor: STDIN_FILENO, name: "on standard input", content: content)
      }
      guard (try? FileKind(path)) == .pipe else {
        return try Record.read(path: path, content: content)
      }
      // A pipe that the user named may block; a pipe found in place of a file must not.
      let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
      guard descriptor >= 0 else {
        throw RecordError(
          description:
            "cannot read record \(path): \(String(cString: strerror(errno)).lowercased())")
      }
      defer { close(descriptor) }
      return try Record.read(descriptor: descriptor, name: path, content: content)
    } catch {
      if let signal = error.signal {
        throw CommandError(ExitCode(signal: signal), error.description)
      }
      throw CommandError(.badData, error.description)
    }
  }
}
