/// The same work in one language, on one thread.
public struct PeerRow: Hashable, Sendable, Codable {
  /// What ran it: `go`, `numba`; `swift` and `c` for this program's own variants.
  public var runtime: String
  /// The version of the runtime or compiler; empty if unknown.
  public var version: String
  /// The kernel's name.
  public var kernel: String
  /// The variant's name.
  public var variant: String
  /// The time of one unit of the kernel's work, in nanoseconds; `null` if it was not measured.
  @ExplicitNull public var nanosecondsPerIteration: Double?
  /// That time over Swift's, paired by rounds; `null` without rounds of both, and for Swift.
  @ExplicitNull public var ratioToSwift: Double?
  /// The interval of the ratio: two numbers, the lower one first.
  @ExplicitNull public var interval: [Double]?
  /// How long the program took from its start to its first answer, in seconds.
  @ExplicitNull public var startupSeconds: Double?
  /// How long it took to compile, before or while it ran, in seconds; `null` if nothing was compiled.
  @ExplicitNull public var compileSeconds: Double?
  /// How to get it, if it is not here; otherwise `null`.
  @ExplicitNull public var missing: String?
  /// What a reader must know, such as that its result is discarded; otherwise `null`.
  @ExplicitNull public var note: String?

  /// A row of something that has not been measured.
  package init(runtime: String, version: String = "", kernel: String, variant: String) {
    self.runtime = runtime
    self.version = version
    self.kernel = kernel
    self.variant = variant
  }
}
