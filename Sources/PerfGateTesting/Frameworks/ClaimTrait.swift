import Foundation
import PerfGate
import Testing

/// Judges claims for a test of Swift Testing. The test's body may be empty.
///
/// Violated: the test fails, with estimate, interval, limit, rounds and machine. Inconclusive: a
/// warning. Not checkable here: the test is skipped, with the numbers, unless another claim of the
/// same test was checked; then the reason is printed.
public struct ClaimTrait: TestTrait, TestScoping {
  private let claims: [NamedClaim]
  private let sourceLocation: SourceLocation
  private let verdicts = Box()

  init(_ claims: [NamedClaim], sourceLocation: SourceLocation) {
    self.claims = claims
    self.sourceLocation = sourceLocation
  }

  /// Judges the claims, before any test of the process begins.
  public func prepare(for test: Test) async throws {
    let traits = test.traits.compactMap { $0 as? ClaimTrait }
    let claims = names(among: traits, of: test)
    if ClaimServer.isServing { return await serve(claims, among: traits, of: test) }
    guard await Self.isEnabled(test) else { return }
    for (index, (name, claim)) in claims.enumerated() {
      let position = position(of: index, among: traits, of: test)
      verdicts.add(await judge(claim, name, at: position, of: test))
    }
    if claims.isEmpty {
      verdicts.add(refuse("it has no arguments, so it checks nothing; give at least one", of: test))
    }
    // Only the last trait knows whether any claim of the test was checked.
    guard traits.last?.verdicts === verdicts else { return }
    let findings = traits.flatMap { $0.verdicts.all.map(\.finding) }
    let skips = findings.compactMap { if case .skipped(let text) = $0 { text } else { nil } }
    guard !skips.isEmpty else { return }
    #if compiler(>=6.3)
      if skips.count == findings.count {
        try Test.cancel(
          Comment(rawValue: skips.joined(separator: "; ")), sourceLocation: sourceLocation)
      }
    #endif
    skips.forEach { Console.say("skipped: \($0)") }
  }

  /// Reports the verdicts, and runs the body.
  public func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    for (judgement, finding) in verdicts.take() {
      report(finding)
      if case .nameTaken(let text, let place) = judgement.outcome { await tellTaken(text, place) }
      if let record = judgement.record, let text = try? record.json() {
        Attachment.record(
          text, named: RunFiles.fileName(judgement.id) + ".json", sourceLocation: sourceLocation)
      }
    }
    try await function()
  }

  /// Where a claim is in this test, which another process of the bundle finds again.
  private func position(
    of index: Int, among traits: [ClaimTrait], of test: Test
  ) -> ClaimAddress.Position {
    ClaimAddress.Position(
      framework: .swiftTesting, test: String(describing: test.id),
      trait: traits.firstIndex { $0.verdicts === verdicts } ?? 0, index: index)
  }

  /// Serves the claim that this process was started for, if it is one of these: on a new thread,
  /// because its calls may need all threads of Swift's concurrency.
  private func serve(
    _ claims: [(name: String, claim: TestClaim)], among traits: [ClaimTrait], of test: Test
  ) async {
    let positions = claims.indices.map { position(of: $0, among: traits, of: test) }
    await withCheckedContinuation { continuation in
      Thread.detachNewThread { [sourceLocation] in
        for ((name, claim), position) in zip(claims, positions) {
          ClaimServer.serve(
            claim.named(name), test: test.claimName, at: position, sourceLocation.place)
        }
        continuation.resume()
      }
    }
  }

  /// The claims under their names in the test, which depend on the order of the traits.
  private func names(
    among traits: [ClaimTrait], of test: Test
  ) -> [(name: String, claim: TestClaim)] {
    var used: [String: Int] = [:]
    for trait in traits {
      let named = trait.claims.map { (name: $0.name(in: test.claimName, &used), claim: $0.claim) }
      if trait.verdicts === verdicts { return named }
    }
    return []
  }

  private func judge(
    _ claim: TestClaim, _ name: String, at position: ClaimAddress.Position, of test: Test
  ) async -> (judgement: Judgement, finding: TestVerdict) {
    if test.isParameterized {
      let function = test.name.prefix { $0 != "(" }
      return refuse(
        "a claim is judged once, without the arguments of its test; write "
          + "@Test(.claim(arguments: [...]) { argument in ... }) func \(function)() {}",
        named: name, of: test)
    }
    let verdict = await ClaimJudge.shared.judgeApart(
      claim.named(name), test: test.claimName, place: sourceLocation.place, position: position)
    if case .nameTaken = verdict.0.outcome { return (verdict.0, .passed) }
    return verdict
  }

  /// Fails the run if claims of several tests share a name.
  ///
  /// No single test is blamed, because which of them comes first changes from run to run.
  private func tellTaken(_ text: String, _ place: Place) async {
    _ = await Task.detached {
      Issue.record(
        Comment(rawValue: text.asASCII), sourceLocation: place.sourceLocation(like: sourceLocation))
    }.value
  }

  /// Whether the test runs at all. Conditions that follow this trait are evaluated later.
  private static func isEnabled(_ test: Test) async -> Bool {
    for case let condition as ConditionTrait in test.traits {
      if let holds = try? await condition.evaluate(), !holds { return false }
    }
    return true
  }

  private func report(_ finding: TestVerdict) {
    switch finding {
    case .passed, .skipped: break
    case .failed(let text):
      Issue.record(Comment(rawValue: text), sourceLocation: sourceLocation)
    case .warning(let text):
      #if compiler(>=6.3)
        Issue.record(Comment(rawValue: text), severity: .warning, sourceLocation: sourceLocation)
      #else
        Console.say(text)
      #endif
    }
  }

  private func refuse(
    _ text: String, named name: String? = nil, of test: Test
  ) -> (judgement: Judgement, finding: TestVerdict) {
    ClaimJudge.shared.refuse(
      name ?? test.claimName, text, test: test.claimName, place: sourceLocation.place)
  }

  /// Keeps the verdicts from one call to the other. They are reported once, even if there are
  /// several test cases.
  ///
  /// `@unchecked Sendable` holds: `content` is only touched while `lock` is held.
  private final class Box: @unchecked Sendable {
    private let lock = NSLock()
    private var content: [(judgement: Judgement, finding: TestVerdict)] = []

    var all: [(judgement: Judgement, finding: TestVerdict)] { lock.withLock { content } }

    func add(_ verdict: (judgement: Judgement, finding: TestVerdict)) {
      lock.withLock { content.append(verdict) }
    }

    func take() -> [(judgement: Judgement, finding: TestVerdict)] {
      lock.withLock {
        defer { content = [] }
        return content
      }
    }
  }
}

