/// The names of the kernels that the engine brings along; no catalog may use them.
package enum BuiltInKernel {
  /// Arithmetic in registers: what the machine itself reaches.
  package static let ceiling = "ceiling"
  /// A walk through memory.
  package static let stream = "stream"
  /// A task that does nothing.
  package static let empty = "nothing"
  /// All of them.
  package static let names: Set<String> = [ceiling, stream, empty]

  /// Which of them a kernel's time is compared with in a baseline, in the same rounds: the walk through
  /// memory where the kernel reads some, else arithmetic.
  package static func reference(of kernel: AnyKernel) -> String {
    readsMemory(kernel) ? stream : ceiling
  }

  /// Whether memory is what the kernel's time is made of.
  package static func readsMemory(_ kernel: AnyKernel) -> Bool {
    kernel.work.growth == .linear && kernel.work.bytesPerUnit > 0
  }
}
