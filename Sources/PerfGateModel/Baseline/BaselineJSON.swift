import Foundation

extension Baseline {
  /// The size of the largest file that is read, in bytes.
  package static let maximumBytes = 16 << 20
  /// The most values in a file: enough for 3,000 claims with 20 sessions each.
  static let maximumValues = 1_000_000

  /// The baseline as JSON text with sorted keys and one line for each session, so that a diff can
  /// be reviewed.
  package func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    func line(_ value: some Encodable) throws -> String {
      VisibleText.json(String(decoding: try encoder.encode(value), as: UTF8.self))
    }
    var entries: [String] = []
    for (name, entry) in claims.sorted(by: { $0.key < $1.key }) {
      let sessions = try entry.sessions.map { "        " + (try line($0)) }
      entries.append(
        """
            \(try line(name)): {
        \(try entry.counter.map { "      \"counter\": \(try line($0)),\n" } ?? "")\
              "isHigherBetter": \(entry.isHigherBetter),
              "pinned": \(try entry.pinned.map(line) ?? "null"),
              "quantity": \(try line(entry.quantity)),
              "sessions": [
        \(sessions.joined(separator: ",\n"))
              ],
              "text": \(try line(entry.text))
            }
        """)
    }
    return """
      {
        "claims": {
      \(entries.joined(separator: ",\n"))
        },
        "machine": \(try line(machine)),
        "schema": \(try line(schema))
      }

      """
  }

  /// Reads a baseline from JSON text.
  ///
  /// - Throws: ``RecordError`` if the text is not JSON, has another format, lacks a key, or
  ///   contains a number that no session has.
  package static func decode(_ data: Data) throws(RecordError) -> Baseline {
    let baseline = try JSONText.decode(
      Baseline.self, from: data, schema: currentSchema, maximumValues: maximumValues,
      problem: \.problem)
    return baseline
  }

  /// A value that no update writes; `nil` if there is none.
  private var problem: String? {
    if machine.key.isEmpty { return "key machine.key is empty" }
    for (name, entry) in claims.sorted(by: { $0.key < $1.key }) {
      if entry.sessions.isEmpty { return "key claims.\(name).sessions is empty" }
      for (index, session) in entry.sessions.enumerated() {
        if let problem = session.problem(entry.counter) {
          return "key claims.\(name).sessions.\(index).\(problem)"
        }
      }
      if let problem = entry.pinned?.problem(entry.counter) {
        return "key claims.\(name).pinned.\(problem)"
      }
    }
    return nil
  }
}

extension StoredSession {
  /// The values that a claim can have. All their logarithms are finite numbers.
  package static let possibleValues = 1e-30...1e30

  /// Whether a claim can have this value.
  ///
  /// - Parameter counter: what is counted, if it is a count.
  package static func isPossible(_ value: Double, counter: Counter?) -> Bool {
    counter == nil
      ? possibleValues.contains(value) : (0...Double(1 << 53)).contains(value)
  }

  fileprivate func problem(_ counter: Counter?) -> String? {
    guard Self.isPossible(median, counter: counter) else {
      return "median is \(median), expected a number above 0"
    }
    guard interval.count == 2, interval.allSatisfy({ $0.isFinite && $0 >= 0 }),
      interval[0] <= interval[1]
    else { return "interval is \(interval), expected two rising numbers from 0" }
    guard starts == 1 || starts == rounds else {
      return "starts is \(starts), expected 1 or the number of rounds, \(rounds)"
    }
    guard rounds >= 1, discarded >= 0 else {
      return "rounds is \(rounds) with \(discarded) discarded, expected 1 or more and 0 or more"
    }
    guard (try? Date(date, strategy: .iso8601)) != nil else {
      return "date is \(date.prefix(60)), expected one such as 2026-01-02T03:04:05Z"
    }
    return nil
  }
}
