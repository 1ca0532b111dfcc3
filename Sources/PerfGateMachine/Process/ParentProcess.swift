#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The process that has started this one.
package struct ParentProcess: Hashable, Sendable {
  /// The program's name, which the kernel cuts to 15 bytes.
  package var name: String
  /// Its command line, the program first.
  package var arguments: [String]
  /// The environment it was started with.
  package var environment: [String: String]
  /// Its working directory.
  package var directory: String

  /// The parent; `nil` where this user may not look at it, or the system does not tell.
  package static var current: ParentProcess? {
    let folder = "/proc/\(getppid())"
    guard let name = SystemTree.ofThisMachine("\(folder)/comm"),
      let arguments = SystemTree.ofThisMachine("\(folder)/cmdline"),
      let environment = SystemTree.ofThisMachine("\(folder)/environ"),
      let directory = realpath("\(folder)/cwd", nil)
    else { return nil }
    defer { free(directory) }
    return ParentProcess(
      name: trimmed(name), arguments: list(arguments),
      environment: Dictionary(
        list(environment).compactMap { line in
          line.firstIndex(of: "=").map {
            (String(line[..<$0]), String(line[line.index(after: $0)...]))
          }
        }, uniquingKeysWith: { first, _ in first }),
      directory: String(cString: directory))
  }

  /// Words that each end with a zero byte.
  private static func list(_ text: String) -> [String] {
    var words = text.split(separator: "\0", omittingEmptySubsequences: false).map(String.init)
    if words.last == "" { words.removeLast() }
    return words
  }
}
