import PerfGate

/// What the program can do.
enum Command: String, CaseIterable, Sendable {
  case run, compare, scale, handoff, baseline, machine, judge

  /// One line for the help.
  var summary: String {
    switch self {
    case .run: "measure the catalog, judge its claims, print tables, write the record (the default)"
    case .compare: "Swift against C, kernel by kernel, paired"
    case .scale: "one curve over worker counts: time, improvement, speedup, efficiency"
    case .handoff: "the long string handed to workers, by value and by reference"
    case .baseline:
      "stored sessions of this machine: baseline update | show | list | check"
    case .machine: "topology, allowed resources, libnuma, the plan for each worker count"
    case .judge:
      "judge a stored record again: judge RECORD, or - for standard input "
        + "(\(Record.maximumBytes >> 20) MiB at most)"
    }
  }

  /// Whether it reads a file that is named on the command line.
  var takesFile: Bool { self == .judge }

  /// The word after the command that says what to do, where it needs one.
  var actions: [String] {
    self == .baseline ? BaselineAction.allCases.map(\.rawValue) : []
  }

  /// The options it understands.
  var rules: [OptionRule] {
    switch self {
    case .run, .compare:
      OptionRule.selection + OptionRule.placement + OptionRule.rounds
        + [OptionRule.budget, .quietWait, .baselines] + OptionRule.judging + OptionRule.output
        + OptionRule.claimReports
        + [OptionRule.markdown] + OptionRule.common
    case .baseline:
      [OptionRule.kernel] + [OptionRule.budget, .quietWait, .seed, .baselines] + OptionRule.update
        + OptionRule.judging + OptionRule.output + OptionRule.common
    case .scale, .handoff:
      OptionRule.selection + OptionRule.placement + OptionRule.rounds + OptionRule.output
        + [OptionRule.markdown] + OptionRule.common
    case .judge:
      OptionRule.judging + OptionRule.output + OptionRule.claimReports + [OptionRule.markdown]
        + OptionRule.common
    case .machine:
      OptionRule.placement + OptionRule.output + [.root] + OptionRule.common
    }
  }
}

/// What is to be done with baselines.
enum BaselineAction: String, CaseIterable, Sendable {
  case update, show, list, check
}

extension Command {
  /// The text of `--help`.
  ///
  /// - Parameter program: what the program is called.
  static func help(for shown: Command, program: String) -> String {
    var lines = ["usage: \(program) [command] [options]", ""]
    for command in Command.allCases {
      lines.append("  " + command.rawValue.padded(to: 10) + command.summary)
    }
    lines.append(
      "  " + "help".padded(to: 10) + "this text; help COMMAND: with the command's options")
    lines += ["", "options of \(shown.rawValue):"]
    for rule in shown.rules {
      let name = rule.value.isEmpty ? rule.name : "\(rule.name) \(rule.value)"
      lines.append("  " + name.padded(to: 24) + rule.help)
    }
    lines += [
      "",
      "exit status: 0 no claim violated, 1 violated, 3 undecided under --strict or --require,",
      "64 wrong usage, 65 damaged file, 70 a worker died or work is not proven, 73 output cannot be",
      "made, 74 output not written to its end, 75 not now: locked or too busy, 129/130/143 interrupted",
    ]
    return lines.joined(separator: "\n") + "\n"
  }
}

extension String {
  func padded(to width: Int) -> String {
    count < width ? self + String(repeating: " ", count: width - count) : self + " "
  }
}
