import Foundation
import PerfGateModel

extension FleetResult {
  /// The format of the text.
  package static let schema = "perfgate.fleet/1"

  /// The fleet as JSON text: sorted keys, and a line for each machine of a claim.
  ///
  /// Only a line at a time is encoded: a fleet may have some hundred thousand of them.
  package func json() throws -> String {
    var text = JSONText()
    try text.list("claims", claims) { claim, text in
      let statement = claim.statement
      text.open()
      try text.member("id", statement.id)
      try text.member("keys", Keys(claim))
      try text.member("kind", statement.kind.name)
      try text.member("limit", statement.limit)
      try text.list("machines", claim.machines) { machine, text in
        try text.line(Machine(machine.key, machine.tally, fleet.names))
      }
      try text.member("runs", Runs { claim.runs($0) })
      try text.member("text", statement.text)
      try text.member("verdict", claim.verdict)
      try text.member("workers", statement.workers)
      text.close()
    }
    try text.list("conflicts", fleet.conflicts) { one, text in
      try text.line(
        [
          "claims": Piece.texts(one.claims), "name": .text(fleet.names[one.run]),
          "of": .text(fleet.names[one.first]),
        ])
    }
    try text.list("copies", fleet.copies) { copy, text in
      try text.line(["name": copy.name, "of": fleet.names[copy.run]])
    }
    try text.list("machines", fleet.machines.sorted { $0.key < $1.key }) { machine, text in
      try text.line(
        [
          "cpu": Piece.text(machine.value.cpu), "key": .text(machine.key),
          "runs": .number(machine.value.runs),
        ])
    }
    try text.member("runs", fleet.names.count)
    try text.member("schema", Self.schema)
    try text.list("unfinished", fleet.unfinished) { run, text in try text.line(fleet.names[run]) }
    try text.list("unproven", fleet.unproven.sorted { $0.key < $1.key }) { found, text in
      try text.line(
        [
          "finding": Piece.text(found.value.finding),
          "records": .texts(found.value.runs.map { fleet.names[$0] }),
          "variant": .text(found.key),
        ])
    }
    try text.list("unreadable", unreadable) { one, text in
      try text.line(["name": one.name, "problem": one.problem])
    }
    return text.end()
  }
}

/// JSON text that grows in place, so that a list of some hundred thousand lines is in memory once.
private struct JSONText {
  private static let encoder = {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
  }()

  private var text = "{"
  private var indent = "  "
  private var isFirst = true

  /// Begins an object.
  mutating func open() {
    text += "{"
    indent += "  "
    isFirst = true
  }

  /// Ends the object that was begun last.
  mutating func close() {
    indent.removeLast(2)
    text += isFirst ? "}" : "\n\(indent)}"
    isFirst = false
  }

  /// Appends a value on one line.
  mutating func line(_ value: some Encodable) throws {
    text += VisibleText.json(String(decoding: try Self.encoder.encode(value), as: UTF8.self))
  }

  /// Appends a key with a value on one line.
  mutating func member(_ key: String, _ value: some Encodable) throws {
    next("\"\(key)\": ")
    try line(value)
  }

  /// Appends a key with a list.
  ///
  /// - Parameter element: appends an element.
  mutating func list<Element>(
    _ key: String, _ elements: [Element],
    _ element: (Element, inout JSONText) throws -> Void
  ) rethrows {
    next("\"\(key)\": [")
    indent += "  "
    isFirst = true
    for one in elements {
      next("")
      try element(one, &self)
    }
    indent.removeLast(2)
    text += elements.isEmpty ? "]" : "\n\(indent)]"
    isFirst = false
  }

  /// The whole text, with its last line end.
  mutating func end() -> String {
    text += "\n}\n"
    return text
  }

  /// Begins a line of the object or list.
  private mutating func next(_ beginning: String) {
    text += isFirst ? "\n" : ",\n"
    text += indent
    text += beginning
    isFirst = false
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
