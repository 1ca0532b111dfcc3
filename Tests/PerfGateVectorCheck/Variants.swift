import PerfGate
import PerfGateKernels

/// Runs the variants of that name, whether this CPU supports them or not.
///
/// - Returns: whether there is one, and each returns what its kernel's reference, or the limit that checks
///   it, returns.
func runVariants(named name: String) -> Bool {
  let found = [
    isRight(Viete.self, name, size: 100), isRight(TextScan.self, name, size: 5000),
    isRight(TextScalars.self, name, size: 5000),
  ].compactMap(\.self)
  return !found.isEmpty && found.allSatisfy(\.self)
}

/// `nil`: the kernel has no such variant.
private func isRight<K: Kernel>(_ kernel: K.Type, _ name: String, size: Int) -> Bool? {
  guard let variant = K.variants.first(where: { $0.name == name }),
    let info = AnyKernel(kernel).reference(of: name),
    let reference = K.variants.first(where: { $0.name == info.name }),
    let input = try? K.makeInput(size: size, seed: 42)
  else { return nil }
  return variant.run(input, 0) == reference.run(input, 0)
}
