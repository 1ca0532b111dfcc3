import PerfGateKernels

/// A kernel that is written for one instruction set, and how to find out whether it works.
struct CheckedKernel: Sendable {
  /// For example `c.viete.avx2`.
  var name: String
  var set: InstructionSet
  /// Runs the kernel on some inputs; returns what is not as in the scalar reference.
  var disagreements: @Sendable () -> [String]
}

/// Every kernel that this program checks. A new family of kernels adds its list here.
let checkedKernels: [CheckedKernel] = vieteKernels + rootKernels + textKernels
