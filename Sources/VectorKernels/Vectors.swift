// One source for several instruction sets: each is a module of its own, with the same declarations.
//
// Nothing here may be a generic function that is not inlined: its specialization is a symbol that
// the linker shares between modules, so that code for a CPU with AVX-512 would run on all others.

#if arch(x86_64)
  #if AVX512
    /// As many numbers as a register of this instruction set has: 8.
    typealias Doubles = SIMD8<Double>
    /// The same as words.
    typealias Words = SIMD8<UInt64>
    /// The same as bytes.
    typealias Bytes = SIMD64<UInt8>
  #elseif AVX2
    /// As many numbers as a register of this instruction set has: 4.
    typealias Doubles = SIMD4<Double>
    /// The same as words.
    typealias Words = SIMD4<UInt64>
    /// The same as bytes.
    typealias Bytes = SIMD32<UInt8>
  #else
    /// As many numbers as a register of this instruction set has: 2.
    typealias Doubles = SIMD2<Double>
    /// The same as words.
    typealias Words = SIMD2<UInt64>
    /// The same as bytes.
    typealias Bytes = SIMD16<UInt8>
  #endif
#endif
