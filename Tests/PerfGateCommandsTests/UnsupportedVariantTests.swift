import Foundation
import PerfGate
import PerfGateCommands
import PerfGateReport
import PerfGateTestSupport
import Testing

/// A variant that this CPU lacks the instructions for is listed and never run: it would end this
/// process.
@Suite(.serialized) struct UnsupportedVariantTests {
  private let note = "not run: made-up.lacking/c.wide: this CPU does not support it"

  private func catalog() throws -> Catalog { try Catalog([AnyKernel(Lacking.self)]) }

  @Test(arguments: [["compare"], ["scale", "--workers", "1"]])
  func tablesListItAndDoWithoutIt(command: [String]) throws {
    let (ran, record) = try measured(
      command + ["--size", "3000", "--tasks", "6", "--rounds", "3", "--quiet"],
      catalog: catalog())
    #expect(ran.status == 0, "\(ran)")
    #expect(ran.outLines.contains { $0.hasPrefix("note ") && $0.hasSuffix(note) }, "\(ran.out)")
    #expect(Set(record.series.map(\.variant)) == ["swift.right", "c.right"])
    #expect(record.unproven.isEmpty && record.complete)
  }

  @Test func claimsAboutItAreNotCheckable() throws {
    let claims = try [
      Claim(
        id: "wide", text: "wide is no slower", kernel: Lacking.name,
        .ratio(subject: "c.wide", reference: "c.right", atMost: 1.05, workers: 1)),
      Claim(
        id: "to-wide", text: "right is no slower than wide", kernel: Lacking.name,
        .ratio(subject: "swift.right", reference: "c.wide", atMost: 1.05, workers: 1)),
    ]
    let (status, record) = try judged(claims)
    #expect(status == 0)
    #expect(record.claims.map(\.verdict.word) == [.notCheckable, .notCheckable])
    #expect(record.claims.map { $0.verdict.reason?.cause } == [.hardware, .hardware])
    for claim in record.claims {
      #expect(claim.sentence == "this CPU does not support c.wide of kernel made-up.lacking")
    }
    #expect(record.unproven.isEmpty)
  }

  private func judged(_ claims: [Claim]) throws -> (Int32, Record) {
    let folder = try TemporaryFolder()
    let path = folder.path("record.json")
    let status = runPerfGate(
      [
        "run", "--size", "3000", "--tasks", "6", "--rounds", "3", "--quiet", "--json", path,
        "--baselines", folder.path("baselines"),
      ],
      catalog: try catalog(), claims: claims,
      output: CommandOutput(out: { _ in }, error: { _ in }, errorIsTerminal: false),
      probe: { _ in QuietProbe() })
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    return (status, try JSONDecoder().decode(Record.self, from: data))
  }

  @Test func askingForNothingElseIsRefused() throws {
    let ran = try perfGate(["compare", "--variant", "c.wide"], catalog: try catalog())
    #expect(ran.status == 64)
    #expect(
      ran.error
        == "perfgate: this CPU does not support made-up.lacking/c.wide; choose other variants\n")
  }

  /// No other one is measured in the place of one that was asked for.
  @Test func askingForItAndOthersIsRefusedToo() throws {
    for more in ["c.right", "swift.*", "swift"] {
      let ran = try perfGate(
        ["compare", "--variant", more, "--variant", "c.wide"], catalog: try catalog())
      #expect(ran.status == 64 && ran.error.contains("does not support made-up.lacking/c.wide"))
    }
    // A pattern that others match is none for it alone; the note tells.
    let (ran, record) = try measured(
      ["compare", "--variant", "c", "--size", "3000", "--tasks", "6", "--rounds", "3", "--quiet"],
      catalog: catalog())
    #expect(ran.status == 0 && Set(record.series.map(\.variant)) == ["c.right"])
  }
}
