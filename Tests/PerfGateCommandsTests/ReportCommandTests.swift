import Foundation
import PerfGate
import PerfGateTestSupport
import Testing

/// `perfgate report`: pages of stored records, and what is refused.
@Suite struct ReportCommandTests {
  /// Reports of two records in a folder: `one.json` with claims, `two.json` with one that holds.
  private func reporting(
    _ arguments: [String], _ body: (Printed, String) throws -> Void
  ) throws {
    try withFolder { folder in
      for (name, text) in [
        ("one", try VirtualRun.record([.holds, .violated])),
        ("two", try VirtualRun.record([.holds]).replacing("Made up", with: "Another machine")),
      ] {
        try text.write(toFile: "\(folder)/\(name).json", atomically: true, encoding: .utf8)
      }
      let words = arguments.map { $0.replacing("FOLDER", with: folder) }
      try body(try perfGate(["report"] + words), folder)
    }
  }

  private func page(_ folder: String) throws -> String {
    try String(contentsOfFile: folder + "/page.html", encoding: .utf8)
  }

  /// What is violated is no failure of who draws it.
  @Test func recordsBecomeOnePage() throws {
    try reporting(["FOLDER/one.json", "FOLDER/two.json", "--html", "FOLDER/page.html"]) {
      printed, folder in
      #expect(printed.status == 0 && printed.out.isEmpty && printed.error.isEmpty)
      let page = try page(folder)
      #expect(page.components(separatedBy: "<article>").count == 3)
      #expect(page.contains("checked 2 of 2, violated 1") && page.contains("checked 1 of 1"))
    }
  }

  @Test func recordsAreLaidSideBySide() throws {
    try reporting([
      "FOLDER/one.json", "--against", "FOLDER/two.json", "--html=FOLDER/page.html",
    ]) { printed, folder in
      #expect(printed.status == 0 && printed.out.isEmpty && printed.error.isEmpty)
      let page = try page(folder)
      #expect(page.components(separatedBy: "<article>").count == 2)
      #expect(page.contains("Outlined: Another machine."))
      #expect(page.contains("class=\"mark good other\""))
    }
  }

  /// A file that cannot be written takes no other with it.
  @Test func theOthersAreWrittenAfterAFailure() throws {
    try reporting([
      "FOLDER/one.json", "--html", "/dev/full", "--csv", "FOLDER/rounds.csv", "--markdown",
      "FOLDER/b.md",
    ]) { printed, folder in
      #expect(printed.status == 74 && printed.error.contains("/dev/full"))
      #expect(FileManager.default.fileExists(atPath: folder + "/rounds.csv"))
      #expect(FileManager.default.fileExists(atPath: folder + "/b.md"))
    }
  }

  @Test func aFileOfOneRunTakesOneRecord() throws {
    try reporting([
      "FOLDER/one.json", "FOLDER/two.json", "--google-benchmark", "FOLDER/gb.json",
    ]) { printed, folder in
      #expect(
        printed.status == 64
          && printed.error.contains("is about one run: expected one record, found 2"))
      #expect(!FileManager.default.fileExists(atPath: folder + "/gb.json"))
    }
  }

  @Test func otherReportsAreWrittenToo() throws {
    try reporting([
      "FOLDER/one.json", "FOLDER/two.json", "--junit", "FOLDER/a.xml", "--markdown",
      "FOLDER/b.md", "--annotations",
    ]) { printed, folder in
      #expect(printed.status == 0 && printed.out.hasPrefix("::error"))
      let root = try XMLElementRead.parse(
        try String(contentsOfFile: folder + "/a.xml", encoding: .utf8))
      #expect(root.all("testsuite").count == 2)
      let markdown = try String(contentsOfFile: folder + "/b.md", encoding: .utf8)
      #expect(markdown.components(separatedBy: "## perfgate run").count == 3)
    }
  }

  @Test(arguments: [
    ([], 64, "report needs a record: expected perfgate report RECORD --html FILE"),
    (["FOLDER/one.json"], 64, "report needs a file to write: expected --html FILE"),
    (
      ["FOLDER/one.json", "--against", "FOLDER/two.json", "--junit", "FOLDER/a"], 64,
      "--against needs --html FILE"
    ),
    (["FOLDER/one.json", "--html", "FOLDER/one.json"], 64, "cannot use --html "),
    (
      ["FOLDER/one.json", "--against", "FOLDER/two.json", "--html", "FOLDER/two.json"], 64,
      "cannot use --html "
    ),
    (["FOLDER/one.json", "--html", "FOLDER/none/a"], 73, "cannot write "),
    (["FOLDER/none.json", "--html", "FOLDER/a"], 65, ""),
    (["FOLDER/one.json", "--against", "FOLDER/none.json", "--html", "FOLDER/a"], 65, ""),
    (["FOLDER/one.json", "--workers", "2"], 64, "option --workers does not belong to report"),
  ])
  func whatIsWrongIsTold(arguments: [String], status: Int32, says: String) throws {
    try reporting(arguments) { printed, folder in
      #expect(printed.status == status && printed.out.isEmpty, "\(printed.error)")
      #expect(printed.error.hasPrefix("perfgate: \(says)"))
      #expect(printed.error.split(separator: "\n").count == 1)
      #expect(!FileManager.default.fileExists(atPath: folder + "/a"))
    }
  }

  @Test func storedSessionsBecomeAPage() throws {
    try withFolder { folder in
      let none = try perfGate([
        "baseline", "show", "--baselines", folder, "--html", folder + "/page.html",
      ])
      #expect(none.status == 64 && none.error.contains("nothing is stored for this machine"))
      try BaselineCommandTests.store(folder, [1, 1.1, 0.9])
      let printed = try perfGate([
        "baseline", "show", "--baselines", folder, "--html", folder + "/page.html",
      ])
      #expect(printed.status == 0 && printed.error.isEmpty)
      let page = try page(folder)
      #expect(page.contains("a.time") && page.contains("3 sessions in time order"))
      #expect(page.contains("mark pinned"))
      let list = try perfGate([
        "baseline", "list", "--baselines", folder, "--html", folder + "/list.html",
      ])
      #expect(list.status == 64)
    }
  }
}
