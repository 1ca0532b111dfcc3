import CPerfGateSystem
import Foundation
import PerfGate
import PerfGateReport
import PerfGateTestSupport
import Testing

/// The file: readable in a diff, and refused with its name and key when it is damaged.
@Suite struct BaselineFileTests {
  static func baseline(claims: Int = 2, sessions: Int = 2) -> Baseline {
    var baseline = Baseline(
      machine: Baseline.Machine(
        key: Baseline.madeUpKey, cpu: "Made up (a \"CPU\")", cores: 1, memoryNodes: 1))
    for claim in 0..<claims {
      var entry = Baseline.Entry(
        text: "claim \(claim) → limit", quantity: "time of a/b", isHigherBetter: claim % 2 == 1)
      for session in 0..<sessions { entry.add(.madeUp(1 + Double(session) / 64), pin: false) }
      baseline.claims["claim.\(claim)"] = entry
    }
    return baseline
  }

  @Test func encodingAndDecodingChangeNothing() throws {
    let baseline = Self.baseline()
    let text = try baseline.json()
    #expect(try Baseline.decode(Data(text.utf8)) == baseline)
    #expect(try Baseline.decode(Data(text.utf8)).json() == text)
    let empty = Baseline(machine: baseline.machine)
    #expect(try Baseline.decode(Data(try empty.json().utf8)) == empty)
  }

