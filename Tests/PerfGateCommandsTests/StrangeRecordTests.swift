import Foundation
import PerfGate
import PerfGateReport
import PerfGateTestSupport
import Testing

/// Records that can be read though no run wrote them: what the fuzzer found, and its neighbors.
@Suite struct StrangeRecordTests {
  /// All that a command does with a record.
  static func reported(_ record: Record) throws -> String {
    var record = try Record.decode(Data(record.json().utf8))
    record.claims = Judge.results(record)
    record.remakeTables()
    _ = (MarkdownReport.text(record), JUnitReport.xml([record]), AnnotationReport.lines(record))
    #expect(try Record.decode(Data(record.json().utf8)) == record)
    return (ConsoleReport.header(record) + ConsoleReport.body(record)).joined(separator: "\n")
  }

  @Test(arguments: [[Int.max], [.max, .min], [.max - 1, .max, .max], [.min, .min + 1, .min + 2]])
  func cpusAtTheEndOfTheNumbers(cpus: [Int]) throws {
    var record = VirtualRun.emptyRecord(seed: 1)
    record.plan.cpus = cpus
    #expect(try Self.reported(record).contains("cpu \(cpus[0])"))
  }

  /// With nine digits behind the point a number no longer fits into an integer from 1e10 on.
  @Test(arguments: [1e9, 1e10, 9.3e14, 1e15, 1e308, -1e308, .leastNonzeroMagnitude])
  func numbersWithManyDigits(seconds: Double) throws {
    var record = VirtualRun.emptyRecord(seed: 1)
    record.seconds = seconds
    record.handoff = [
      HandoffRow(
        case: "x", workers: .min, startupSeconds: seconds, totalSeconds: seconds,
        taskSeconds: seconds)
    ]
    let text = try Self.reported(record)
    let expected = seconds == 1e9 ? "1000000000.000000000" : seconds > 1 ? "\(seconds)" : "x "
    #expect(text.contains(expected))
  }

  /// A record whose every text begins like a command of a log and holds escapes.
  private static let nasty =
    "::error::x\n::error::\0\t\r\u{1B}[31m\u{9B}2J\u{202E}\u{2028}]]>&<\"|y` "

  private func strange(_ text: String) throws -> String {
    func changed(_ value: Any, key: String) -> Any {
      if let list = value as? [Any] { return list.map { changed($0, key: key) } }
      if let object = value as? [String: Any] {
        return Dictionary(
          uniqueKeysWithValues: object.map { ($0.key, changed($0.value, key: $0.key)) })
      }
      guard let text = value as? String, !["schema", "kind", "verdict"].contains(key) else {
        return value
      }
      return Self.nasty + text
    }
    let object = changed(try JSONSerialization.jsonObject(with: Data(text.utf8)), key: "")
    let data = try JSONSerialization.data(withJSONObject: object)
    return String(decoding: data, as: UTF8.self)
  }

  /// What `judge` prints of it is quiet, on both streams and in all files, and has no line more than that of
  /// a good one.
  @Test func nothingRawReachesATerminal() throws {
    let good = try VirtualRun.record([.holds, .violated, .inconclusive, .notCheckable])
    let bad = try strange(good)
    #expect(!bad.contains("\n"))
    for options in [
      [], ["--annotations"], ["--json", "-", "--annotations"], ["--require", "none"],
    ] {
      try withFolder { folder in
        var printed: [Printed] = []
        for (name, text) in [("good", good), ("bad", bad)] {
          let path = "\(folder)/\(name)"
          try text.write(toFile: path, atomically: true, encoding: .utf8)
          let files = [
            "--junit", path + ".xml", "--markdown", path + ".md", "--html", path + ".html",
          ]
          printed.append(try perfGate(["judge", path] + files + options))
        }
        #expect(printed[0].status == printed[1].status)
        #expect(
          printed[1].status == 64 || printed[1].out.contains(#"::error::\u{0}"#)
            || options.first == "--json")
        for (one, other) in [
          (printed[0].out, printed[1].out), (printed[0].error, printed[1].error),
        ] {
          #expect(other.unicodeScalars.allSatisfy { $0 == "\n" || !VisibleText.isUnsafe($0) })
          #expect(lines(one).count == lines(other).count, "\(options): \(other)")
          #expect(lines(one).count { isCommand($0) } == lines(other).count { isCommand($0) })
        }
        for file in try FileManager.default.contentsOfDirectory(atPath: folder)
        where [".xml", ".md", ".html"].contains(where: file.hasSuffix) {
          let text = try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
          #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || !VisibleText.isUnsafe($0) })
        }
      }
    }
  }

  private func lines(_ text: String) -> [Substring] {
    text.split(separator: "\n", omittingEmptySubsequences: false)
  }

  private func isCommand(_ line: Substring) -> Bool {
    line.drop(while: \.isWhitespace).hasPrefix("::")
  }

  /// File names, arguments and keys are told in errors.
  @Test func errorsAreQuiet() throws {
    for arguments in [
      ["judge", Self.nasty], ["judge", "x", "--junit", Self.nasty], [Self.nasty],
      ["compare", "--kernel", Self.nasty], ["compare", "--workers", Self.nasty],
    ] {
      let printed = try perfGate(arguments, catalog: Catalog([AnyKernel(Named<First>.self)]))
      #expect(printed.status >= 64 && printed.out.isEmpty)
      #expect(printed.error.hasPrefix("perfgate: ") && printed.error.hasSuffix("\n"))
      let line = printed.error.dropLast()
      #expect(line.unicodeScalars.allSatisfy { !VisibleText.isUnsafe($0) }, "\(line)")
    }
    let text = try VirtualRun.record([.holds])
      .replacingOccurrences(of: "\"ratio\"", with: "\"ra\\ntio\\u001b\"")
    let printed = try judgedAgain(text)
    #expect(printed.status == 65 && printed.error.contains(#"kind is ra\ntio\u{1B}"#))
    #expect(lines(printed.error).count == 2)
  }
}
