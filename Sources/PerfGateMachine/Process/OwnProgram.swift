import CPerfGateSystem

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The program that this process runs.
package enum OwnProgram {
  /// Its file, also after it was moved or deleted.
  package static let file = "/proc/self/exe"

  /// Lets the calling thread, and what it starts, run before other programs, as far as that is
  /// allowed.
  package static func raisePriority() { _ = pgp_raise_priority() }

  /// The full path of its file; `nil` where the system does not report it.
  package static let path: String? = {
    guard let path = realpath("/proc/self/exe", nil) else { return nil }
    defer { free(path) }
    return String(cString: path)
  }()

  /// Whether another process, such as a debugger, traces this one. Its children would not be traced.
  package static var isTraced: Bool { isTraced(root: "/") }

  /// Whether every start has the same addresses, as under `setarch -R`; children inherit that.
  package static var hasFixedAddresses: Bool {
    pgp_has_fixed_addresses() || machineHasFixedAddresses(root: "/")
  }

  static func isTraced(root: String) -> Bool {
    let text = try? SystemTree(root: root).text("/proc/self/status")
    return (text ?? nil).map { (ProcessStatus($0).tracer ?? 0) > 0 } ?? false
  }

  static func machineHasFixedAddresses(root: String) -> Bool {
    (try? SystemTree(root: root).number("/proc/sys/kernel/randomize_va_space")) == 0
  }
}
