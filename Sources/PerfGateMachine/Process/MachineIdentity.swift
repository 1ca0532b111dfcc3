#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What tells processes whether they run on one machine, and see each other there.
package enum MachineIdentity {
  /// The random number that the kernel drew when it started; `nil` if it is unknown.
  package static var bootID: String? { SystemTree.ofThisMachine("/proc/sys/kernel/random/boot_id") }

  /// The name of the namespace of process numbers, such as `pid:[4026531836]`; `nil` if it is unknown.
  package static var processSpace: String? {
    var link = [CChar](repeating: 0, count: 64)
    let length = readlink("/proc/self/ns/pid", &link, link.count)
    guard length > 0 else { return nil }
    return String(decoding: link.prefix(length).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
