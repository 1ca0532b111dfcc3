import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Ends a start of ranks when the process that joins the starts has ended, even if it was killed: nobody
/// would read the record.
///
/// Launchers pass their standard input to rank 0, wherever that is. It begins with the greeting and ends
/// with that process. Where a launcher passes on something else, nothing is known, and the start goes on.
enum StartGuard {
  static let greeting = "perfgate.start/1\n"

  /// Begins to watch standard input, in a thread that only waits.
  static func begin() { Thread.detachNewThread { watch() } }

  private static func watch() {
    var text: [UInt8] = []
    var bytes = [UInt8](repeating: 0, count: 256)
    while true {
      let count = read(STDIN_FILENO, &bytes, bytes.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      if text.count < greeting.utf8.count { text += bytes.prefix(count) }
    }
    guard text.starts(with: greeting.utf8) else { return }
    // As the launcher asks it to stop.
    kill(getpid(), SIGTERM)
  }
}
