import Foundation
import PerfGate
import PerfGateReport
import PerfGateTestSupport
import Testing

@testable import PerfGateCommands

/// The line that tells what is measured: what it says, how wide it is, and that it goes away.
@Suite struct ProgressLineTests {
  /// A terminal, or a log, and the time.
  private final class Terminal: @unchecked Sendable {
    // Only the test's own thread uses it.
    var pieces: [String] = []
    var columns: Int?
    var now = ContinuousClock.now

    func line(isTerminal: Bool, isQuiet: Bool = false) -> ProgressLine {
      var output = CommandOutput(
        out: { _ in }, error: { self.pieces.append($0) }, errorIsTerminal: isTerminal)
      output.errorColumns = { self.columns }
      return ProgressLine(output: output, isQuiet: isQuiet) { self.now }
    }
  }

  private let group = GroupKey(.scale, "viete")
  private let erase = "\r\u{1B}[K"

  @Test func itTellsTheRoundAndTheTimeLeft() {
    let terminal = Terminal()
    let line = terminal.line(isTerminal: true)
    for round in -1...2 {
      line.show(.round(group: group, round: round, of: 20))
      terminal.now += .seconds(3)
    }
    #expect(
      terminal.pieces == [
        "\(erase)measuring scale viete: warm-up", "\(erase)measuring scale viete: round 1 of 20",
        "\(erase)measuring scale viete: round 2 of 20, about 57 s left",
        "\(erase)measuring scale viete: round 3 of 20, about 54 s left",
      ])
    line.clear()
    line.clear()
    #expect(terminal.pieces.last == erase && terminal.pieces.count == 5, "it is erased once")
  }

  /// The rounds of a claim may end sooner. A confirmation begins to count again.
  @Test func theRoundsOfAClaimAreAtMostSoMany() {
    let terminal = Terminal()
    let line = terminal.line(isTerminal: true)
    for round in [0, 1, 0, 1] {
      line.show(.judging(group: group, round: round, of: 10, open: [], all: 2))
      terminal.now += .seconds(1)
    }
    #expect(terminal.pieces.allSatisfy { $0.hasSuffix("all decided") })
    var left = TimeLeft()
    let begin = ContinuousClock.now
    #expect(left.seconds("a", round: 0, of: 10, now: begin) == nil)
    #expect(left.seconds("a", round: 2, of: 10, now: begin + .seconds(4)) == 16)
    #expect(left.seconds("a", round: 0, of: 10, now: begin + .seconds(5)) == nil)
    #expect(left.seconds("a", round: 1, of: 10, now: begin + .seconds(6)) == 9)
    #expect(left.seconds("b", round: 1, of: 10, now: begin + .seconds(7)) == nil)
  }

  /// A row that the terminal breaks could not be erased. Its width may change at any time.
  @Test func itFitsTheTerminal() {
    let terminal = Terminal()
    let line = terminal.line(isTerminal: true)
    for columns in [200, 80, 40, 20, 7, 1, nil] {
      terminal.columns = columns
      terminal.now += .seconds(1)
      line.show(.proving(kernel: "日本語", variant: String(repeating: "long", count: 30)))
      let text = (terminal.pieces.last ?? "").dropFirst(erase.count)
      #expect(DisplayWidth.of(text) <= max(0, (columns ?? 80) - 3), "\(columns ?? 0): \(text)")
    }
    #expect(terminal.pieces.count == 7)
  }

  @Test func anotherLineComesInItsPlace() {
    let terminal = Terminal()
    let line = terminal.line(isTerminal: true)
    line.show(.calibrating(kernel: "viete"))
    line.say("the tables will take about 20 s")
    line.say("twice")
    #expect(
      terminal.pieces.dropFirst() == [
        erase, "perfgate: the tables will take about 20 s\n", "perfgate: twice\n",
      ])
  }

  @Test func withoutATerminalALineComesNowAndThen() {
    let terminal = Terminal()
    let line = terminal.line(isTerminal: false)
    for round in 0..<25 {
      line.show(.round(group: group, round: round, of: 100))
      terminal.now += .seconds(1)
    }
    line.clear()
    #expect(terminal.pieces.count == 2)
    #expect(
      terminal.pieces[0].hasPrefix("perfgate: measuring scale viete: round 11 of 100, about "))
    #expect(
      terminal.pieces[1].hasPrefix("perfgate: measuring scale viete: round 21 of 100, about "))
    #expect(terminal.pieces.allSatisfy { !$0.contains("\u{1B}") && $0.hasSuffix(" left\n") })
  }

  @Test(arguments: [true, false]) func quietIsQuiet(isTerminal: Bool) {
    let terminal = Terminal()
    let line = terminal.line(isTerminal: isTerminal, isQuiet: true)
    for round in 0..<25 {
      line.show(.round(group: group, round: round, of: 100))
      terminal.now += .seconds(1)
    }
    line.say("nothing")
    line.clear()
    #expect(terminal.pieces.isEmpty)
  }
}
