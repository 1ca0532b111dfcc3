import Foundation
import PerfGate
import Testing

/// Judges a claim for a test of Swift Testing; the test's body may be empty.
///
/// Violated: the test fails, with estimate, interval, limit, rounds and machine. Inconclusive: a
/// warning. Not checkable here: the test is skipped, with the numbers.
public struct ClaimTrait: TestTrait, TestScoping {
  private let claim: TestClaim
  private let sourceLocation: SourceLocation
  private let verdict = Box()

  init(_ claim: TestClaim, sourceLocation: SourceLocation) {
    self.claim = claim
    self.sourceLocation = sourceLocation
  }

  /// Judges, before any test of the process begins.
  public func prepare(for test: Test) async throws {
    guard await Self.isEnabled(test) else { return }
    let (judgement, finding) = await ClaimJudge.shared.judgeApart(
      claim, test: test.claimName, place: sourceLocation.place)
    if case .skipped(let text) = finding {
      #if compiler(>=6.3)
        try Test.cancel(Comment(rawValue: text), sourceLocation: sourceLocation)
      #else
        Console.say(text)
      #endif
    }
    verdict.set(judgement, finding)
  }

  /// Tells the verdict, and runs the body.
  public func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    if let (judgement, finding) = verdict.take() {
      tell(finding)
      if let record = judgement.record, let text = try? record.json() {
        Attachment.record(
          text, named: RunFiles.fileName(judgement.id) + ".json", sourceLocation: sourceLocation)
      }
    }
    try await function()
  }

  /// Whether the test is run at all: a condition that stands behind this trait comes to its turn later.
  private static func isEnabled(_ test: Test) async -> Bool {
    for case let condition as ConditionTrait in test.traits {
      if let holds = try? await condition.evaluate(), !holds { return false }
    }
    return true
  }

  private func tell(_ finding: Finding) {
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

  /// Holds the verdict from the one call to the other; it is told once, also where there are several
  /// test cases.
  ///
  /// `@unchecked Sendable` holds: `content` is only touched while `lock` is held.
  private final class Box: @unchecked Sendable {
    private let lock = NSLock()
    private var content: (Judgement, Finding)?

    func set(_ judgement: Judgement, _ finding: Finding) {
      lock.withLock { content = (judgement, finding) }
    }

    func take() -> (Judgement, Finding)? {
      lock.withLock {
        defer { content = nil }
        return content
      }
    }
  }
}

extension Trait where Self == ClaimTrait {
  /// Judges a claim: `@Test(.claim(.speedup(atLeast: 4.5, workers: 5) { work($0) })) func scales() {}`.
  public static func claim(
    _ claim: TestClaim, sourceLocation: SourceLocation = #_sourceLocation
  ) -> ClaimTrait {
    ClaimTrait(claim, sourceLocation: sourceLocation)
  }
}

extension SourceLocation {
  fileprivate var place: Place { Place(file: filePath, line: line, column: column) }
}

extension Test {
  /// The suites that the test is in, and the function's name: `MyClaims.scales`.
  var claimName: String {
    id.nameComponents.map { part in
      String(part.prefix { $0 != "(" }).filter { $0 != "`" }
    }.joined(separator: ".")
  }
}
