import PerfGate

/// A claim as written in a test, with the code that it is about.
///
/// A statement that cannot be a claim makes the test fail, with a message.
public struct TestClaim: Sendable {
  /// Everything needed to judge the claim.
  struct Judged: Sendable {
    var claim: Claim
    var catalog: Catalog
  }

  /// What is wrong with the claim, in one line.
  struct Mistake: Error, Hashable, Sendable, CustomStringConvertible {
    var description: String
  }

  /// The claim's name; `nil` if none was given.
  let id: String?
  /// Whether the claim is about closures of the test itself.
  let isOfClosures: Bool
  private let make: @Sendable (_ id: String) throws -> Judged

  init(
    id: String?, isOfClosures: Bool = false,
    make: @escaping @Sendable (_ id: String) throws -> Judged
  ) {
    self.id = id
    self.isOfClosures = isOfClosures
    self.make = make
  }

  /// The same claim under another name.
  func named(_ id: String) -> TestClaim {
    TestClaim(id: id, isOfClosures: isOfClosures, make: make)
  }

  /// The same claim on another executor.
  @usableFromInline
  func _on(_ executor: String) -> TestClaim {
    if executor == "pool" { return self }
    return TestClaim(id: id, isOfClosures: isOfClosures) { [make] id in
      var judged = try make(id)
      judged.claim = try judged.claim.on(executor)
      return judged
    }
  }

  /// The claim under its own name, or under the test's name if it has none.
  func judged(inTest test: String) throws(Mistake) -> Judged {
    do { return try make(id ?? test) } catch { throw Mistake(description: "\(error)") }
  }
}

extension TestClaim {
  /// A claim from a list about the kernels of a catalog, such as those that the `perfgate` command
  /// judges.
  ///
  /// - Parameters:
  ///   - id: the claim's name.
  ///   - claims: the list.
  ///   - catalog: the kernels.
  public static func listed(
    _ id: String, in claims: @autoclosure @escaping @Sendable () throws -> [Claim],
    of catalog: @autoclosure @escaping @Sendable () throws -> Catalog
  ) -> TestClaim {
    TestClaim(id: id) { id in
      let claims = try claims()
      guard let claim = claims.first(where: { $0.id == id }) else {
        let known = claims.map(\.id).joined(separator: ", ")
        throw Mistake(description: "there is no claim \(id): expected one of \(known)")
      }
      return Judged(claim: claim, catalog: try catalog())
    }
  }
}
