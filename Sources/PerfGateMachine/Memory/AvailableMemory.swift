/// How much memory a program can still allocate.
package enum AvailableMemory {
  /// Bytes that can be allocated without swapping; `nil` where the system does not report them.
  package static func bytes() -> Int? {
    guard let text = SystemTree.ofThisMachine("/proc/meminfo") else { return nil }
    for line in text.split(separator: "\n") where line.hasPrefix("MemAvailable:") {
      let words = line.split(separator: " ")
      if words.count >= 2, let kibibytes = Int(words[1]) { return kibibytes * 1024 }
    }
    return nil
  }
}
