import PerfGate

// What closures return, as the 64 bits that the engine compares. In the module of the closures, so
// that they are specialised for what is returned.

/// A closure's result as 64 bits: a number's own bits, of all else the hash, which is the same for
/// equal values in one process.
@_alwaysEmitIntoClient @inline(__always)
func resultBits<Result: Hashable & SendableMetatype>(_ result: Result) -> UInt64 {
  switch result {
  case let number as Int: UInt64(truncatingIfNeeded: number)
  case let number as UInt64: number
  case let number as Double: number.bitPattern
  case let number as Float: UInt64(number.bitPattern)
  case let number as Int32: UInt64(truncatingIfNeeded: number)
  case let number as UInt32: UInt64(number)
  case let number as UInt: UInt64(number)
  case let number as Int64: UInt64(bitPattern: number)
  case let number as UInt8: UInt64(number)
  case let number as Bool: number ? 1 : 0
  default: UInt64(truncatingIfNeeded: result.hashValue)
  }
}

/// A closure of a task's number as the engine calls it.
@_alwaysEmitIntoClient
func taskBits<Result: Hashable & SendableMetatype>(
  of work: @escaping @Sendable (Int) -> Result
) -> @Sendable (Int) -> UInt64 {
  { task in resultBits(work(task)) }
}

/// A closure of whose results nothing is compared.
@_alwaysEmitIntoClient
func taskBits<Result>(
  ofNothing work: @escaping @Sendable (Int) -> Result
) -> @Sendable (Int) -> UInt64 {
  { task in
    _ = work(task)
    return 0
  }
}

/// A closure of nothing.
@_alwaysEmitIntoClient
func callBits<Result: Hashable & SendableMetatype>(
  of call: @escaping @Sendable () -> Result
) -> @Sendable (Int) -> UInt64 {
  { _ in resultBits(call()) }
}

/// A closure of nothing of whose results nothing is compared.
@_alwaysEmitIntoClient
func callBits<Result>(
  ofNothing call: @escaping @Sendable () -> Result
) -> @Sendable (Int) -> UInt64 {
  { _ in
    _ = call()
    return 0
  }
}
