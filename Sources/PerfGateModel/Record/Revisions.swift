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

  /// A package that each revision was built with another version of.
  public struct Dependency: Hashable, Sendable, Codable {
    /// Its identity: `swift-numerics`.
    public var name: String
    /// The version, branch or commit of the old revision; `null`: it does not need it.
    @ExplicitNull public var old: String?
    /// That of the new one.
    @ExplicitNull public var new: String?

    /// A package.
    package init(name: String, old: String?, new: String?) {
      self.name = name
      self.old = old
      self.new = new
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
  /// What both took from the working tree: paths from the top of the repository.
  public var kept: [String] = []
  /// Packages that each revision was built with another version of.
  public var dependencies: [Dependency] = []

  /// The two revisions.
  package init(old: Revision, new: Revision) {
    self.old = old
    self.new = new
  }

  /// Reads both; what is missing was not known yet when they were written.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func list<Element: Decodable>(_ key: CodingKeys) throws -> [Element] {
      try values.decodeIfPresent([Element].self, forKey: key) ?? []
    }
    old = try values.decode(Revision.self, forKey: .old)
    new = try values.decode(Revision.self, forKey: .new)
    added = try list(.added)
    removed = try list(.removed)
    changed = try list(.changed)
    kept = try list(.kept)
    dependencies = try list(.dependencies)
  }
}