/// A claim of a test, with the argument that distinguishes it from other claims of its trait.
struct NamedClaim: Sendable {
  var claim: TestClaim
  /// The argument that the claim was made for, as text; `nil`: none.
  var argument: String?

  /// The claim's name: `MyClaims.scales`, `MyClaims.scales(1000)`, or `MyClaims.scales#2` for the
  /// second claim without its own name.
  ///
  /// - Parameter used: how often each name was used in the test.
  func name(in test: String, _ used: inout [String: Int]) -> String {
    let name = (claim.id ?? test) + (argument.map { "(\($0))" } ?? "")
    guard claim.id == nil else { return name }
    let number = used[name, default: 0] + 1
    used[name] = number
    return number == 1 ? name : "\(name)#\(number)"
  }
}

extension Trait where Self == ClaimTrait {
  /// Judges a claim: `@Test(.claim(.speedup(atLeast: 4.5, workers: 5) { work($0) })) func scales() {}`.
  public static func claim(
    _ claim: TestClaim, sourceLocation: SourceLocation = #_sourceLocation
  ) -> ClaimTrait {
    ClaimTrait([NamedClaim(claim: claim)], sourceLocation: sourceLocation)
  }

  /// Judges a claim for each argument, under the names `MyClaims.grows(1000)` and so on:
  /// `@Test(.claim(arguments: [1000, 100_000]) { size in .ratio(...) }) func grows() {}`.
  ///
  /// - Parameters:
  ///   - arguments: at least one. Their texts must differ.
  ///   - sourceLocation: the location of the trait.
  ///   - claim: makes the claim of an argument, before anything is judged.
  public static func claim<Arguments: Sequence>(
    arguments: Arguments, sourceLocation: SourceLocation = #_sourceLocation,
    _ claim: (Arguments.Element) -> TestClaim
  ) -> ClaimTrait {
    ClaimTrait(
      arguments.map { NamedClaim(claim: claim($0), argument: "\($0)") },
      sourceLocation: sourceLocation)
  }
}

extension SourceLocation {
  fileprivate var place: Place {
    Place(file: filePath, line: line, column: column, fileID: fileID)
  }
}

extension Place {
  /// Where Swift Testing shows the issue.
  fileprivate func sourceLocation(like other: SourceLocation) -> SourceLocation {
    SourceLocation(fileID: fileID ?? other.fileID, filePath: file, line: line, column: column)
  }
}

extension Test {
  /// The suites of the test and the function's name: `MyClaims.scales`.
  var claimName: String {
    id.nameComponents.map { part in
      // A name in back-ticks may itself have parentheses.
      part.hasPrefix("`")
        ? String(part.dropFirst().prefix { $0 != "`" }) : String(part.prefix { $0 != "(" })
    }.joined(separator: ".")
  }
}
