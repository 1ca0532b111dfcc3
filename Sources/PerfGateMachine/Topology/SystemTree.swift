#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The small files below a root folder that describe a machine, mainly in `/sys` and `/proc`.
package struct SystemTree: Sendable {
  /// The root without a trailing slash, so that a path can be appended.
  let root: String

  package init(root: String) {
    self.root = root.hasSuffix("/") ? String(root.dropLast()) : root
  }

  /// Whether the tree belongs to the machine that the program runs on.
  var isThisMachine: Bool { root.isEmpty }

  /// The full path of an absolute path below the root.
  func full(_ path: String) -> String { root + path }

  /// The file's text; nil where it does not exist or access is denied. An empty file counts as
  /// damaged unless `mayBeEmpty`, for the few that the kernel leaves empty when there is nothing to
  /// list.
  package func text(_ path: String, mayBeEmpty: Bool = false) throws(MachineError) -> String? {
    let descriptor = open(full(path), O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      if [ENOENT, ENOTDIR, EACCES, EPERM].contains(errno) { return nil }
      throw unreadable(path)
    }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16_384)
    while true {
      let count = read(descriptor, &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw unreadable(path) }
      if count == 0 { break }
      bytes += chunk[..<count]
      // /proc/cpuinfo of 4,096 CPUs is 8 MB; anything far larger does not describe a machine.
      guard bytes.count <= 32 << 20 else {
        throw .damaged(path: full(path), found: "more than 32 MiB", expected: "a small file")
      }
    }
    guard mayBeEmpty || !bytes.isEmpty else {
      throw .damaged(path: full(path), found: "an empty file", expected: "at least one line")
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The text of a file on the machine that the program runs on; `nil` where the file is missing,
  /// unreadable or empty. Files of processes may vanish while they are read.
  package static func ofThisMachine(_ path: String) -> String? {
    (try? SystemTree(root: "/").text(path)) ?? nil
  }

  /// The file's only value, without surrounding blanks.
  func word(_ path: String) throws(MachineError) -> String? {
    try text(path).map { trimmed($0) }
  }

  /// The file's whole number, which may be negative.
  func number(_ path: String) throws(MachineError) -> Int? {
    guard let word = try word(path) else { return nil }
    guard let number = Int(word) else {
      throw .damaged(
        path: full(path), found: "'\(abbreviated(word))'", expected: "a whole number")
    }
    return number
  }

  /// The file's list of CPUs or nodes.
  func list(_ path: String) throws(MachineError) -> CPUSet? {
    guard let word = try word(path) else { return nil }
    do {
      return try CPUSet(parsing: word)
    } catch {
      throw .damaged(
        path: full(path), found: error.description, expected: "a list such as 0-3,8")
    }
  }

  /// The file's mask, such as `00000000,0000ff0f`: groups of 32 bits, the highest first.
  func mask(_ path: String) throws(MachineError) -> CPUSet? {
    guard let word = try word(path) else { return nil }
    guard let mask = CPUSet(mask: word) else {
      throw .damaged(
        path: full(path), found: "'\(abbreviated(word))'", expected: "a mask such as 00000000,0f")
    }
    return mask
  }

  /// The numbers N of the entries `prefixN` in a folder, and the name of an entry whose number is
  /// above `CPUSet.maximum`; empty where there is no such folder.
  func numbered(_ prefix: String, in folder: String) throws(MachineError) -> (CPUSet, String?) {
    var numbers = CPUSet()
    var beyond: String?
    for name in try names(in: folder) {
      guard name.hasPrefix(prefix) else { continue }
      let digits = name.dropFirst(prefix.count)
      guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }) else { continue }
      guard let number = Int(digits), number <= CPUSet.maximum else {
        beyond = name
        continue
      }
      numbers.insert(number)
    }
    return (numbers, beyond)
  }

  /// The names of a folder's entries; empty where there is no such folder.
  func names(in folder: String) throws(MachineError) -> [String] {
    guard let stream = opendir(full(folder)) else {
      if [ENOENT, ENOTDIR, EACCES, EPERM].contains(errno) { return [] }
      throw unreadable(folder)
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      names.append(
        withUnsafePointer(to: &entry.pointee.d_name) { tuple in
          tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        })
    }
    return names
  }

  private func unreadable(_ path: String) -> MachineError {
    .unreadable(path: full(path), reason: errnoText(errno))
  }
}
