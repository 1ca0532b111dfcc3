import CPerfGateSystem

/// Sinks `value`: the compiler must assume that it is read, so the work behind it has to be done.
@inlinable @inline(__always)
public func blackHole<Value>(_ value: Value) {
  withUnsafePointer(to: value) { pgp_sink(UnsafeRawPointer($0)) }
}

/// Returns `value` unchanged; the compiler must assume that it could be any number.
@inlinable @inline(__always)
public func opaque(_ value: Int) -> Int {
  Int(bitPattern: UInt(pgp_opaque_u64(UInt64(UInt(bitPattern: value)))))
}

/// Returns `value` unchanged; the compiler must assume that it could be any number.
@inlinable @inline(__always)
public func opaque(_ value: Double) -> Double { pgp_opaque_double(value) }
