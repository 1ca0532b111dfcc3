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
    case .judge: "judge a stored record again: judge RECORD; nothing is measured"
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

/// A command line that was understood.
struct Invocation: Hashable, Sendable {
  var command: Command
  var options: Options

  /// Reads the arguments after the program's name.
  init(_ arguments: [String]) throws(CommandError) {
    var rest = arguments[...]
    command = .run
    if let word = rest.first, !word.hasPrefix("-") {
      guard let named = Command(rawValue: word) else {
        let known = Command.allCases.map(\.rawValue).joined(separator: ", ")
        throw .usage("unknown command \(word): expected \(known)")
      }
      command = named
      rest = rest.dropFirst()
    }
    options = Options()
    if !command.actions.isEmpty, !rest.contains("--help") {
      let known = command.actions.joined(separator: ", ")
      guard let word = rest.popFirst() else {
        throw .usage("\(command.rawValue) needs to be told what to do: expected one of \(known)")
      }
      guard let action = BaselineAction(rawValue: word) else {
        throw .usage("unknown \(command.rawValue) \(word): expected one of \(known)")
      }
      options.action = action
    }
    while let word = rest.popFirst() {
      if takesFile, !word.hasPrefix("-"), options.path == nil {
        options.path = word
        continue
      }
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts[0])
      guard let rule = command.rules.first(where: { $0.name == name }) else {
        throw .usage(Self.unknown(word, of: command))
      }
      guard !rule.value.isEmpty else {
        guard parts.count == 1 else { throw .usage("\(name) takes no value: found \(word)") }
        try rule.apply(&options, "")
        continue
      }
      guard let value = parts.count == 2 ? String(parts[1]) : rest.popFirst() else {
        throw .usage("\(name) needs a value: expected \(name) \(rule.value)")
      }
      try rule.apply(&options, value)
    }
  }

  /// Whether one argument that is no option is a record.
  private var takesFile: Bool { command.takesFile || options.action == .show }

  private static func unknown(_ word: String, of command: Command) -> String {
    guard word.hasPrefix("-") else {
      let what = command.takesFile ? "one file" : "options only"
      return "unexpected argument \(word): perfgate \(command.rawValue) takes \(what)"
    }
    let name = word.split(separator: "=").first.map(String.init) ?? word
    let elsewhere = Command.allCases.filter { $0.rules.contains { $0.name == name } }
    if elsewhere.isEmpty {
      return "unknown option \(name): see perfgate \(command.rawValue) --help"
    }
    let names = elsewhere.map(\.rawValue).joined(separator: ", ")
    return "option \(name) does not belong to \(command.rawValue): it belongs to \(names)"
  }
}

extension Command {
  /// The text of `--help`.
  ///
  /// - Parameter program: what the program is called.
  static func help(for command: Command?, program: String) -> String {
    var lines = ["usage: \(program) [command] [options]", ""]
    for command in Command.allCases {
      lines.append("  " + command.rawValue.padded(to: 10) + command.summary)
    }
    let shown = command ?? .run
    lines += ["", "options of \(shown.rawValue):"]
    for rule in shown.rules {
      let name = rule.value.isEmpty ? rule.name : "\(rule.name) \(rule.value)"
      lines.append("  " + name.padded(to: 24) + rule.help)
    }
    lines += [
      "",
      "exit status: 0 no claim violated, 1 violated, 3 undecided under --strict or --require,",
      "64 wrong usage, 65 damaged file, 70 a worker died or work is not proven,",
      "73 output cannot be made, 75 not now, 130/143 interrupted",
    ]
    return lines.joined(separator: "\n") + "\n"
  }
}

extension String {
  func padded(to width: Int) -> String {
    count < width ? self + String(repeating: " ", count: width - count) : self + " "
  }
}
