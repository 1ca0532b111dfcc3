import Foundation
import PerfGateStatistics

/// Why a file is not a record.
public struct RecordError: Error, Hashable, Sendable, CustomStringConvertible {
  /// One line: the file, the key, what was found, what to do.
  public var description: String
}

extension Record {
  /// The largest file that is read.
  public static let maximumBytes = 256 << 20

  /// Reads a record.
  ///
  /// - Throws: ``RecordError`` when the file cannot be read, is not JSON, is of another format, lacks
  ///   a key, or holds a number that no measurement gives.
  public static func read(path: String) throws(RecordError) -> Record {
    func failure(_ text: String) -> RecordError {
      RecordError(description: "cannot read record \(path): \(text)")
    }
    let data: Data
    do {
      var status = stat()
      guard stat(path, &status) == 0 else {
        throw failure(String(cString: strerror(errno)).lowercased())
      }
      guard status.st_mode & S_IFMT == S_IFREG else { throw failure("it is not a file") }
      guard status.st_size <= maximumBytes else {
        throw failure("it has \(status.st_size >> 20) MiB, at most \(maximumBytes >> 20) are read")
      }
      data = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch let error as RecordError {
      throw error
    } catch {
      throw failure("the file cannot be read")
    }
    do throws(RecordError) { return try decode(data) } catch {
      throw failure(error.description)
    }
  }

  /// Reads a record from JSON text; see ``read(path:)``.
  public static func decode(_ data: Data) throws(RecordError) -> Record {
    struct Schema: Decodable { var schema: String }
    let decoder = JSONDecoder()
    do {
      let schema = try decoder.decode(Schema.self, from: data).schema
      guard schema == currentSchema else {
        throw RecordError(
          description: "key schema is \(schema.prefix(60)), expected \(currentSchema); "
            + "use the perfgate that wrote it")
      }
      let record = try decoder.decode(Record.self, from: data)
      if let problem = record.problem { throw damaged(problem) }
      return record
    } catch let error as RecordError {
      throw error
    } catch let error as DecodingError {
      throw damaged(explain(error, data))
    } catch {
      throw damaged("it is not a record")
    }
  }

  private static func damaged(_ text: String) -> RecordError {
    RecordError(description: "\(text); restore it or measure again")
  }

  private static func explain(_ error: DecodingError, _ data: Data) -> String {
    func key(_ path: [any CodingKey]) -> String {
      path.isEmpty
        ? "the whole file"
        : "key "
          + path.map { $0.intValue.map(String.init) ?? $0.stringValue }
          .joined(separator: ".")
    }
    switch error {
    case .keyNotFound(let missing, let context):
      return "\(key(context.codingPath + [missing])) is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return "\(key(context.codingPath)) is of another type than expected"
    case .dataCorrupted(let context):
      if !context.codingPath.isEmpty { return "\(key(context.codingPath)) cannot be used" }
      guard let path = misfit(data) else { return "it is not valid JSON\(place(data))" }
      return "\(key(path)) cannot be used"
    @unknown default: return "it cannot be decoded"
    }
  }

  /// Which number does not fit into its type: where it stands the JSON decoder does not tell, the
  /// decoder of property lists does.
  private static func misfit(_ data: Data) -> [any CodingKey]? {
    func withoutNulls(_ value: Any) -> Any {
      if let list = value as? [Any] { return list.map(withoutNulls) }
      guard let object = value as? [String: Any] else { return value }
      return object.filter { !($0.value is NSNull) }.mapValues(withoutNulls)
    }
    guard let object = try? JSONSerialization.jsonObject(with: data),
      let list = try? PropertyListSerialization.data(
        fromPropertyList: withoutNulls(object), format: .binary, options: 0)
    else { return nil }
    do { _ = try PropertyListDecoder().decode(Record.self, from: list) } catch {
      if case DecodingError.dataCorrupted(let context) = error { return context.codingPath }
      if case DecodingError.typeMismatch(_, let context) = error { return context.codingPath }
    }
    return nil
  }

  /// Where JSON ends to be JSON; the decoder does not tell, the older parser does.
  private static func place(_ data: Data) -> String {
    do { _ = try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed) } catch {
      let text = (error as NSError).userInfo["NSDebugDescription"] as? String ?? ""
      if let match = text.firstMatch(of: /around character ([0-9]+)/), let byte = Int(match.1) {
        return " near line \(data.prefix(byte).count { $0 == UInt8(ascii: "\n") } + 1)"
      }
      if let match = text.firstMatch(of: /^Number (\S{1,40})\S* is not representable/) {
        return ": \(match.1) is beyond all numbers"
      }
      return text.contains("end of file") ? ": it ends too early" : ""
    }
    return ""
  }
}

extension Record {
  /// Seconds that a round can have lasted; with these no ratio leaves the numbers there are.
  private static let possibleSeconds = 1e-12...1e9

  /// What in the record no run can have written.
  private var problem: String? { seriesProblem ?? planProblem ?? stageProblem }

  private var seriesProblem: String? {
    var ids: Set<String> = []
    for (index, one) in series.enumerated() {
      let key = "key series.\(index)"
      guard ids.insert(one.id).inserted else { return "\(key).id \(one.id) is there twice" }
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
      guard Claim.Kind.names.contains(plan.kind) else {
        return "\(key).kind is \(plan.kind.prefix(60)), expected "
          + Claim.Kind.names.joined(separator: ", ")
      }
      guard plan.limit.isFinite, plan.limit > 0, plan.workers >= 1, plan.bound.isFinite else {
        return "\(key) has limit \(plan.limit) at \(plan.workers) workers"
      }
      guard plan.alpha > 0, plan.alpha < 0.5 else {
        return "\(key).alpha is \(plan.alpha), expected above 0 and below 0.5"
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
    var names: Set<String> = []
    for (index, stage) in stages.enumerated() {
      guard names.insert("\(stage.stage) \(stage.group)").inserted else {
        return "key stages.\(index) is there twice: stage \(stage.stage) of \(stage.group)"
      }
    }
    return nil
  }
}
