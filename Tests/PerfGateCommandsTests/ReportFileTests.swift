import Foundation
import PerfGate
import PerfGateKernels
import PerfGateReport
import PerfGateTestSupport
import Testing

/// Reports as files of a command: where they go, what is refused before anything is done.
@Suite struct ReportFileTests {
  /// A record of a violated and an open claim, in a folder.
  private func judging(
    _ options: (_ folder: String) -> [String], _ body: (Printed, String) throws -> Void
  ) throws {
    let text = try VirtualRun.record([.holds, .violated, .inconclusive])
    try withFolder { folder in
      try text.write(toFile: folder + "/record.json", atomically: true, encoding: .utf8)
      try body(try perfGate(["judge", folder + "/record.json"] + options(folder)), folder)
      #expect(try String(contentsOfFile: folder + "/record.json", encoding: .utf8) == text)
    }
  }

  @Test func reportsAreWrittenBesideTheTables() throws {
    try judging({ ["--junit", $0 + "/a.xml", "--markdown=\($0)/b.md", "--annotations"] }) {
      printed, folder in
      #expect(printed.status == 1 && printed.error.isEmpty)
      let xml = try String(contentsOfFile: folder + "/a.xml", encoding: .utf8)
      let root = try XMLElementRead.parse(xml)
      let suite = try #require(root.all("testsuite").first)
      #expect(suite.attributes["tests"] == "3" && suite.attributes["failures"] == "1")
      let markdown = try String(contentsOfFile: folder + "/b.md", encoding: .utf8)
      #expect(markdown.hasPrefix("## perfgate run: checked 3 of 3, violated 1, inconclusive 1\n"))
      let lines = printed.out.split(separator: "\n")
      #expect(lines.suffix(2).map { $0.prefix(9) } == ["::error t", "::warning"])
      let files = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(files.sorted() == ["a.xml", "b.md", "record.json"])
    }
  }

  @Test func aPageIsWrittenBesideTheTables() throws {
    try judging({ ["--html", $0 + "/page.html"] }) { printed, folder in
      #expect(printed.status == 1 && printed.error.isEmpty)
      let page = try String(contentsOfFile: folder + "/page.html", encoding: .utf8)
      #expect(page.hasPrefix("<!DOCTYPE html>\n") && page.hasSuffix("</html>\n"))
      #expect(page.contains("checked 3 of 3, violated 1, inconclusive 1"))
    }
  }

  @Test func onlyJSONIsOnStandardOutput() throws {
    try judging({ _ in ["--json", "-", "--annotations"] }) { printed, _ in
      #expect(throws: Never.self) { try Record.decode(Data(printed.out.utf8)) }
      #expect(printed.error.split(separator: "\n").map { $0.prefix(2) } == ["::", "::"])
    }
  }

  /// One report may go to standard output, where nothing else goes then.
  @Test(arguments: Report.all.map(\.option)) func aReportGoesToStandardOutput(option: String) throws
  {
    let report = try #require(Report.all.first { $0.option == option })
    try judging({ [option, "-", "--annotations", "--json", $0 + "/new.json"] }) { printed, folder in
      let record = try Record.read(path: folder + "/new.json")
      #expect(printed.out == report.text(record))
      #expect(printed.error.split(separator: "\n").allSatisfy { $0.hasPrefix("::") })
    }
    // A command that measures says elsewhere where the record is.
    guard !report.isAboutClaims else { return }
    try withFolder { folder in
      let printed = try perfGate(
        [
          "scale", option, "-", "--json", folder + "/new.json", "--size", "3000", "--tasks", "6",
          "--rounds", "2", "--workers", "1",
        ], catalog: try Catalog([AnyKernel(Viete.self)]))
      #expect(printed.status == 0, "\(printed)")
      #expect(printed.out == report.text(try Record.read(path: folder + "/new.json")))
      #expect(printed.errorLines.last == folder + "/new.json")
    }
  }

  /// Every command that measures for tables offers every report about them.
  @Test func everyCommandOffersThem() throws {
    for command in ["run", "compare", "scale", "handoff", "peers", "judge", "report"] {
      let help = try perfGate(["help", command]).out
      for report in Report.all
      where !report.isAboutClaims || !["scale", "handoff"].contains(command) {
        #expect(help.contains("  \(report.option) FILE|-"), "\(command) \(report.option)")
      }
    }
  }

  @Test func filesThatCannotBeMadeAreFoundFirst() throws {
    for option in Report.all.map(\.option) {
      try judging({ [option, $0 + "/missing/a", "--json", $0 + "/new.json"] }) { printed, folder in
        #expect(printed.status == 73 && printed.out.isEmpty)
        #expect(
          printed.error == "perfgate: cannot write \(folder)/missing/a: "
            + "no such file or directory; choose another file\n")
        #expect(!FileManager.default.fileExists(atPath: folder + "/new.json"))
      }
      // A command that measures finds it before it measures.
      let catalog = try Catalog([AnyKernel(Named<First>.self)])
      let printed = try perfGate(["compare", option, "/dev/null/a"], catalog: catalog)
      #expect(printed.status == 73 && printed.out.isEmpty)
    }
  }

  @Test func oneFileIsNotWrittenTwice() throws {
    for arguments in [
      ["--junit", "FOLDER/record.json"], ["--json", "FOLDER/a", "--junit", "FOLDER/../FOLDER/a"],
      ["--junit", "FOLDER/a", "--markdown", "FOLDER/./a"], ["--json", "-", "--junit", "-"],
      ["--csv", "-", "--google-benchmark", "-"],
      ["--html", "FOLDER/record.json"], ["--html", "FOLDER/a", "--markdown", "FOLDER/./a"],
    ] {
      try judging({ folder in
        let name = URL(fileURLWithPath: folder).lastPathComponent
        return arguments.map {
          // Not by one letter: the folder's own name may end with it.
          $0.replacingOccurrences(of: "../FOLDER", with: "../\(name)")
            .replacingOccurrences(of: "FOLDER/", with: folder + "/")
        }
      }) { printed, folder in
        #expect(printed.status == 64 && printed.out.isEmpty, "\(arguments)")
        #expect(printed.error.hasPrefix("perfgate: cannot use --"))
        #expect(!FileManager.default.fileExists(atPath: folder + "/a"))
      }
    }
  }
}
