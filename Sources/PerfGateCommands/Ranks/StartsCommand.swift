import Foundation
import PerfGate
import PerfGateMachine
import PerfGateStatistics
import PerfGateWorkers

/// Starts ranks several times, each of which measures everything, and judges and shows all of that as one
/// run: a start is a round.
final class StartsCommand {
  private let command: Command
  private let options: Options
  private let output: CommandOutput
  private let starts: Int
  private let launcher: RankLauncher
  private let result: JudgedRecord
  private let progress: ProgressLine
  private let begin = ContinuousClock.now
  /// What is known; `nil` before the first start has ended.
  private var joined: JoinedStarts?
  /// How many starts have ended: of the first, and of those that confirm what they have found.
  private var (first, confirmation) = (0, 0)
  /// How long the first one took, in seconds.
  private var firstSeconds = 0.0

  /// How long one start may take, in seconds: a day, and later ones this many times as long as the first,
  /// besides waiting for their turn.
  private static let mostSeconds = (first: 86_400.0, later: (times: 10.0, least: 120.0))
  /// The fewest starts that a verdict needs.
  private static let fewestStarts = SignBoundary.firstLook

  init(
    _ invocation: Invocation, arguments: [String], output: CommandOutput
  ) throws(CommandError) {
    command = invocation.command
    options = invocation.options
    self.output = output
    starts = options.starts ?? 0
    launcher = try RankLauncher(options, arguments, program: output.program)
    result = try JudgedRecord(
      options, file: try RecordFile(request: options.json, command: command), output: output)
    progress = ProgressLine(output: output, isQuiet: options.quiet)
  }

  func execute() throws(CommandError) -> Int32 {
    let folder = "\(OwnFolder.path)/\(Self.folderPrefix)\(getpid())"
    do throws(OwnFolderError) {
      try OwnFolder.make()
      Self.removeFoldersOfKilled()
      try OwnFolder.make(folder)
    } catch { throw CommandError(.cannotCreate, "\(error)") }
    if command != .scale, starts < Self.fewestStarts {
      progress.say("\(starts) starts decide no claim: a verdict needs \(Self.fewestStarts) or more")
    }
    var failure: CommandError?
    do throws(CommandError) { try measure(in: folder) } catch { failure = error }
    progress.clear()
    // Whoever reads the tables may end this process.
    try? FileManager.default.removeItem(atPath: folder)
    guard let failure else { return try result.finish(record(isComplete: true)) }
    if first > 0 { try result.show(record(isComplete: false)) }
    throw failure
  }

