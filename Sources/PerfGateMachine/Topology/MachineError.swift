/// Why a machine's description cannot be read.
package enum MachineError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A file exists but cannot be read.
  case unreadable(path: String, reason: String)
  /// A file has impossible content.
  case damaged(path: String, found: String, expected: String)
  /// A required file is missing.
  case missing(path: String)

  /// One line: the path, what was found, and what was expected.
  package var description: String {
    switch self {
    case .unreadable: "\(fact); choose another --root"
    case .damaged: fact
    case .missing: "\(fact); choose a --root that has it"
    }
  }

  /// What failed and what was found, without advice.
  var fact: String {
    switch self {
    case .unreadable(let path, let reason): "cannot read \(path): \(reason)"
    case .damaged(let path, let found, let expected):
      "cannot understand \(path): found \(found), expected \(expected)"
    case .missing(let path): "cannot find the machine's cpus: \(path) is missing"
    }
  }
}
