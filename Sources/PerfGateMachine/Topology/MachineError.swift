/// Why the description of a machine cannot be read.
package enum MachineError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A file is there and cannot be read.
  case unreadable(path: String, reason: String)
  /// A file says something that cannot be.
  case damaged(path: String, found: String, expected: String)
  /// A file without which nothing is known is missing.
  case missing(path: String)

  /// One line with the path, what was found and what was expected.
  package var description: String {
    switch self {
    case .unreadable: "\(fact); choose another --root"
    case .damaged: fact
    case .missing: "\(fact); choose a --root that holds it"
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
