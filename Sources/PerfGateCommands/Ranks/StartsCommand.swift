import Foundation
import PerfGate
import PerfGateMachine

/// Starts ranks several times, each of which measures everything, and judges and shows all of that as one
/// run: a start is a round.
final class StartsCommand {
  private let options: Options
  private let output: CommandOutput
  private let starts: Int
  private let launcher: RankLauncher
  private let result: JudgedRecord
  private let progress: ProgressLine
  private let begin = ContinuousClock.now
  /// The records of the starts, and of those that confirm what they have found.
  private var (first, confirmation): ([Record], [Record]) = ([], [])

  /// How long one start may take, in seconds: a day, and later ones this many times as long as the first.
  private static let mostSeconds = (first: 86_400.0, later: (times: 10.0, least: 120.0))

  init(
    _ invocation: Invocation, arguments: [String], output: CommandOutput
  ) throws(CommandError) {
    options = invocation.options
    self.output = output
    starts = options.starts ?? 1
    launcher = try RankLauncher(options, arguments, program: output.program)
    result = try JudgedRecord(
      options, file: try RecordFile(request: options.json, command: invocation.command),
      output: output)
    progress = ProgressLine(output: output, isQuiet: options.quiet)
  }

  func execute() throws(CommandError) -> Int32 {
    let folder = "\(OwnFolder.path)/starts-\(getpid())"
    do throws(OwnFolderError) {
      try OwnFolder.make()
      try OwnFolder.make(folder)
    } catch { throw CommandError(.cannotCreate, "\(error)") }
    defer { try? FileManager.default.removeItem(atPath: folder) }
    while first.count < starts {
      announce("start \(first.count + 1) of \(starts)")
      first.append(try start(in: folder))
      result.keep(joined(isComplete: false))
    }
    while confirmation.count < starts {
      let suspects = joined(isComplete: false).suspects
      guard let suspect = suspects.first else { break }
      announce("start \(confirmation.count + 1) of at most \(starts) to confirm \(suspect)")
      confirmation.append(try start(in: folder))
      result.keep(joined(isComplete: false))
    }
    progress.clear()
    return try result.finish(joined(isComplete: true))
  }

  private func announce(_ text: String) {
    let one = first.first.map { ", about \(MeasuringCommand.time($0.seconds)) each" } ?? ""
    progress.say("\(text)\(one): \(launcher.name)")
  }

  private func joined(isComplete: Bool) -> Record {
    var record = Record.ofStarts(first, confirmation: confirmation, planned: starts)
    record.complete = record.complete && isComplete
    record.seconds = MeasuringCommand.seconds(ContinuousClock.now - begin)
    record.notes.append(
      Record.Note(
        code: "starts",
        text:
          "\(first.count + confirmation.count) starts by \(launcher.name); each counts as one round, "
          + "by the median of its own"))
    return record
  }

  /// The record of one start.
  private func start(in folder: String) throws(CommandError) -> Record {
    let (file, errors) = ("\(folder)/record.json", "\(folder)/errors")
    let later = Self.mostSeconds.later
    let outcome = launcher.start(
      output: file, errors: errors,
      atMost: first.first.map { max(later.least, later.times * $0.seconds) }
        ?? Self.mostSeconds.first)
    if let signal = outcome.interrupted {
      throw CommandError(
        ExitCode(signal: signal),
        "interrupted by signal \(signal)" + (first.isEmpty ? "" : ": \(kept)"))
    }
    var problem = "it wrote no record"
    if let text = FileManager.default.contents(atPath: file), !text.isEmpty {
      do throws(RecordError) {
        let record = try Record.decode(text)
        if record.complete { return record }
        problem = "it did not measure everything"
      } catch { problem = "what it wrote is no record: \(error)" }
    }
    throw failure(outcome, problem, errors)
  }

  private var kept: String { "the record has \(first.count) of \(starts) starts" }

  private func failure(
    _ outcome: OutsideProgram.Outcome, _ problem: String, _ errors: String
  ) -> CommandError {
    let text = FileManager.default.contents(atPath: errors).map {
      String(decoding: $0, as: UTF8.self)
    }
    let lines = (text ?? "").split(separator: "\n").map(String.init)
    let own = lines.filter { $0.hasPrefix(Self.prefix) }.map {
      String($0.dropFirst(Self.prefix.count))
    }
    let number = first.count + confirmation.count + 1
    let why =
      own.isEmpty
      ? [outcome.failure ?? problem]
        + lines.filter { $0.contains(where: \.isLetter) }.prefix(Self.shownLines) : own
    return CommandError(
      own.isEmpty ? .unavailable : code(outcome.status),
      "start \(number), by \(launcher.name): \(why.joined(separator: "; "))"
        + (first.isEmpty ? "" : "; \(kept)"))
  }

  /// What a rank's status means here: a verdict or a signal to a rank is none of this process.
  private func code(_ status: Int32?) -> ExitCode {
    guard let code = status.flatMap({ ExitCode(rawValue: $0) }), code.isNoDecision,
      code != .undecided
    else { return .software }
    return code
  }

  /// What the program's errors begin with.
  private static let prefix = "perfgate: "
  /// How many lines of a launcher that failed are shown: the first ones say why.
  private static let shownLines = 4
}
