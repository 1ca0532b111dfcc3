/// What one record says of its claims: all that a fleet keeps of it.
package struct FleetRun: Hashable, Sendable {
  /// What names a run. Machines of a fleet may begin in the same second, so the length of the run
  /// belongs to it. Copies of a record also have the same findings and figures.
  package struct Identity: Hashable, Sendable {
    var machine: String
    var started: String
    var seed: UInt64
    var seconds: Double
  }

  /// The verdict of the run on one claim.
  package struct Finding: Hashable, Sendable {
    /// The claim.
    package var statement: FleetStatement
    /// The verdict.
    package var verdict: Verdict.Word
    /// Why it is not decided; `nil` if it is.
    package var reason: FleetReason?
  }

  /// A variant whose work is not proven.
  package struct Unproven: Hashable, Sendable {
    /// The kernel and the variant: `viete/swift.scalar`.
    package var variant: String
    /// What was found and what was expected.
    package var finding: String
  }

  /// Which run it is.
  package var identity: Identity
  /// The key of the machine.
  package var machine: String { identity.machine }
  /// The machine's CPU.
  package var cpu: String
  /// Whether the run came to its end.
  package var isComplete: Bool
  /// The verdicts, in the order of the record.
  package var findings: [Finding]
  /// What is not proven.
  package var unproven: [Unproven]
  /// A hash of the results with all their figures, the same during one process.
  package var figures = 0
}

extension FleetRun {
  /// Judges a record again, from its own rounds.
  ///
  /// - Parameter sentence: makes the sentence of a reason.
  package init(_ record: Record, sentence: (Reason) -> String) {
    identity = Identity(
      machine: record.machine.key, started: record.started, seed: record.seed,
      seconds: record.seconds)
    cpu = record.machine.cpu
    isComplete = record.complete
    let results = Judge.results(record, tellsDetectable: false)
    figures = results.hashValue
    findings = zip(record.claimPlans, results).map { plan, result in
      Finding(
        statement: FleetStatement(plan), verdict: result.verdict.word,
        reason: result.reason.map { FleetReason(sentence($0), $0.cause) })
    }
    unproven = record.unproven.map {
      Unproven(variant: "\($0.kernel)/\($0.variant)", finding: FleetReason.shortened($0.reason))
    }
  }
}

/// Why a run did not decide a claim.
package struct FleetReason: Hashable, Sendable {
  /// The most characters of a sentence that are kept: there may be one for each run.
  private static let mostCharacters = 300

  /// The sentence, with its numbers.
  package var sentence: String
  /// The sentence without its numbers, which differ from run to run.
  package var kind: String
  /// The kind of reason, for programs; `nil` in records of earlier versions.
  package var cause: Cause?

  init(_ sentence: String, _ cause: Cause?) {
    self.sentence = Self.shortened(sentence)
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    kind = String(decoding: self.sentence.utf8.filter { !digits.contains($0) }, as: UTF8.self)
    self.cause = cause
  }

  static func shortened(_ text: String) -> String {
    text.utf8.count <= mostCharacters ? text : String(text.prefix(mostCharacters - 1)) + "…"
  }
}
