import Foundation

/// A value of a format, whose key `schema` is looked at before all others: another version may have
/// other keys.
private struct WithSchema<Value: Decodable>: Decodable {
  private enum CodingKeys: String, CodingKey { case schema }

  var value: Value

  init(from decoder: any Decoder) throws {
    let schema = try decoder.container(keyedBy: CodingKeys.self)
      .decode(String.self, forKey: .schema)
    if let expected = JSONText.schemaKey.flatMap({ decoder.userInfo[$0] as? String }),
      schema != expected
    {
      throw RecordError(
        description: "key schema is \(schema.prefix(60)), expected \(expected); "
          + "use the perfgate that wrote it")
    }
    value = try Value(from: decoder)
  }
}

/// A value of the right type that no version of the program writes.
struct DamagedValue: Error {
  var path: [any CodingKey]
  /// What was found and what was expected.
  var problem: String
}

/// Decodes this package's JSON formats, and reports what is wrong with damaged text.
enum JSONText {
  /// Where a decoder has the expected format.
  fileprivate static let schemaKey = CodingUserInfoKey(rawValue: "perfgate.schema")

  /// Checks that the text contains no more values than allowed.
  ///
  /// A decoder needs about 40 bytes for every value, even under unknown keys: a file of zeros would
  /// take twenty times its size in memory.
  private static func checkCount(_ data: Data, most: Int) throws(RecordError) {
    var (values, isText, isEscaped) = (0, false, false)
    data.withUnsafeBytes { bytes in
      for byte in bytes {
        if isText {
          if isEscaped {
            isEscaped = false
          } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
          } else if byte == UInt8(ascii: "\"") {
            isText = false
          }
        } else if byte == UInt8(ascii: "\"") {
          isText = true
        } else if byte == UInt8(ascii: ",") || byte == UInt8(ascii: "[")
          || byte == UInt8(ascii: "{")
        {
          values += 1
        }
      }
    }
    guard values <= most else {
      throw RecordError(
        description: "it holds more than the \(most) values that are read; no run writes so many: "
          + "remove the keys that are not its own, or measure again")
    }
  }

  /// Decodes a value of a format and checks it.
  ///
  /// - Parameters:
  ///   - schema: the expected format under the key `schema`.
  ///   - userInfo: what the decoder tells the value.
  ///   - maximumValues: the most numbers, texts, lists and objects that are read.
  ///   - problem: finds a value that no version of the program writes; `nil` if there is none.
  /// - Throws: ``RecordError`` with the key, what was found, and what to do.
  static func decode<Value: Decodable>(
    _ type: Value.Type, from data: Data, schema expected: String, maximumValues: Int,
    userInfo: [CodingUserInfoKey: any Sendable] = [:], problem: (Value) -> String?
  ) throws(RecordError) -> Value {
    try checkCount(data, most: maximumValues)
    let decoder = JSONDecoder()
    decoder.userInfo = userInfo
    if let key = schemaKey { decoder.userInfo[key] = expected }
    do {
      let value = try decoder.decode(WithSchema<Value>.self, from: data).value
      if let problem = problem(value) { throw damaged(problem) }
      return value
    } catch let error as RecordError {
      throw error
    } catch let error as DamagedValue {
      throw damaged("\(key(error.path)) \(error.problem)")
    } catch let error as DecodingError {
      throw damaged(explain(error, type, data))
    } catch {
      throw damaged("it cannot be decoded")
    }
  }

  /// The largest file for which the place of an error is searched: that needs many times its size
  /// in memory.
  private static let explainedBytes = 4 << 20

  private static func damaged(_ text: String) -> RecordError {
    RecordError(description: "\(text); restore it, or remove it and measure again")
  }

  private static func key(_ path: [any CodingKey]) -> String {
    let names = path.map { $0.intValue.map(String.init) ?? $0.stringValue }
    return names.isEmpty ? "the whole file" : "key \(names.joined(separator: "."))"
  }

  private static func explain<Value: Decodable>(
    _ error: DecodingError, _ type: Value.Type, _ data: Data
  ) -> String {
    switch error {
    case .keyNotFound(let missing, let context):
      return "\(key(context.codingPath + [missing])) is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return "\(key(context.codingPath)) is of another type than expected"
    case .dataCorrupted(let context):
      if !context.codingPath.isEmpty { return "\(key(context.codingPath)) cannot be used" }
      guard data.count <= explainedBytes else { return "it is not valid JSON" }
      guard let path = misfit(type, data) else { return "it is not valid JSON\(place(data))" }
      return "\(key(path)) cannot be used"
    @unknown default: return "it cannot be decoded"
    }
  }

  /// The key of a number that does not fit into its type. The JSON decoder does not report the key,
  /// but the decoder of property lists does.
  private static func misfit<Value: Decodable>(
    _ type: Value.Type, _ data: Data
  ) -> [any CodingKey]? {
    func withoutNulls(_ value: Any) -> Any {
      if let list = value as? [Any] { return list.map(withoutNulls) }
      guard let object = value as? [String: Any] else { return value }
      return object.filter { !($0.value is NSNull) }.mapValues(withoutNulls)
    }
    guard let object = try? JSONSerialization.jsonObject(with: data),
      let list = try? PropertyListSerialization.data(
        fromPropertyList: withoutNulls(object), format: .binary, options: 0)
    else { return nil }
    do { _ = try PropertyListDecoder().decode(type, from: list) } catch {
      if case DecodingError.dataCorrupted(let context) = error { return context.codingPath }
      if case DecodingError.typeMismatch(_, let context) = error { return context.codingPath }
    }
    return nil
  }

  /// The place where the text stops being valid JSON. The decoder does not report it, but the older
  /// parser does.
  private static func place(_ data: Data) -> String {
    do { _ = try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed) } catch {
      let text = (error as NSError).userInfo["NSDebugDescription"] as? String ?? ""
      if let match = text.firstMatch(of: /around character ([0-9]+)/), let byte = Int(match.1) {
        return " near line \(data.prefix(byte).count { $0 == UInt8(ascii: "\n") } + 1)"
      }
      if let match = text.firstMatch(of: /^Number (\S{1,40})\S* is not representable/) {
        return ": \(match.1) is too large a number"
      }
      return text.contains("end of file") ? ": it ends too early" : ""
    }
    return ""
  }
}
