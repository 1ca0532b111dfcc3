import Foundation
import PerfGateModel

extension FleetResult {
  /// The format of the text.
  package static let schema = "perfgate.fleet/1"

  /// The fleet as JSON text: sorted keys, and a line for each machine of a claim.
  ///
  /// Only a line at a time is encoded: a fleet may have some hundred thousand of them.
  package func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    func line(_ value: some Encodable) throws -> String {
      VisibleText.json(String(decoding: try encoder.encode(value), as: UTF8.self))
    }
    func list(_ lines: [String], _ indent: String) -> String {
      guard !lines.isEmpty else { return "[]" }
      return "[\n\(lines.map { "\(indent)  \($0)" }.joined(separator: ",\n"))\n\(indent)]"
    }
    let claims = try claims.map { claim in
      let statement = claim.statement
      let machines = try claim.machines.map { key, tally in
        try line(Machine(key, tally, fleet.names))
      }
      let parts = [
        "\"id\": \(try line(statement.id))", "\"keys\": \(try line(Keys(claim)))",
        "\"kind\": \(try line(statement.kind.name))",
        "\"limit\": \(try statement.limit.map { try line($0) } ?? "null")",
        "\"machines\": \(list(machines, "      "))",
        "\"runs\": \(try line(Runs { claim.runs($0) }))", "\"text\": \(try line(statement.text))",
        "\"verdict\": \(try line(claim.verdict))", "\"workers\": \(statement.workers)",
      ]
      return "{\n\(parts.map { "      \($0)" }.joined(separator: ",\n"))\n    }"
    }
    let machines = try fleet.machines.sorted { $0.key < $1.key }.map {
      try line([
        "cpu": Piece.text($0.value.cpu), "key": .text($0.key), "runs": .number($0.value.runs),
      ])
    }
    let copies = try fleet.copies.map {
      try line(["name": $0.name, "of": fleet.names[$0.run]])
    }
    let unproven = try fleet.unproven.sorted { $0.key < $1.key }.map { variant, found in
      try line(
        [
          "finding": Piece.text(found.finding),
          "records": .texts(found.runs.map { fleet.names[$0] }),
          "variant": .text(variant),
        ])
    }
    let unreadable = try unreadable.map { try line(["name": $0.name, "problem": $0.problem]) }
    let unfinished = try fleet.unfinished.map { try line(fleet.names[$0]) }
    let parts = [
      "\"claims\": \(list(claims, "  "))", "\"copies\": \(list(copies, "  "))",
      "\"machines\": \(list(machines, "  "))", "\"runs\": \(fleet.names.count)",
      "\"schema\": \(try line(Self.schema))", "\"unfinished\": \(list(unfinished, "  "))",
      "\"unproven\": \(list(unproven, "  "))", "\"unreadable\": \(list(unreadable, "  "))",
    ]
    return "{\n\(parts.map { "  \($0)" }.joined(separator: ",\n"))\n}\n"
  }
}

/// A value of a line.
private enum Piece: Encodable {
  case text(String)
  case number(Int)
  case texts([String])

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .text(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .texts(let value): try container.encode(value)
    }
  }
}

/// How many keys have each verdict.
private struct Keys: Encodable {
  var holds, violated, mixed, inconclusive, notCheckable: Int

  init(_ claim: FleetClaim) {
    holds = claim.keys(.holds)
    violated = claim.keys(.violated)
    mixed = claim.keys(.mixed)
    inconclusive = claim.keys(.inconclusive)
    notCheckable = claim.keys(.notCheckable)
  }
}

/// How many runs have each verdict.
private struct Runs: Encodable {
  var holds, violated, inconclusive, notCheckable: Int

  init(_ count: (Verdict.Word) -> Int) {
    holds = count(.holds)
    violated = count(.violated)
    inconclusive = count(.inconclusive)
    notCheckable = count(.notCheckable)
  }
}

/// The verdicts on one key.
private struct Machine: Encodable {
  /// The most frequent reason of the runs that did not decide.
  struct MostFrequent: Encodable {
    var cause: Cause?
    var runs: Int
    var sentence: String
  }

  var key: String
  var verdict: FleetVerdict
  var runs: Runs
  var reason: MostFrequent?
  /// The names of the records, by verdict; nothing where every run holds.
  var records: [String: [String]]?

  init(_ key: String, _ tally: FleetTally, _ names: [String]) {
    self.key = key
    verdict = tally.verdict
    runs = Runs { tally.runs($0).count }
    reason = tally.reason.map {
      MostFrequent(cause: $0.reason.cause, runs: $0.count, sentence: $0.reason.sentence)
    }
    guard tally.runs(.holds).count < tally.count else { return }
    let named = Verdict.Word.allCases.filter { $0 != .holds || tally.verdict == .mixed }
    let lists = named.map { word in (word.rawValue, tally.runs(word).map { names[$0] }) }
    records = Dictionary(uniqueKeysWithValues: lists.filter { !$0.1.isEmpty })
  }
}
