import CPerfGateKernels

/// Instructions for vectors of one width, which a CPU has or lacks.
package enum InstructionSet: String, CaseIterable, Sendable {
  /// 128 bits, part of x86-64.
  case sse2
  /// 256 bits.
  case avx2
  /// 512 bits, with the extensions F, BW, VL and DQ.
  case avx512
  /// 128 bits, part of arm64.
  case neon

  /// Whether this CPU has them, and the operating system keeps their registers.
  package var isSupported: Bool {
    switch self {
    #if arch(x86_64)
      case .sse2: true
      case .avx2: ck_supports_avx2()
      case .avx512: ck_supports_avx512()
      case .neon: false
    #elseif arch(arm64)
      case .neon: true
      case .sse2, .avx2, .avx512: false
    #else
      case .sse2, .avx2, .avx512, .neon: false
    #endif
    }
  }

  /// The sets that programs for this architecture can have, the narrowest first.
  package static var ofThisArchitecture: [InstructionSet] {
    #if arch(x86_64)
      [.sse2, .avx2, .avx512]
    #elseif arch(arm64)
      [.neon]
    #else
      []
    #endif
  }
}
