import PerfGate

// The results of closures as the 64 bits that the engine compares. Inlinable, so that they are
// specialized for the type of the result in the module of the closures.

/// A closure's result as 64 bits: the bits of a number, or the hash of any other value. Equal
/// values have the same hash within one process.
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

/// Keeps an error that a call threw for the engine. The returned result is then ignored.
@usableFromInline
func keepThrown(_ error: any Error, task: Int) -> UInt64 {
  ThrownErrors.keep(error, task: task)
  return 0
}

/// The engine's call of a closure that takes the number of a task.
@_alwaysEmitIntoClient
func taskBits<Result: Hashable & SendableMetatype>(
  of work: @escaping @Sendable (Int) throws -> Result
) -> @Sendable (Int) -> UInt64 {
  { task in
    do { return resultBits(try work(task)) } catch { return keepThrown(error, task: task) }
  }
}

/// The same for a closure whose results are not compared.
@_alwaysEmitIntoClient
func taskBits<Result>(
  ofNothing work: @escaping @Sendable (Int) throws -> Result
) -> @Sendable (Int) -> UInt64 {
  { task in
    do { _ = try work(task) } catch { return keepThrown(error, task: task) }
    return 0
  }
}

/// The engine's call of a closure without arguments.
@_alwaysEmitIntoClient
func callBits<Result: Hashable & SendableMetatype>(
  of call: @escaping @Sendable () throws -> Result
) -> @Sendable (Int) -> UInt64 {
  { task in
    do { return resultBits(try call()) } catch { return keepThrown(error, task: task) }
  }
}

/// The same for a closure whose results are not compared.
@_alwaysEmitIntoClient
func callBits<Result>(
  ofNothing call: @escaping @Sendable () throws -> Result
) -> @Sendable (Int) -> UInt64 {
  { task in
    do { _ = try call() } catch { return keepThrown(error, task: task) }
    return 0
  }
}

/// The same for a closure whose result is made, whatever nobody does with it, and not compared.
@_alwaysEmitIntoClient
func callBits<Result>(
  ofKept call: @escaping @Sendable () throws -> Result
) -> @Sendable (Int) -> UInt64 {
  { task in
    do { blackHole(try call()) } catch { return keepThrown(error, task: task) }
    return 0
  }
}

// The same for calls with their own input. The input exists: if `setUp` throws, the engine stops
// before any call.

/// The engine's call of a closure that changes an input.
@_alwaysEmitIntoClient
func callBits<Input: SendableMetatype, Result: Hashable & SendableMetatype>(
  of call: @escaping @Sendable (inout Input) throws -> Result, _ store: InputStore<Input>
) -> @Sendable (Int) -> UInt64 {
  { task in
    do { return resultBits(try call(&store.slots[task]!)) } catch {
      return keepThrown(error, task: task)
    }
  }
}

/// The same for a closure whose results are not compared.
@_alwaysEmitIntoClient
func callBits<Input: SendableMetatype, Result>(
  ofNothing call: @escaping @Sendable (inout Input) throws -> Result, _ store: InputStore<Input>
) -> @Sendable (Int) -> UInt64 {
  { task in
    do { _ = try call(&store.slots[task]!) } catch { return keepThrown(error, task: task) }
    return 0
  }
}

/// The same for a closure whose result is made, whatever nobody does with it, and not compared.
@_alwaysEmitIntoClient
func callBits<Input: SendableMetatype, Result>(
  ofKept call: @escaping @Sendable (inout Input) throws -> Result, _ store: InputStore<Input>
) -> @Sendable (Int) -> UInt64 {
  { task in
    do { blackHole(try call(&store.slots[task]!)) } catch { return keepThrown(error, task: task) }
    return 0
  }
}

/// 64 bits for the final contents of an input.
@_alwaysEmitIntoClient
func leftBits<Input: Hashable & SendableMetatype>(
  in store: InputStore<Input>
) -> @Sendable (Int) -> UInt64 {
  { task in store.slots[task].map { resultBits($0) } ?? 0 }
}
