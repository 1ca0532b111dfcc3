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

/// Keeps an error that a call threw, for the engine; in place of a result, which nobody looks at then.
@usableFromInline
func keepThrown(_ error: any Error, task: Int) -> UInt64 {
  ThrownErrors.keep(error, task: task)
  return 0
}

/// A closure of a task's number as the engine calls it.
@_alwaysEmitIntoClient
func taskBits<Result: Hashable & SendableMetatype>(
  of work: @escaping @Sendable (Int) throws -> Result
) -> @Sendable (Int) -> UInt64 {
  { task in
    do { return resultBits(try work(task)) } catch { return keepThrown(error, task: task) }
  }
}

/// A closure of whose results nothing is compared.
@_alwaysEmitIntoClient
func taskBits<Result>(
  ofNothing work: @escaping @Sendable (Int) throws -> Result
) -> @Sendable (Int) -> UInt64 {
  { task in
    do { _ = try work(task) } catch { return keepThrown(error, task: task) }
    return 0
  }
}

/// A closure of nothing.
@_alwaysEmitIntoClient
func callBits<Result: Hashable & SendableMetatype>(
  of call: @escaping @Sendable () throws -> Result
) -> @Sendable (Int) -> UInt64 {
  { task in
    do { return resultBits(try call()) } catch { return keepThrown(error, task: task) }
  }
}

/// A closure of nothing of whose results nothing is compared.
@_alwaysEmitIntoClient
func callBits<Result>(
  ofNothing call: @escaping @Sendable () throws -> Result
) -> @Sendable (Int) -> UInt64 {
  { task in
    do { _ = try call() } catch { return keepThrown(error, task: task) }
    return 0
  }
}

// The same for calls that each have an input of their own. It is there: where `setUp` throws, the engine
// ends before any call.

/// A closure of an input.
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

/// A closure of an input of whose results nothing is compared.
@_alwaysEmitIntoClient
func callBits<Input: SendableMetatype, Result>(
  ofNothing call: @escaping @Sendable (inout Input) throws -> Result, _ store: InputStore<Input>
) -> @Sendable (Int) -> UInt64 {
  { task in
    do { _ = try call(&store.slots[task]!) } catch { return keepThrown(error, task: task) }
    return 0
  }
}

/// What stands for what is left in an input.
@_alwaysEmitIntoClient
func leftBits<Input: Hashable & SendableMetatype>(
  in store: InputStore<Input>
) -> @Sendable (Int) -> UInt64 {
  { task in store.slots[task].map { resultBits($0) } ?? 0 }
}
