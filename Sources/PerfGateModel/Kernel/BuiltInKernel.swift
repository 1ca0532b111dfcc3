/// The names of the built-in kernels. No catalog may use them.
package enum BuiltInKernel {
  /// Arithmetic in registers, to measure the speedup of the machine itself.
  package static let ceiling = "ceiling"
  /// A walk through memory, to measure the speed of memory.
  package static let stream = "stream"
  /// A task that does nothing, to measure the cost of the executor.
  package static let empty = "nothing"
  /// All of them.
  package static let names: Set<String> = [ceiling, stream, empty]

  /// The reference kernel of a kernel's baseline, measured in the same rounds: the walk through
  /// memory if the kernel reads memory, otherwise arithmetic.
  package static func reference(of kernel: AnyKernel) -> String {
    readsMemory(kernel) ? stream : ceiling
  }

  /// Whether the kernel's time depends on the speed of memory.
  package static func readsMemory(_ kernel: AnyKernel) -> Bool {
    kernel.work.growth == .linear && kernel.work.bytesPerUnit > 0
  }
}
