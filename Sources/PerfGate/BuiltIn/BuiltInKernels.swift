extension Catalog {
  /// The kernel of that name, be it one of the catalog's or one that the engine brings along.
  package func measurable(_ name: String) -> AnyKernel? {
    switch name {
    case BuiltInKernel.ceiling: AnyKernel(Ceiling.self)
    case BuiltInKernel.stream: AnyKernel(Stream.self)
    case BuiltInKernel.empty: EmptyKernel.kernel
    default: kernel(name)
    }
  }
}

/// What a kernel's time is compared with in a baseline, in the same rounds.
enum ReferenceKernel {
  /// Arithmetic in registers, or a walk through as much memory as the kernel reads.
  static func of(_ kernel: AnyKernel) -> AnyKernel {
    BuiltInKernel.readsMemory(kernel) ? AnyKernel(Stream.self) : AnyKernel(Ceiling.self)
  }

  /// Units of work in a task, by which its time is divided.
  static func units(of kernel: AnyKernel, size: Int) -> Double {
    kernel.work.growth == .linear ? Double(max(1, size)) : 1
  }
}
