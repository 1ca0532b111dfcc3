import Foundation

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
      if let problem = record.problem { throw RecordError(description: problem) }
      return record
    } catch let error as RecordError {
      throw error
    } catch let error as DecodingError {
      throw RecordError(description: explain(error))
    } catch {
      throw RecordError(description: "it is not a record")
    }
  }

  static func explain(_ error: DecodingError) -> String {
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
      return context.codingPath.isEmpty
        ? "it is not valid JSON" : "\(key(context.codingPath)) cannot be used"
    @unknown default: return "it cannot be decoded"
    }
  }

  /// What in the record no run can have written.
  private var problem: String? {
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
      if let bad = one.seconds.first(where: { !($0.isFinite && $0 > 0) }) {
        return "\(key).seconds holds \(bad), expected times above 0"
      }
      guard zip(one.rounds, one.rounds.dropFirst()).allSatisfy({ $0 < $1 }) else {
        return "\(key).rounds does not rise"
      }
    }
    for (index, plan) in claimPlans.enumerated() {
      guard plan.limit.isFinite, plan.limit > 0, plan.workers >= 1 else {
        return "key claimPlans.\(index) has limit \(plan.limit) at \(plan.workers) workers"
      }
      guard plan.maximumRounds.map({ (8...1000).contains($0) && $0.isMultiple(of: 2) }) ?? true,
        plan.alpha > 0, plan.alpha < 0.5
      else { return "key claimPlans.\(index) has a sequence that cannot be judged" }
    }
    return nil
  }
}