  /// A session more is one line more, and keys are sorted.
  @Test func aDiffIsShort() throws {
    let before = try Self.baseline(sessions: 2).json().split(separator: "\n")
    let after = try Self.baseline(claims: 2, sessions: 3).json().split(separator: "\n")
    let changed = after.difference(from: before)
    #expect(after.count == before.count + 2)
    #expect(changed.insertions.count <= 4 && changed.removals.count <= 2)
    #expect(
      before.prefix(5) == [
        "{", "  \"claims\": {", "    \"claim.0\": {", "      \"isHigherBetter\": false,",
        before[4],
      ])
    #expect(
      before[4]
        == #"      "pinned": {"beginsLevel":false,"commit":"0123456789ab","#
        + #""date":"2026-01-02T03:04:05Z","discarded":0,"flags":["-O"],"interval":[0.99,1.01],"#
        + #""median":1,"placement":"cpus 0, cores, close","rounds":10,"#
        + "\"toolchain\":\"\(Record.Tool.current.toolchain)\"},")
  }

  @Test func onlyTwentySessionsAndThePinnedOneAreKept() {
    var entry = Baseline.Entry(text: "", quantity: "", isHigherBetter: false)
    for session in 0..<30 { entry.add(.madeUp(Double(session + 1)), pin: session == 3) }
    #expect(entry.sessions.map(\.median) == (11...30).map(Double.init))
    #expect(entry.pinned?.median == 4)
  }

  /// What nobody reads takes memory as well.
  @Test func tooManyValuesAreRefused() throws {
    let text = try Self.baseline().json()
    for (count, isRead) in [(900_000, true), (1_000_001, false)] {
      let list = "[" + String(repeating: "0,", count: count) + "0]"
      let data = Data(text.replacing("{", with: "{\"unknown\": \(list),", maxReplacements: 1).utf8)
      guard isRead else {
        let error = #expect(throws: RecordError.self) { try Baseline.decode(data) }
        #expect(error?.description.hasPrefix("it holds more than the 1000000 values") == true)
        continue
      }
      #expect(try Baseline.decode(data) == Self.baseline())
    }
  }

  @Test func aThousandSessionsAreReadInATenthOfASecond() throws {
    let data = Data(try Self.baseline(claims: 50, sessions: 20).json().utf8)
    var least = 60.0
    for _ in 0..<5 {
      let begin = pgp_thread_cpu_ns()
      let baseline = try Baseline.decode(data)
      least = min(least, Double(pgp_thread_cpu_ns() - begin) / 1e9)
      #expect(baseline.claims.values.reduce(0) { $0 + $1.sessions.count } == 1000)
    }
    print("1,000 sessions (\(data.count) bytes) were read in \(least) s")
    #expect(least < 0.1)
  }

  struct Damage: Sendable, CustomTestStringConvertible {
    var old: String
    var new: String
    var says: String
    var testDescription: String { "\(old) to \(new)" }
    init(_ old: String, _ new: String, _ says: String) {
      (self.old, self.new, self.says) = (old, new, says)
    }
  }

  static let damages = [
    Damage("(?s).*", "", "it is not valid JSON: it ends too early"),
    Damage("(?s).{40}$", "", "it is not valid JSON"),
    Damage("(?s).*", "garbage", "it is not valid JSON"),
    Damage("\"median\":1,", "\"median\":NaN,", "it is not valid JSON"),
    Damage("\"median\":1,", "\"median\":-1,", "key claims.claim.0.pinned.median is -1"),
    Damage("\"median\":1.015625,", "\"median\":0,", "key claims.claim.0.sessions.1.median is 0"),
    Damage("\"median\":1,", "", "key claims.claim.0.pinned.median is missing"),
    Damage("\"median\":1,", "\"median\":1e999,", "1e999 is too large a number"),
    Damage("\"median\":1,", "\"median\":\"1\",", "median is of another type"),
    Damage("\\[0.99,1.01\\]", "[1.01,0.99]", "pinned.interval is [1.01, 0.99]"),
    Damage("\\[0.99,1.01\\]", "[1.01]", "pinned.interval is [1.01]"),
    Damage("\"rounds\":10", "\"rounds\":0", "pinned.rounds is 0"),
    Damage("\"discarded\":0", "\"discarded\":-1", "with -1 discarded"),
    Damage("2026-01-02T", "yesterday", "pinned.date is yesterday03:04:05Z"),
    Damage("baseline/1", "baseline/2", "key schema is perfgate.baseline/2"),
    Damage("\"schema\"", "\"scheme\"", "key schema is missing"),
    Damage("\"quantity\"", "\"quality\"", "key claims.claim.0.quantity is missing"),
    Damage("\"key\":\"[^\"]*\"", "\"key\":\"other\"", "key machine.key is other"),
  ]

  @Test(arguments: damages) func damagedFilesAreRefused(damage: Damage) throws {
    var baseline = Self.baseline()
    baseline.machine.key = try BaselineCommandTests.key()
    let text = try baseline.json()
    let range = try #require(text.range(of: damage.old, options: .regularExpression))
    let bad = text.replacingCharacters(in: range, with: damage.new)
    try Self.expectRefusal(Data(bad.utf8), says: damage.says)
  }

  @Test func garbageIsRefusedUnread() throws {
    try Self.expectRefusal(Data(count: 100 << 20), says: "it has 100 MiB, the maximum is 16")
  }

  /// This machine's own file: status 65, one line with the file's name, and the file is as it was.
  static func expectRefusal(_ data: Data, says: String) throws {
    let key = try BaselineCommandTests.key()
    try withFolder { folder in
      let path = "\(folder)/\(key).json"
      try data.write(to: URL(fileURLWithPath: path))
      let printed = try perfGate(["baseline", "list", "--baselines", folder])
      #expect(printed.status == 65 && printed.out == "")
      #expect(printed.error.split(separator: "\n").count == 1)
      #expect(printed.error.contains("baseline \(path): ") && printed.error.contains(says))
      #expect(throws: BaselineError.self) {
        try BaselineStore(folder: folder).update(key) { $0 ?? Self.baseline() }
      }
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == data)
    }
  }

  @Test func whatIsNoFileIsRefused() throws {
    try withFolder { folder in
      let path = "\(folder)/\(try BaselineCommandTests.key()).json"
      let target = folder + "/target.txt"
      try Self.baseline().json().write(toFile: target, atomically: true, encoding: .utf8)
      symlink(target, path)
      let link = try perfGate(["baseline", "check", "--budget", "0", "--baselines", folder])
      #expect(link.status == 65 && link.error.contains("\(path): it is a symbolic link"))
      unlink(path)
      mkdir(path, 0o755)
      let directory = try perfGate(["baseline", "list", "--baselines", folder])
      #expect(directory.status == 65 && directory.error.contains("\(path): it is not a file"))
      let file = try perfGate(["baseline", "list", "--baselines", target])
      #expect(file.status == 65 && file.error.contains("\(target) for baselines"))
    }
  }
}
