import Foundation
import PerfGateStatistics

/// Why a record or baseline cannot be read.
public struct RecordError: Error, Hashable, Sendable, CustomStringConvertible {
  /// One line: the file, the key, what was found, what to do.
  public var description: String
  /// The signal that interrupted reading; `nil`: none did.
  public var signal: Int32?

  /// Makes an error with its message.
  package init(description: String, signal: Int32? = nil) {
    self.description = description
    self.signal = signal
  }
}

extension Record {
  /// How much of a record is read.
  package enum Content: Sendable {
    /// All of it.
    case everything
    /// The run, its machine, and what verdicts are judged from. Everything else is left out, even if
    /// it is damaged.
    case verdicts

    /// Where a decoder has it; without it everything is read.
    static let key = CodingUserInfoKey(rawValue: "perfgate.content")

    static func of(_ decoder: any Decoder) -> Content {
      key.flatMap { decoder.userInfo[$0] as? Content } ?? .everything
    }
  }

  /// The size of the largest file that is read, in bytes.
  public static let maximumBytes = 128 << 20
  /// The most values in a file. There are three for each round of each series, so this is enough
  /// for 12 hours of rounds of 0.03 s. The largest record needs at most 400 MiB of memory.
  static let maximumValues = 5_000_000

  /// Reads a record from JSON text.
  ///
  /// - Throws: ``RecordError`` if the text is not JSON, has another format, lacks a key, or
  ///   contains a number that no measurement gives.
  public static func decode(_ data: Data) throws(RecordError) -> Record {
    try decode(data, content: .everything)
  }

  /// Reads a record, or what of it is needed; see ``decode(_:)``.
  package static func decode(_ data: Data, content: Content) throws(RecordError) -> Record {
    // What is wrong with a record is told of all of it.
    if content == .verdicts, let parts = VerdictParts.cut(data),
      let record = try? decodeJSON(parts.json, content), !record.lacks(parts.omitted)
    {
      return record
    }
    return try decodeJSON(data, content)
  }

  private static func decodeJSON(_ data: Data, _ content: Content) throws(RecordError) -> Record {
    try JSONText.decode(
      Record.self, from: data, schema: currentSchema, maximumValues: maximumValues,
      userInfo: Content.key.map { [$0: content] } ?? [:], problem: \.problem)
  }
}

extension Record {
  /// How long a round may have lasted, in seconds. Within these bounds every ratio is a finite
  /// number.
  private static let possibleSeconds = 1e-12...1e9

  /// A value in the record that no run writes; `nil` if there is none.
  private var problem: String? { seriesProblem ?? planProblem ?? stageProblem }

  private var seriesProblem: String? {
    var keys: Set<SeriesKey> = []
    for (index, one) in series.enumerated() {
      let key = "key series.\(index)"
      guard keys.insert(one.key).inserted else { return "\(key).id \(one.id) is defined twice" }
      guard one.rounds.count == one.seconds.count else {
        return "\(key) has \(one.rounds.count) rounds and \(one.seconds.count) seconds"
      }
      guard one.tasks >= 1, one.workers >= 1 else {
        return "\(key) has \(one.tasks) tasks and \(one.workers) workers, expected 1 or more"
      }
      if let bad = one.seconds.first(where: { !Self.possibleSeconds.contains($0) }) {
        return "\(key).seconds holds \(bad), expected times above 0 and up to 1e9"
      }
      if let pairs = one.pairs, pairs.count != one.rounds.count {
        return "\(key) has \(one.rounds.count) rounds and \(pairs.count) pairs"
      }
      if let counts = one.counts {
        guard counts.count == one.rounds.count else {
          return "\(key) has \(one.rounds.count) rounds and \(counts.count) counts"
        }
        let numbers = counts.flatMap { $0.least.numbers + $0.most.numbers + [$0.calls] }
        if let bad = numbers.first(where: { !(0...1 << 53 ~= $0) }) {
          return "\(key).counts holds \(bad), expected 0 to 2^53"
        }
      }
      if let bytes = one.bytes {
        guard bytes.count == one.rounds.count else {
          return "\(key) has \(one.rounds.count) rounds and \(bytes.count) bytes"
        }
        if let bad = bytes.first(where: { !(0...1 << 53 ~= $0) }) {
          return "\(key).bytes holds \(bad), expected 0 to 2^53"
        }
      }
      let places = one.rounds.indices.map(one.place)
      guard zip(places, places.dropFirst()).allSatisfy({ $0 < $1 }) else {
        return "\(key).rounds must rise"
      }
    }
    return nil
  }

  private var planProblem: String? {
    var ids: Set<String> = []
    for (index, plan) in claimPlans.enumerated() {
      let key = "key claimPlans.\(index)"
      guard ids.insert(plan.id).inserted else { return "\(key).id \(plan.id) is defined twice" }
      // Nothing at all can be claimed of what is counted.
      let isPossible = plan.limit > 0 || plan.kind.counter != nil && plan.limit == 0
      guard plan.limit.isFinite, isPossible, plan.workers >= 1, plan.bound.isFinite else {
        return "\(key) has limit \(plan.limit) at \(plan.workers) workers"
      }
      guard plan.alpha > 0, plan.alpha < 0.5 else {
        return "\(key).alpha is \(plan.alpha), expected above 0 and below 0.5"
      }
      if let baseline = plan.baseline, let problem = baseline.problem {
        return "\(key).baseline.\(problem)"
      }
      if let problem = plan.countBaseline?.problem { return "\(key).countBaseline.\(problem)" }
      for (name, rounds) in [
        ("maximumRounds", plan.maximumRounds), ("ceilingRounds", plan.ceilingRounds),
      ] {
        guard let rounds, SignBoundary(alpha: 0.05, maximumRounds: rounds) == nil else { continue }
        return "\(key).\(name) is \(rounds), expected an even number from 8 to 1000"
      }
    }
    return nil
  }

  private var stageProblem: String? {
    struct Sequence: Hashable {
      var group: GroupKey
      var stage: Stage
    }
    var sequences: Set<Sequence> = []
    for (index, stage) in stages.enumerated() {
      guard sequences.insert(Sequence(group: stage.group, stage: stage.stage)).inserted else {
        return "key stages.\(index) is a duplicate: stage \(stage.stage.rawValue) of \(stage.group)"
      }
    }
    return nil
  }
}
