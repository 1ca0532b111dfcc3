extension Catalog {
  /// The kernel with that name, from the catalog or built into the engine; `nil` without one.
  package func measurable(_ name: String) -> AnyKernel? {
    switch name {
    case BuiltInKernel.ceiling: AnyKernel(Ceiling.self)
    case BuiltInKernel.stream: AnyKernel(Stream.self)
    case BuiltInKernel.empty: EmptyKernel.kernel
    default: kernel(name)
    }
  }

  /// How many tasks of an arm are done at a time: 1 unless its variant does batches.
  func tasksAtOnce(_ arm: Arm) -> Int {
    kernel(arm.kernel)?.variant(arm.variant)?.batch ?? 1
  }
}

/// The kernel that a baseline compares a kernel's time with, in the same rounds.
enum ReferenceKernel {
  /// ``Stream`` for kernels that read memory, ``Ceiling`` for others.
  static func of(_ kernel: AnyKernel) -> AnyKernel {
    BuiltInKernel.readsMemory(kernel) ? AnyKernel(Stream.self) : AnyKernel(Ceiling.self)
  }

  /// The units of work in a task, by which its time is divided.
  static func units(of kernel: AnyKernel, size: Int) -> Double {
    kernel.work.growth == .linear ? Double(max(1, size)) : 1
  }
}
