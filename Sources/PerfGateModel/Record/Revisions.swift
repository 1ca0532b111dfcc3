/// The two revisions that a run compared, and what of them cannot be compared.
public struct Revisions: Hashable, Sendable, Codable {
  /// One of the two.
  public struct Revision: Hashable, Sendable, Codable {
    /// What the user calls it: `main`, or `working tree`.
    public var name: String
    /// The commit; `null` if files differ from every commit.
    @ExplicitNull public var commit: String?

    /// A revision.
    package init(name: String, commit: String?) {
      self.name = name
      self.commit = commit
    }
  }

  /// A variant that both revisions have and that does something else in each.
  public struct Change: Hashable, Sendable, Codable {
    /// The kernel's name.
    public var kernel: String
    /// The variant's name.
    public var variant: String
    /// What differs.
    public var reason: String

    /// A change.
    package init(kernel: String, variant: String, reason: String) {
      self.kernel = kernel
      self.variant = variant
      self.reason = reason
    }
  }

  /// The revision that the other one must not be slower than.
  public var old: Revision
  /// The revision that is judged.
  public var new: Revision
  /// Kernels and variants that only the new one has: `viete/swift.simd`.
  public var added: [String] = []
  /// Kernels and variants that only the old one has.
  public var removed: [String] = []
  /// Variants that compute something else in each revision.
  public var changed: [Change] = []

  /// The two revisions.
  package init(old: Revision, new: Revision) {
    self.old = old
    self.new = new
  }
}
