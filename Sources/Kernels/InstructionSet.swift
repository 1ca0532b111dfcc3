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

  /// Those that kernels have variants for, the narrowest first: also those of x86-64 on other
  /// architectures, where a claim about them is not checkable and not a mistake.
  package static var listed: [InstructionSet] {
    #if arch(arm64)
      [.sse2, .avx2, .avx512, .neon]
    #else
      [.sse2, .avx2, .avx512]
    #endif
  }

  /// Those with a variant in Swift; nobody could try one on arm64.
  package static let inSwift: [InstructionSet] = [.sse2, .avx2, .avx512]

  /// The widest one with a variant in Swift that this CPU has, or else one that it lacks.
  package static var widestInSwift: InstructionSet { inSwift.last { $0.isSupported } ?? .sse2 }
}
