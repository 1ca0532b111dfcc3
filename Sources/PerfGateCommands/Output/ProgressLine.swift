import Foundation
import PerfGate
import PerfGateReport
import PerfGateStatistics

/// One line on standard error that shows what the program is doing.
///
/// A terminal's line is overwritten, and erased before anything else is printed; it is never wider
/// than the terminal, because only one of its rows could be erased. Elsewhere a plain line is printed
/// now and then.
final class ProgressLine {
  private let output: CommandOutput
  private let isQuiet: Bool
  private let now: () -> ContinuousClock.Instant
  private var timeLeft = TimeLeft()
  private var lastWritten: ContinuousClock.Instant?
  private var isShown = false
  /// The time between two lines: on a terminal, and elsewhere.
  private static let terminalPause = Duration.milliseconds(100)
  private static let plainPause = Duration.seconds(10)
  /// The width of a terminal that does not tell it.
  private static let usualColumns = 80

  init(
    output: CommandOutput, isQuiet: Bool,
    now: @escaping () -> ContinuousClock.Instant = { ContinuousClock.now }
  ) {
    self.output = output
    self.isQuiet = isQuiet
    self.now = now
    lastWritten = output.errorIsTerminal ? nil : now()
  }

  func show(_ progress: Session.Progress) {
    switch progress {
    case .proving(let kernel, let variant): show("proving the work of \(kernel)/\(variant)")
    case .calibrating(let kernel): show("finding the size of \(kernel)")
    case .round(let group, let round, let count):
      let which =
        round < 0
        ? "warm-up"
        : round < count ? "round \(round + 1) of \(count)" : "a round in place of a dropped one"
      let left = timeLeft(group, round, count).map { ", about \($0) left" } ?? ""
      show("measuring \(group): \(which)\(left)")
    case .judging(let group, let round, let most, let open, let all):
      let left = most.flatMap { timeLeft(group, round, $0) }.map { ", at most \($0) left" } ?? ""
      show(Self.describe(group, round, most, open, all) + (open.isEmpty ? "" : left))
    }
  }

  /// `12 s`; `nil` before a round has ended.
  private func timeLeft(_ group: GroupKey, _ round: Int, _ count: Int) -> String? {
    guard round >= 0 else { return nil }
    return timeLeft.seconds(group.description, round: round, of: count, now: now())
      .map { MeasuringCommand.time(max($0, 1)) }
  }

  /// The current round, the estimate so far, and what is missing for a verdict.
  private static func describe(
    _ group: GroupKey, _ round: Int, _ most: Int?, _ open: [SequentialTest], _ all: Int
  ) -> String {
    guard round >= 0, let most else { return "judging \(group): warm-up" }
    let which = "judging \(group): round \(round + 1) of at most \(most)"
    guard let first = open.first else { return which + ", all decided" }
    var missing = "\(all - open.count) of \(all) decided"
    if let middle = first.logEstimate {
      missing += String(
        format: ", next at %+.1f %% of its limit", (exp(middle - first.plan.bound) - 1) * 100)
    }
    if let rounds = first.fewestRoundsToHold ?? first.fewestRoundsToFail {
      missing += ", at least \(rounds) more \(rounds == 1 ? "round" : "rounds")"
    }
    return which + ", " + missing
  }

  private func show(_ text: String) {
    guard !isQuiet else { return }
    let now = now()
    let pause = output.errorIsTerminal ? Self.terminalPause : Self.plainPause
    if let lastWritten, now - lastWritten < pause { return }
    lastWritten = now
    if output.errorIsTerminal {
      // Room for the ^C of the terminal, and one column more: some terminals begin a new row when
      // the last one is filled, and only one row can be erased.
      let columns = (output.errorColumns() ?? Self.usualColumns) - 3
      output.rewriteLine(DisplayWidth.cut(VisibleText.line(text), to: columns))
      isShown = true
    } else {
      output.complain("perfgate: \(text)")
    }
  }

  /// Prints a line that must be seen, such as how long the run will take.
  func say(_ text: String) {
    clear()
    if !isQuiet { output.complain("perfgate: \(text)") }
  }

  /// Erases the line before anything else is written.
  func clear() {
    guard isShown else { return }
    output.rewriteLine("")
    isShown = false
  }
}
