import Foundation
import PerfGateStatistics

/// Why a file is not what it should be.
public struct RecordError: Error, Hashable, Sendable, CustomStringConvertible {
  /// One line: the file, the key, what was found, what to do.
  public var description: String
  /// The signal that ended the wait for the file's bytes; `nil`: none did.
  public var signal: Int32?

  /// What is wrong with a file.
  package init(description: String, signal: Int32? = nil) {
    self.description = description
    self.signal = signal
  }
}

extension Record {
  /// The largest file that is read.
  public static let maximumBytes = 128 << 20
  /// How many values of a file are read: three for each round of each series, so those of 12 hours in
  /// which one takes 0.03 s. At most 400 MiB of memory hold the largest record.
  static let maximumValues = 5_000_000

  /// Reads a record from JSON text.
  ///
  /// - Throws: ``RecordError`` when it is not JSON, is of another format, lacks a key, or holds a number
  ///   that no measurement gives.
  public static func decode(_ data: Data) throws(RecordError) -> Record {
    try JSONText.decode(
      Record.self, from: data, schema: currentSchema, maximumValues: maximumValues,
      problem: \.problem)
  }
}

extension Record {
  /// Seconds that a round can have lasted; with these no ratio leaves the numbers there are.
  private static let possibleSeconds = 1e-12...1e9

  /// What in the record no run can have written.
  private var problem: String? { seriesProblem ?? planProblem ?? stageProblem }

  private var seriesProblem: String? {
    var keys: Set<SeriesKey> = []
    for (index, one) in series.enumerated() {
      let key = "key series.\(index)"
      guard keys.insert(one.key).inserted else { return "\(key).id \(one.id) is there twice" }
      guard one.rounds.count == one.seconds.count else {
        return "\(key) has \(one.rounds.count) rounds and \(one.seconds.count) seconds"
      }
      guard one.tasks >= 1, one.workers >= 1 else {
        return "\(key) has \(one.tasks) tasks and \(one.workers) workers, expected 1 or more"
      }
      if let bad = one.seconds.first(where: { !Self.possibleSeconds.contains($0) }) {
        return "\(key).seconds holds \(bad), expected times above 0 and up to 1e9"
      }
      guard zip(one.rounds, one.rounds.dropFirst()).allSatisfy({ $0 < $1 }) else {
        return "\(key).rounds does not rise"
      }
    }
    return nil
  }

  private var planProblem: String? {
    var ids: Set<String> = []
    for (index, plan) in claimPlans.enumerated() {
      let key = "key claimPlans.\(index)"
      guard ids.insert(plan.id).inserted else { return "\(key).id \(plan.id) is there twice" }
      guard plan.limit.isFinite, plan.limit > 0, plan.workers >= 1, plan.bound.isFinite else {
        return "\(key) has limit \(plan.limit) at \(plan.workers) workers"
      }
      guard plan.alpha > 0, plan.alpha < 0.5 else {
        return "\(key).alpha is \(plan.alpha), expected above 0 and below 0.5"
      }
      if let baseline = plan.baseline, let problem = baseline.problem {
        return "\(key).baseline.\(problem)"
      }
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
        return "key stages.\(index) is there twice: stage \(stage.stage.rawValue) of \(stage.group)"
      }
    }
    return nil
  }
}
