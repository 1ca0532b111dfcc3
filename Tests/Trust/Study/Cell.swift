import PerfGate

/// Gates of one kind: which work, which claims, and where it runs.
struct Cell: Sendable {
  /// Where the rounds run.
  enum Way: String, Codable, Sendable {
    /// Each round in a process of its own.
    case starts
    /// All rounds of a gate in one process.
    case oneProcess
  }

  /// What else the machine does meanwhile.
  enum Environment: String, Codable, Sendable, CaseIterable {
    /// Nothing.
    case quiet
    /// A process that counts.
    case busy
    /// A process that writes through far more memory than the caches hold.
    case hog
  }

  /// Its name on the command line and in files.
  var name: String
  /// The claims that are judged from the same rounds.
  var claims: [TrustClaim]
  var way = Way.starts
  var environment = Environment.quiet
  /// How often the claims are judged in the whole study.
  var count: Int
  /// How long an arm lasts where nothing else is asked for, in seconds.
  var armSeconds = Settings.usualArmSeconds

  /// All cells of the study, in the order in which they run.
  static let all: [Cell] = [
    Cell(name: "drawn", claims: drawn("b", percent: 0), count: 334),
    Cell(name: "drawn-one-process", claims: drawn("b", percent: 0), way: .oneProcess, count: 334),
    Cell(name: "drawn-slower", claims: drawn("plus.10", percent: 10), count: 67),
    Cell(
      name: "drawn-slower-one-process", claims: drawn("plus.10", percent: 10), way: .oneProcess,
      count: 67),
    Cell(name: "same", claims: same, count: 750, armSeconds: 0.005),
    // Rounds of their own: three arms with the same data would find it in the caches more often.
    Cell(name: "near-limit", claims: drawn("plus.5", percent: 5), count: 20),
    Cell(name: "near-limit-below", claims: drawn("plus.4", percent: 4), count: 20),
    Cell(name: "near-limit-above", claims: drawn("plus.6", percent: 6), count: 20),
    Cell(name: "copies", claims: copies, count: 50),
    Cell(name: "power", claims: power, count: 200, armSeconds: 0.005),
    Cell(name: "power-busy", claims: power, environment: .busy, count: 200, armSeconds: 0.005),
    Cell(name: "power-hog", claims: power, environment: .hog, count: 200, armSeconds: 0.005),
  ]

  static func named(_ name: String) -> Cell? { all.first { $0.name == name } }

  /// The kernels of the claims, in the order of the claims.
  var kernels: [String] {
    claims.reduce(into: []) { if !$0.contains($1.kernel) { $0.append($1.kernel) } }
  }

  /// The variants that the claims are about, by kernel.
  var variants: [String: Set<String>] {
    claims.reduce(into: [:]) { $0[$1.kernel, default: []].formUnion([$1.subject, $1.reference]) }
  }

  private static func drawn(_ subject: String, percent: Int) -> [TrustClaim] {
    Laboratory.drawn.map {
      TrustClaim(kernel: $0, subject: subject, reference: "a", percent: percent, limit: 1.05)
    }
  }

  private static let same = (1...OneFunction.pairs).map {
    TrustClaim(
      kernel: OneFunction.name, subject: "b\($0)", reference: "a\($0)", percent: 0, limit: 1.05)
  }

  private static let power = [1.02, 1.05].flatMap { limit in
    ([("b1", 0)] + OneFunction.slowerBy.map { ("plus.\($0)", $0) }).map {
      TrustClaim(
        kernel: OneFunction.name, subject: $0.0, reference: "a1", percent: $0.1, limit: limit)
    }
  }

  /// Neighbors in the list lie next to each other; pairs of them have no copy in common.
  private static let copies = stride(from: 0, to: 8, by: 2).map {
    TrustClaim(
      kernel: FunctionCopies.name, subject: "copy.\($0 + 1)", reference: "copy.\($0)",
      percent: nil, limit: 1.05)
  }
}

/// A claim whose truth is known.
struct TrustClaim: Hashable, Sendable {
  var kernel: String
  var subject: String
  var reference: String
  /// How much more work the subject does, in percent; `nil` if the same work may be slower there.
  var percent: Int?
  var limit: Double

  /// Its name: `drawn.set/b@5`.
  var id: String {
    "\(kernel)/\(subject)@\(Int(((limit - 1) * 100).rounded()))"
  }

  func claim() throws(ClaimError) -> Claim {
    try Claim(
      id: id, text: id, kernel: kernel,
      .ratio(subject: subject, reference: reference, atMost: limit, workers: 1))
  }
}
