import Foundation
import PerfGate
import PerfGateReport
import PerfGateStatistics
import PerfGateTestSupport
import Testing

/// Every damaged file is refused with exit 65 and one line that names the file and the key.
@Suite struct DamagedRecordTests {
  /// A change of the file's text, and what the line must say.
  struct Damage: Sendable, CustomTestStringConvertible {
    var name: String
    var says: String
    var change: @Sendable (String) -> String

    init(_ name: String, says: String, _ change: @escaping @Sendable (String) -> String) {
      self.name = name
      self.says = says
      self.change = change
    }

    var testDescription: String { name }

    /// The first place of a pattern is replaced.
    static func first(_ old: String, _ new: String, says: String) -> Damage {
      Damage("\(old) → \(new)", says: says) { text in
        guard let range = text.range(of: old, options: .regularExpression) else { return text }
        return text.replacingCharacters(in: range, with: new)
      }
    }
  }

  static let damages: [Damage] = [
    Damage("empty", says: "it is not valid JSON: it ends too early") { _ in "" },
    Damage("cut short", says: "it is not valid JSON") { String($0.prefix($0.utf8.count / 2)) },
    Damage("the end is missing", says: "it is not valid JSON") { String($0.dropLast(3)) },
    Damage("no JSON", says: "it is not valid JSON near line 1;") { _ in "perfgate\n" },
    .first("\"stages\" : ", "\"stages\" ", says: "it is not valid JSON near line 3"),
    Damage("a list", says: "the whole file is of another type") { "[\($0)]" },
    Damage("null", says: "the whole file") { _ in "null" },
    Damage("zero bytes", says: "it is not valid JSON") { _ in "\0\0\0\0" },
    Damage("deep", says: "it is not valid JSON") { _ in String(repeating: "[", count: 100_000) },
    .first("perfgate.record/1", "perfgate.record/2", says: "key schema is perfgate.record/2"),
    .first("\"schema\" : \"perfgate.record/1\"", "\"scheme\": 1", says: "key schema is missing"),
    .first("\"seed\" : [0-9]+", "\"seed\" : \"42\"", says: "key seed is of another type"),
    .first("\"seed\" : [0-9]+", "\"seed\" : -1", says: "key seed"),
    .first("\"seed\" : [0-9]+", "\"seed\" : 1.5", says: "key seed"),
    .first("\"series\"", "\"serious\"", says: "key series is missing"),
    .first("\"claimPlans\"", "\"plans\"", says: "key claimPlans is missing"),
    .first("\"stages\" : \\[\n    \\{", "\"stages\" : [1, {", says: "key stages.0 is of another"),
    .first("\"rounds\" : \\[", "\"rounds\" : [true, ", says: "key series.0.rounds.0 is of another"),
    .first("\"rounds\" : \\[", "\"rounds\" : [0.5, ", says: "key series.0.rounds.0"),
    .first("\"rounds\" : \\[", "\"rounds\" : [99, ", says: "key series.0 has 9 rounds and 8 sec"),
    .first("\"rounds\" : \\[\\s+0,", "\"rounds\" : [7,", says: "key series.0.rounds must rise"),
    .first("\"rounds\" : \\[\\s+0,", "\"rounds\" : [1,", says: "key series.0.rounds must rise"),
    .first(
      "\"rounds\" : \\[", "\"bytes\" : [1], \"rounds\" : [",
      says: "key series.0 has 8 rounds and 1 bytes"),
    .first(
      "\"rounds\" : \\[", "\"bytes\" : [1, 1, 1, 1, 1, 1, 1, -1], \"rounds\" : [",
      says: "key series.0.bytes holds -1"),
    .first("\"tasks\" : 50", "\"tasks\" : 0", says: "key series.0 has 0 tasks"),
    .first("\"tasks\" : 50", "\"tasks\" : 1e30", says: "key series.0.tasks cannot be used"),
    .first(
      "\"tasks\" : 50", "\"tasks\" : 99999999999999999999", says: "key series.0.tasks cannot be"),
    .first(
      "\"id\" : \"made.up/old/pool/1\"", "\"id\" : \"made.up/new/pool/1\"", says: "is defined twice"
    ),
    .first(
      "\"id\" : \"made.up/old/pool/1\"", "\"id\" : \"old\"", says: "key series.0.id is old, exp"),
    .first(
      "\"id\" : \"other\"", "\"id\" : \"made.ratio\"", says: "key claimPlans.1.id made.ratio is"),
    .first("\"limit\" : 1.05", "\"limit\" : 0", says: "key claimPlans.0 has limit 0.0"),
    .first("\"limit\" : 1.05", "\"limit\" : -1", says: "key claimPlans.0 has limit -1.0"),
    .first("\"limit\" : 1.05", "\"limit\" : 1e999", says: "1e999 is too large a number"),
    .first(
      "\"kind\" : \"ratio\"", "\"kind\" : \"guess\"", says: "key claimPlans.0.kind is guess, "),
    .first("\"alpha\" : 0.02", "\"alpha\" : 0.5", says: "key claimPlans.0.alpha is 0.5"),
    .first("\"alpha\" : 0.02", "\"alpha\" : 0", says: "key claimPlans.0.alpha is 0.0"),
    .first("\"maximumRounds\" : 40", "\"maximumRounds\" : 41", says: ".maximumRounds is 41"),
    .first("\"maximumRounds\" : 40", "\"maximumRounds\" : 4000", says: ".maximumRounds is 4000"),
    .first("\"maximumRounds\" : 40", "\"maximumRounds\" : -8", says: ".maximumRounds is -8"),
    .first(
      "\"stage\" : 2,\n      \"starts\" : 1\n", "\"stage\" : 1\n",
      says: "key stages.1 is a duplicate: stage 1 of claims"),
    .first(
      "\"rounds\" : 8,", "\"rounds\" : \"8\",", says: "key stages.0.rounds is of another type"),
  ]

