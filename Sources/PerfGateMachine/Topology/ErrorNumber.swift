#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The error numbers that this module checks for, so that only one file imports them.
enum ErrorNumber {
  static let again = EAGAIN
  static let busy = EBUSY
  static let invalid = EINVAL
  static let notSupported = ENOSYS
  static let notPermitted = EPERM
  static let badAddress = EFAULT
  static let noMemory = ENOMEM
}

/// Makes error numbers readable.
package enum SystemError {
  /// The name and description of an error number: `EPERM, Operation not permitted`.
  package static func text(_ number: Int32) -> String { errnoText(number) }
}

/// The name and description of an error number: `EPERM, Operation not permitted`.
func errnoText(_ number: Int32) -> String {
  let words = number == EXDEV ? "the kernel set another mask" : String(cString: strerror(number))
  return errnoName(number).map { "\($0), \(words)" } ?? words
}

/// The name of an error number; nil for those that the calls of this module do not return.
func errnoName(_ number: Int32) -> String? {
  switch number {
  case EPERM: "EPERM"
  case ENOSYS: "ENOSYS"
  case EACCES: "EACCES"
  case EAGAIN: "EAGAIN"
  case EINVAL: "EINVAL"
  case EIO: "EIO"
  case ENOMEM: "ENOMEM"
  case ELOOP: "ELOOP"
  case EISDIR: "EISDIR"
  case EFAULT: "EFAULT"
  case ENOENT: "ENOENT"
  case EMFILE: "EMFILE"
  case ESRCH: "ESRCH"
  default: nil
  }
}
