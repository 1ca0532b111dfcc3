import Foundation
import PerfGateMachine
import Testing

extension TemporaryTree {
  /// Writes a tree of `Cases/NAME.txt`, made up after a machine that somebody reported.
  ///
  /// A line is a list of numbers, a path and a text, with tabs in between: for each number, or once
  /// without any, the text is added to the file of that path. `{}` in path and text stands for the
  /// number, `\n` and `\t` for a line's end and a tab. A path that ends in `/` is an empty folder.
  convenience init(recorded name: String) throws {
    try self.init()
    let file = try #require(
      Bundle.module.url(forResource: name, withExtension: "txt", subdirectory: "Cases"))
    var files: [String: String] = [:]
    for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
      try #require(fields.count == 3, "\(name): \(line)")
      let numbers = try CPUSet(parsing: fields[0]).map(String.init)
      let text = fields[2].replacing("\\n", with: "\n").replacing("\\t", with: "\t")
      for number in numbers.isEmpty ? [""] : numbers {
        let path = String(fields[1].replacing("{}", with: number))
        files[path, default: ""] += String(text.replacing("{}", with: number))
      }
    }
    for (path, text) in files {
      if path.hasSuffix("/") { try makeFolder(path) } else { try write(path, text) }
    }
  }
}