  /// Two claims, the second of which is confirmed; exact times, so that every number is known.
  static func text() throws -> String {
    let claims = [
      try Claim.ratio(), try Claim.ratio("other", subject: "worse", reference: "old"),
    ]
    let run = VirtualRun(claims: claims, truth: ["worse/1": 0.2], noise: nil)
    return try run.run().record.json()
  }

  static func check(_ printed: Printed, says: String, file: String = "FILE") {
    #expect(printed.status == 65)
    #expect(printed.out == "")
    #expect(printed.error.hasPrefix("perfgate: cannot read record \(file): "))
    #expect(printed.error.contains(says))
    #expect(printed.error.filter { $0 == "\n" }.count == 1 && printed.error.hasSuffix("\n"))
    #expect(printed.error.utf8.count < 400)
  }

  @Test(arguments: damages) func isRefused(damage: Damage) throws {
    let text = try Self.text()
    let damaged = damage.change(text)
    let isDamaged = damaged != text
    #expect(isDamaged, "the damage did nothing: \(damage.name)")
    Self.check(try judgedAgain(damaged), says: damage.says)
  }

  /// What a time cannot be.
  @Test(arguments: ["0", "-0.1", "NaN", "Infinity", "1e400", "1e300", "1e-300", "null", "\"0.1\""])
  func aTimeThatNobodyMeasured(number: String) throws {
    let text = try Self.text()
    let damaged = text.replacingOccurrences(
      of: "\"seconds\" : \\[\\s+0.1,", with: "\"seconds\" : [\(number),",
      options: .regularExpression)
    let isDamaged = damaged != text
    #expect(isDamaged)
    let says =
      switch number {
      // Not JSON at all, so the line is told.
      case "NaN", "Infinity": "it is not valid JSON near line "
      case "1e400": "it is not valid JSON: 1e400 is too large a number"
      default: "key series.0.seconds"
      }
    Self.check(try judgedAgain(damaged), says: says)
  }

  /// A file that is cut anywhere is refused, and never crashes the reader.
  @Test func aFileCutAnywhereIsRefused() throws {
    let data = Data(try Self.text().utf8)
    for length in stride(from: 0, to: data.count - 2, by: max(1, data.count / 97)) {
      #expect(throws: RecordError.self) { try Record.decode(data.prefix(length)) }
    }
  }

