/// Why the input of a kernel cannot be made.
package enum KernelError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A size counts units, so it cannot be below 0.
  case sizeNegative(size: Int)
  /// The input would be larger than the memory of this machine, both in bytes.
  case sizeBeyondMemory(size: Int, memoryBytes: Int)
  /// The operating system refused `bytes` bytes; `errorNumber` is its reason, an `errno`.
  case memoryRefused(bytes: Int, errorNumber: Int32)

  /// What failed, what was found, what to do.
  package var description: String {
    switch self {
    case .sizeNegative(let size):
      "cannot make an input of size \(size): a size is 0 or more; choose a positive size"
    case .sizeBeyondMemory(let size, let memoryBytes):
      "cannot make an input of size \(size): this machine has \(memoryBytes) bytes of memory; "
        + "choose a smaller size"
    case .memoryRefused(let bytes, let errorNumber):
      "cannot make an input of \(bytes) bytes: the system refused the memory "
        + "(errno \(errorNumber)); choose a smaller size or raise the limit (ulimit -v)"
    }
  }

  static func check(size: Int) throws(KernelError) {
    if size < 0 { throw .sizeNegative(size: size) }
  }
}