  /// Removes what processes have left that were killed, also one that had the number of this one.
  private static func removeFoldersOfKilled() {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: OwnFolder.path)) ?? []
    for name in names where name.hasPrefix(folderPrefix) {
      guard let process = Int32(name.dropFirst(folderPrefix.count)), process > 0 else { continue }
      guard process == getpid() || kill(process, 0) != 0 && errno == ESRCH else { continue }
      try? FileManager.default.removeItem(atPath: "\(OwnFolder.path)/\(name)")
    }
  }

  /// The folder's name without the number of the process: numbers are those of one machine, and there of
  /// one container, but others may share the folder.
  private static let folderPrefix: String = {
    let places = [MachineIdentity.bootID?.prefix(8), MachineIdentity.processSpace?[...]]
    let words = places.map { $0?.filter { $0.isLetter || $0.isNumber } ?? "" }
    return "starts-\(words.joined(separator: "-"))-"
  }()

  private func measure(in folder: String) throws(CommandError) {
    while first < starts {
      announce("start \(first + 1) of \(starts)")
      let one = try start(in: folder)
      if joined == nil { (joined, firstSeconds) = (JoinedStarts(one), one.seconds) }
      joined?.add(one)
      first += 1
      result.keep(record(isComplete: false))
    }
    while confirmation < starts, let suspect = joined?.suspects(planned: starts).first {
      announce("start \(confirmation + 1) of at most \(starts) to confirm \(suspect)")
      joined?.add(try start(in: folder), as: .confirmation)
      confirmation += 1
      result.keep(record(isComplete: false))
    }
  }

  private func announce(_ text: String) {
    let one = first == 0 ? "" : ", about \(MeasuringCommand.time(firstSeconds)) each"
    progress.say("\(text)\(one): \(launcher.name)")
  }

  /// The record of all starts so far; call it after the first.
  private func record(isComplete: Bool) -> Record {
    guard var record = joined?.record(planned: starts) else {
      preconditionFailure("no start has ended")
    }
    record.complete = record.complete && isComplete
    record.seconds = MeasuringCommand.seconds(ContinuousClock.now - begin)
    let further = confirmation == 0 ? "" : " and \(confirmation) to confirm"
    record.notes.append(
      Record.Note(
        code: "starts",
        text:
          "\(first) \(first == 1 ? "start" : "starts")\(further) by \(launcher.name); each counts as "
          + "one round, by the median of its own"))
    return record
  }

  /// The record of the next start.
  private func start(in folder: String) throws(CommandError) -> Record {
    let (file, errors) = ("\(folder)/record.json", "\(folder)/errors")
    let later = Self.mostSeconds.later
    // A start that cannot be begun leaves none of its own.
    for left in [file, errors] { try? FileManager.default.removeItem(atPath: left) }
    let outcome = launcher.start(
      first + confirmation + 1, output: file, errors: errors,
      atMost: first == 0
        ? Self.mostSeconds.first
        : MeasuringCommand.lockTimeout + max(later.least, later.times * firstSeconds))
    if let signal = outcome.interrupted ?? ProcessSignals.interruptSignal {
      throw CommandError(
        ExitCode(signal: signal), "interrupted by signal \(signal)" + kept)
    }
    var problem = "it wrote no record"
    // One that was ended because of its bound may have written a record meanwhile.
    if outcome.status != nil, let text = FileManager.default.contents(atPath: file), !text.isEmpty {
      do throws(RecordError) {
        let record = try Record.decode(text)
        if record.complete {
          if outcome.status == ExitCode.software.rawValue {
            for line in Self.own(lines(of: errors)).prefix(Self.shownLines) {
              output.complain("perfgate: start \(first + confirmation + 1): \(line)")
            }
          }
          return record
        }
        problem = "it did not measure everything"
      } catch { problem = "what it wrote is no record: \(error)" }
    }
    throw failure(outcome, problem, errors)
  }

  /// What is left of an unfinished run.
  private var kept: String {
    guard first > 0 else { return "" }
    let further = confirmation == 0 ? "" : " and \(confirmation) to confirm"
    return "; kept, marked as incomplete: \(first) of \(starts) starts\(further)"
  }

  private func lines(of file: String) -> [String] {
    let text = FileManager.default.contents(atPath: file) ?? Data()
    return String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  /// What this program has said, among the lines of a launcher. Many ranks may say the same.
  ///
  /// A launcher sends the others a signal when a rank has died. That is no reason where one is told.
  private static func own(_ lines: [String]) -> [String] {
    var found: [String] = []
    for line in lines where line.hasPrefix(prefix) {
      let sentence = String(line.dropFirst(prefix.count))
      if !found.contains(sentence) { found.append(sentence) }
    }
    let reasons = found.filter { !$0.hasPrefix("interrupted by signal ") }
    return reasons.isEmpty ? found : reasons
  }

  private func failure(
    _ outcome: OutsideProgram.Outcome, _ problem: String, _ errors: String
  ) -> CommandError {
    let lines = lines(of: errors)
    let own = Self.own(lines)
    var why: [String] = Array(own.prefix(Self.shownLines))
    if own.isEmpty || outcome.status == nil { why.append(outcome.failure ?? problem) }
    if own.isEmpty {
      why += lines.filter { $0.contains(where: \.isLetter) }.prefix(Self.shownLines)
    }
    return CommandError(
      own.isEmpty ? .unavailable : code(outcome.status),
      "start \(first + confirmation + 1), by \(launcher.name): \(why.joined(separator: "; "))\(kept)"
    )
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
