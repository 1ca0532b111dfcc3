import Foundation

/// Prints lines between those of the test framework.
enum Console {
  /// Writes one line to standard output immediately, so that it appears in the right place.
  static func say(_ text: String) {
    let line = Array("PerfGate: \(text.asASCII)\n".utf8)
    // Output of the framework that is still buffered comes first.
    fflush(nil)
    var rest = line[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
      if written > 0 { rest = rest.dropFirst(written) } else if errno != EINTR { return }
    }
  }
}
