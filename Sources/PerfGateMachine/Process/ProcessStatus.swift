/// What `/proc/PID/status` says about a process.
package struct ProcessStatus: Hashable, Sendable {
  /// The kernel's letter: `R` runs, `S` sleeps, `T` is stopped by a signal, `Z` has ended.
  package var state: Character?
  /// Resident memory now, in bytes; `nil` for one that has ended.
  package var residentBytes: Int?
  /// Peak resident memory, in bytes; `nil` for one that has ended.
  package var peakBytes: Int?
  /// What of the resident memory are pages of files, such as code, in bytes.
  package var fileBytes: Int?
  /// The process that traces it, such as a debugger; 0 for none.
  package var tracer: Int?

  /// Reads the text of a `status` file; what it does not contain stays `nil`.
  package init(_ text: String) {
    for line in text.split(separator: "\n") {
      let words = line.split(whereSeparator: { $0 == "\t" || $0 == " " })
      guard words.count > 1 else { continue }
      switch words[0] {
      case "State:": state = words[1].first
      case "VmRSS:": residentBytes = Self.bytes(words[1])
      case "RssFile:": fileBytes = Self.bytes(words[1])
      case "VmHWM:": peakBytes = Self.bytes(words[1])
      case "TracerPid:": tracer = Int(words[1])
      default: break
      }
    }
  }

  /// The process with that number; `nil` when it is gone or not visible.
  package init?(pid: Int) {
    guard let text = SystemTree.ofThisMachine("/proc/\(pid)/status") else { return nil }
    self.init(text)
  }

  /// The file counts in units of 1,024 bytes.
  private static func bytes(_ word: Substring) -> Int? {
    guard let number = Int(word), number >= 0, number <= Int.max >> 10 else { return nil }
    return number << 10
  }
}
