import CPerfGateSystem

/// Consumes `value`: the compiler must assume that it is read, so it cannot remove the computation.
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