  /// Bytes changed at random: refused, or read and judged; never a crash, never a record that cannot
  /// be written again.
  @Test func randomDamageNeverCrashes() throws {
    let data = Data(try Self.text().utf8)
    var random = SplitMix64(seed: 11)
    let digits = data.indices.filter { (48...57).contains(data[$0]) }
    var read = 0
    for _ in 0..<300 {
      var damaged = data
      for _ in 0...random.nextIndex(below: 3) {
        let pieces = ["9", "-", "0", ".", "e", "\"", ",", "[", "}", " ", "\u{0}", "é"]
        let piece = pieces[random.nextIndex(below: pieces.count)]
        // Half of them where a number is: most of the rest is names, which have to be there.
        let places = random.nextIndex(below: 2) == 0 ? digits : Array(data.indices)
        let place = places[random.nextIndex(below: places.count)] % damaged.count
        damaged.replaceSubrange(place...place, with: Data(piece.utf8))
      }
      guard var record = try? Record.decode(damaged) else { continue }
      read += 1
      record.claims = Judge.results(record)
      #expect(throws: Never.self) { try record.json() }
    }
    #expect((10..<300).contains(read))
  }

  @Test func whatIsNoReadableFile() throws {
    try withFolder { folder in
      let missing = folder + "/missing.json"
      Self.check(
        try perfGate(["judge", missing]), says: "no such file or directory", file: missing)
      Self.check(try perfGate(["judge", folder]), says: "it is not a file", file: folder)
      let large = folder + "/large.json"
      #expect(FileManager.default.createFile(atPath: large, contents: nil))
      #expect(truncate(large, 300 << 20) == 0)
      Self.check(
        try perfGate(["judge", large]), says: "it has 300 MiB, the maximum is 128", file: large)
      // Who is root reads everything; there it is an empty file, which is refused as well.
      let locked = folder + "/locked.json"
      #expect(FileManager.default.createFile(atPath: locked, contents: nil))
      #expect(chmod(locked, 0) == 0)
      let says = getuid() == 0 ? "it is not valid JSON" : "the file cannot be read"
      Self.check(try perfGate(["judge", locked]), says: says, file: locked)
    }
  }

  /// A list of nothing that anybody reads takes twenty times its size: it is refused, by whatever it is made
  /// of, and text that looks like it is not.
  @Test(arguments: ["0", "{}", "[]", "\"\"", "[0", "{\"a\":"])
  func tooManyValuesAreRefused(value: String) throws {
    let list = "[" + String(repeating: value + ",", count: 5_000_000) + "0]"
    let text = try Self.text().replacing("{", with: "{\"unknown\": \(list),", maxReplacements: 1)
    let error = #expect(throws: RecordError.self) { try Record.decode(Data(text.utf8)) }
    #expect(
      error?.description
        == "it holds more than the 5000000 values that are read; no run writes so many: "
        + "remove the keys that are not its own, or measure again")
  }

  @Test func onlyValuesAreCounted() throws {
    let quoted = "\"" + String(repeating: "0,[{\\\",", count: 2_000_000) + "\\\\\""
    let text = try Self.text()
    let longer = text.replacing("{", with: "{\"unknown\": \(quoted),", maxReplacements: 1)
    #expect(try Record.decode(Data(longer.utf8)) == Record.decode(Data(text.utf8)))
  }

  /// Nothing is overwritten by a command that could not read.
  @Test func aRefusedFileStaysAsItWas() throws {
    try withFolder { folder in
      let path = folder + "/record.json"
      try "{".write(toFile: path, atomically: true, encoding: .utf8)
      #expect(try perfGate(["judge", path, "--json", path]).status == 65)
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "{")
    }
  }

  @Test func aFileIsNeeded() throws {
    let printed = try perfGate(["judge"])
    #expect(printed.status == 64)
    #expect(
      printed.error
        == "perfgate: judge needs a record: expected perfgate judge RECORD, or - for standard "
        + "input\n")
  }
}
