import Foundation

/// Lines between those of the test framework.
enum Console {
  /// Writes one line to standard output at once, so that it stands where it belongs.
  static func say(_ text: String) {
    let line = Array("PerfGate: \(text.asASCII)\n".utf8)
    // What the framework has printed before, and keeps in its buffer, comes first.
    fflush(nil)
    var rest = line[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
      if written > 0 { rest = rest.dropFirst(written) } else if errno != EINTR { return }
    }
  }
}
