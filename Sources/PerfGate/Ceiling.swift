import CPerfGatePlacement

/// What the machine itself can do: arithmetic in registers, which nothing but CPUs can hold back.
///
/// Beside every scaling claim it runs through the same engine at the same worker counts.
public enum Ceiling: Kernel {
  /// `ceiling`.
  public static let name = "ceiling"
  /// Twice the steps take twice the time.
  public static let work = Work(unit: "iteration", growth: .linear)
  /// The only variant's name.
  public static let variant = "c.spin"

  /// One chain of dependent steps.
  public static let variants: [Variant<Int>] = [
    Variant(variant, isReference: true, isOptimized: pgp_library_is_optimized()) { steps, _ in
      pgp_spin(UInt64(opaque(steps)), UInt64(opaque(1)))
    }
  ]

  /// The number of steps itself.
  public static func makeInput(size: Int, seed: UInt64) -> Int { max(0, size) }
}
