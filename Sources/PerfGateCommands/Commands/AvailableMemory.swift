import Foundation

/// How much memory a program can still have.
enum AvailableMemory {
  /// Bytes that can be had without swapping; `nil` where the system does not tell.
  static func bytes() -> Int? {
    guard let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8) else {
      return nil
    }
    for line in text.split(separator: "\n") where line.hasPrefix("MemAvailable:") {
      let words = line.split(separator: " ")
      if words.count >= 2, let kibibytes = Int(words[1]) { return kibibytes * 1024 }
    }
    return nil
  }
}
