import PerfGate
import PerfGateWorkers

/// A parsed command line.
struct Invocation: Sendable {
  /// The command to run, or with `--help` the command to show help for.
  var command = Command.run
  var options = Options()
  /// The interference probe for the rounds; `nil`: the machine's own counters.
  var probe: LocalSession.MakeProbe?
  /// The program whose processes run the arms, or why there is none; `nil`: this process does.
  var arms: Result<ArmProgram, StartRefusal>?
  /// The program whose processes are workers; `nil`: this one cannot be started for that.
  var workerProgram: WorkerProgram?
  /// The name of this program in its package; `nil`: that of the command line.
  var product: String?
  /// Options that take one value and were given.
  private var given: Set<String> = []
  /// All options that were given, in their order.
  private var used: [String] = []

  /// Reads the arguments after the program's name.
  ///
  /// `help`, `help COMMAND`, `-h` and `--help` ask for help, anywhere that an option may be.
  /// Arguments behind them are ignored.
  init(_ arguments: [String]) throws(CommandError) {
    var rest = arguments[...]
    if rest.first == "help" {
      rest.removeFirst()
      try readHelp(rest)
      return
    }
    if let word = rest.first, !word.hasPrefix("-") {
      command = try Self.command(word)
      rest.removeFirst()
    }
    if !command.actions.isEmpty {
      if let word = rest.first, Self.isHelp(word) {
        options.help = true
        return
      }
      try readAction(&rest)
    }
    while let word = rest.popFirst() {
      if Self.isHelp(word) {
        options.help = true
        return
      }
      if takesFile, !word.hasPrefix("-") || word == "-", options.path == nil {
        options.path = word
      } else if command.takesFiles, !word.hasPrefix("-") || word == "-" && command == .merge {
        options.morePaths.append(word)
      } else {
        try readOption(word, &rest)
      }
    }
    try checkRevisions()
    if command != .peers, options.size != nil, options.taskSeconds != nil {
      throw .usage(
        "--size and --task-seconds exclude each other: the one is the size of a task, the other finds it; "
          + "leave one out")
    }
    try options.checkStarts()
    options.leaveReports()
  }

  /// Refuses options that need `--against`, and those that mean nothing with it.
  private func checkRevisions() throws(CommandError) {
    let needing = ["--merge-base", "--worse-by-at-most", "--keep", "--undecided"]
    guard options.against != nil else {
      if let one = used.first(where: needing.contains) {
        throw .usage("\(one) needs --against REV, the revision to compare with")
      }
      return
    }
    let refused = [
      "--tasks", "--size", "--task-seconds", "--rounds", "--oversubscribe", "--baselines",
    ]
    if let one = used.first(where: refused.contains) {
      throw .usage(
        "\(one) does not go with --against: it is for tables and baselines; leave it out")
    }
    if let workers = options.workers, workers.count > 1 {
      throw .usage("--workers with --against takes one number: found \(workers.count)")
    }
    if options.executors.count > 1 {
      throw .usage("--executor with --against takes one name: found \(options.executors.count)")
    }
  }

  /// Reads what follows `help`: nothing or a command, which may have its own word, as in
  /// `help baseline show`.
  private mutating func readHelp(_ words: ArraySlice<String>) throws(CommandError) {
    var rest = words.filter { !Self.isHelp($0) && $0 != "help" }[...]
    options.help = true
    guard let word = rest.popFirst() else { return }
    command = try Self.command(word)
    if !command.actions.isEmpty, !rest.isEmpty { try readAction(&rest) }
    if let extra = rest.first {
      throw .usage("unexpected argument \(extra): help takes only a command")
    }
  }

  private mutating func readAction(_ rest: inout ArraySlice<String>) throws(CommandError) {
    let known = command.actions
    let expected = "expected one of \(known.joined(separator: ", "))"
    guard let word = rest.popFirst() else {
      throw .usage("\(command.rawValue) needs a word that says what to do: \(expected)")
    }
    options.action = BaselineAction(rawValue: word)
    options.shell = Shell(rawValue: word)
    guard known.contains(word) else {
      throw .usage(
        "unknown \(command.rawValue) \(word)"
          + Suggestion.text(word, among: known, else: expected))
    }
  }

  private mutating func readOption(
    _ word: String, _ rest: inout ArraySlice<String>
  ) throws(CommandError) {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    guard let rule = command.rules.first(where: { $0.name == name }) else {
      throw .usage(unknown(word))
    }
    if let action = options.action, !action.takes(name) {
      let takers = BaselineAction.allCases.filter { $0.takes(name) }.map(\.rawValue)
      throw .usage(
        "\(name) does not go with \(command.rawValue) \(action.rawValue): it belongs to "
          + "\(command.rawValue) \(takers.joined(separator: ", "))")
    }
    used.append(name)
    guard !rule.value.isEmpty else {
      guard parts.count == 1 else { throw .usage("\(name) takes no value: found \(word)") }
      return try rule.apply(&options, "")
    }
    guard let value = parts.count == 2 ? String(parts[1]) : rest.popFirst() else {
      throw .usage("\(name) needs a value: expected \(name) \(rule.value)")
    }
    guard given.insert(name).inserted || rule.isRepeatable else {
      throw .usage("\(name) is given twice: it takes one value; remove one of them")
    }
    try rule.apply(&options, value)
  }

  private static func isHelp(_ word: String) -> Bool { word == "--help" || word == "-h" }

  private static func command(_ word: String) throws(CommandError) -> Command {
    if let command = Command(rawValue: word) { return command }
    let known = Command.allCases.filter(\.isPublic).map(\.rawValue)
    throw .usage(
      "unknown command \(word)"
        + Suggestion.text(
          word, among: known + ["help"], else: "expected \(known.joined(separator: ", "))"))
  }

  /// Whether the command takes one argument that is not an option: a record.
  private var takesFile: Bool { command.takesFile || options.action == .show }

  private func unknown(_ word: String) -> String {
    guard word.hasPrefix("-") else {
      let what = takesFile ? "one file" : "only options"
      return "unexpected argument \(word): perfgate \(command.rawValue) takes \(what)"
    }
    let name = word.split(separator: "=").first.map(String.init) ?? word
    let elsewhere = Command.allCases.filter { $0.rules.contains { $0.name == name } }
    if elsewhere.isEmpty {
      return "unknown option \(name)"
        + Suggestion.text(
          name, among: command.rules.filter(\.isPublic).map(\.name),
          else: "see perfgate \(command.rawValue) --help")
    }
    let names = elsewhere.map(\.rawValue).joined(separator: ", ")
    return "option \(name) does not belong to \(command.rawValue): it belongs to \(names)"
  }
}
