import PerfGate
import PerfGateReport

/// A command of the program.
enum Command: String, CaseIterable, Sendable {
  case run, compare, scale, handoff, peers, baseline, machine, judge, report, merge, completion, arm
  case worker

  /// Whether people call it.
  var isPublic: Bool { self != .worker }

  /// One line for the help text.
  var summary: String {
    switch self {
    case .run: "measure the catalog, judge its claims, print tables, write the record (the default)"
    case .compare:
      "compare the variants of each kernel on one worker, such as Swift with C; with --against REV the "
        + "working tree with another revision"
    case .scale: "measure a curve over worker counts: time, improvement, speedup, efficiency"
    case .handoff: "measure handing a long string to workers, by value and by reference"
    case .peers: "measure the same work in other languages, such as Go and Python, in the same run"
    case .baseline:
      "store and check sessions of this machine: baseline update|show|list|check"
    case .machine: "print topology, allowed CPUs, libnuma, and where workers would run"
    case .judge:
      "judge a stored record again: judge RECORD, or judge - for standard input "
        + "(\(Record.maximumBytes >> 20) MiB at most)"
    case .report: "write reports of stored records: report RECORD… --html FILE"
    case .merge:
      "judge the records of many machines or runs again, and count their verdicts by machine key: "
        + "merge RECORD…, or merge FOLDER"
    case .completion: "print completions for a shell: completion bash|zsh|fish"
    case .arm: "(for programs) speaks the arm protocol on standard input and output"
    case .worker: "a worker process, which --executor process starts"
    }
  }

  /// Whether the command line may name a record to read.
  var takesFile: Bool { self == .judge || takesFiles }

  /// Whether it may name more than one.
  var takesFiles: Bool { self == .report || self == .merge }

  /// The words of which one must follow the command; empty if it needs none.
  var actions: [String] {
    switch self {
    case .baseline: BaselineAction.allCases.map(\.rawValue)
    case .completion: Shell.allCases.map(\.rawValue)
    default: []
    }
  }

  /// The options of commands that judge claims in tables.
  private static let rulesOfClaims: [OptionRule] =
    OptionRule.selection + [.taskSeconds] + OptionRule.placement + OptionRule.ranks
    + OptionRule.rounds + [
      OptionRule.budget, .quietWait, .baselines,
    ] + OptionRule.judging + OptionRule.output + OptionRule.claimReports + OptionRule.tableReports
    + OptionRule.common

  /// The options that the command takes.
  var rules: [OptionRule] {
    switch self {
    case .run: Self.rulesOfClaims
    case .compare: OptionRule.revisions + Self.rulesOfClaims
    case .baseline:
      [OptionRule.kernel] + [OptionRule.budget, .quietWait, .seed, .baselines] + OptionRule.update
        + OptionRule.judging + OptionRule.output + [.html] + OptionRule.common
    case .handoff:
      OptionRule.selection + OptionRule.placement + OptionRule.rounds + [OptionRule.firstAndRest]
        + OptionRule.output + OptionRule.tableReports + OptionRule.common
    case .scale:
      OptionRule.selection + [.taskSeconds] + OptionRule.placement + OptionRule.ranks
        + OptionRule.rounds + [OptionRule.weak]
        + OptionRule.output
        + OptionRule.tableReports + OptionRule.common
    case .peers:
      OptionRule.peers + [OptionRule.firstAndRest, .kernel] + OptionRule.placementOfPool
        + OptionRule.rounds + [OptionRule.budget, .quietWait] + OptionRule.judging
        + OptionRule.output + OptionRule.claimReports + OptionRule.tableReports + OptionRule.common
    case .judge:
      OptionRule.judging + OptionRule.output + OptionRule.claimReports + OptionRule.tableReports
        + OptionRule.common
    case .report:
      OptionRule.claimReports + OptionRule.tableReports + [.besides] + OptionRule.common
    case .merge:
      [OptionRule.filesFrom] + OptionRule.judging + OptionRule.output + OptionRule.fleetReports
        + OptionRule.common
    case .machine:
      OptionRule.placement + OptionRule.output + [.root] + OptionRule.common
    case .completion, .arm, .worker: [.help]
    }
  }
}

/// What `perfgate baseline` does.
enum BaselineAction: String, CaseIterable, Sendable {
  case update, show, list, check

  /// Whether an option of `baseline` means something to it.
  func takes(_ option: String) -> Bool {
    switch self {
    case .update: true
    case .check: !Self.ofStoring.contains(option)
    case .show: !Self.ofMeasuring.contains(option)
    case .list: !Self.ofMeasuring.contains(option) && option != Report.html.option
    }
  }

  private static let ofStoring = OptionRule.update.map(\.name)
  private static let ofMeasuring =
    [OptionRule.kernel, .budget, .quietWait, .seed].map(\.name) + OptionRule.judging.map(\.name)
    + ofStoring + ["--json"]
}

extension Command {
  /// The text of `--help`.
  ///
  /// - Parameter program: the program's name.
  static func help(for shown: Command, program: String) -> String {
    var lines = ["usage: \(program) [command] [options]", ""]
    for command in Command.allCases where command.isPublic {
      lines.append("  " + command.rawValue.padded(to: 12) + command.summary)
    }
    lines.append(
      "  " + "help".padded(to: 12) + "show this text; help COMMAND shows the options of COMMAND")
    lines += ["", "options of \(shown.rawValue):"]
    for rule in shown.rules where rule.isPublic {
      let name = rule.value.isEmpty ? rule.name : "\(rule.name) \(rule.value)"
      lines.append("  " + name.padded(to: 24) + rule.help)
    }
    lines += [
      "",
      "exit status: 0 no claim violated, 1 violated, 3 undecided under --strict or --require,",
      "64 wrong usage, 65 damaged file, 69 another program does not answer or cannot be built,",
      "70 a worker died or work is not proven, 73 cannot create",
      "output, 74 cannot finish output, 75 locked or too busy: try again, 129/130/143 interrupted",
    ]
    return lines.joined(separator: "\n") + "\n"
  }
}

extension String {
  func padded(to width: Int) -> String {
    count < width ? self + String(repeating: " ", count: width - count) : self + " "
  }
}
