import PerfGate
import PerfGateMachine
import PerfGateWorkers

/// A shell that completes command lines.
enum Shell: String, CaseIterable, Sendable {
  case bash, zsh, fish
}

/// Scripts that complete the command line, made of the rules that read it.
struct Completion {
  /// The program's name.
  let program: String
  let catalog: Catalog

  /// What may follow an option.
  private enum Values: Hashable {
    case nothing, anything, files, folders
    case words([String])
  }

  private var commands: [Command] { Command.allCases.filter(\.isPublic) }
  private var names: String { commands.map(\.rawValue).joined(separator: " ") }

  /// The name of the shell's function.
  private var function: String {
    "_" + String(program.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
  }

  /// The script for a shell.
  func script(for shell: Shell) -> String {
    let lines =
      switch shell {
      case .bash: bash
      case .zsh: zsh
      case .fish: fish
      }
    return lines.joined(separator: "\n") + "\n"
  }

  private func rules(_ command: Command) -> [OptionRule] { command.rules.filter(\.isPublic) }

  private func values(_ rule: OptionRule) -> Values {
    switch (rule.name, rule.value) {
    case (_, ""): .nothing
    case ("--kernel", _): .words(catalog.kernels.map(\.name))
    case ("--variant", _): .words(unique(catalog.kernels.flatMap { $0.variants.map(\.name) }))
    case ("--executor", _): .words(Executors.all.map(\.name))
    case ("--places", _): .words(Places.allCases.map(\.rawValue))
    case ("--bind", _): .words(["close", "spread", "none"])
    case ("--mem", _): .words(["local", "interleave"])
    case ("--only", _): .words(BaselineUpdate.Selection.allCases.map(\.rawValue))
    case ("--runtimes", _): .words(PeerRuntime.allCases.map(\.rawValue))
    case (_, "DIR"): .folders
    case (_, "FILE"), (_, "FILE|-"), (_, "PATH"), (_, "RECORD"): .files
    default: .anything
    }
  }

  private func unique(_ words: [String]) -> [String] {
    var seen: Set<String> = []
    return words.filter { seen.insert($0).inserted }
  }

  // MARK: - bash

  private var bash: [String] {
    [
      "# Completions of \(program) for bash. Use: . <(\(program) completion bash)",
      "\(function)() {",
      "  local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}",
      "  local command=run options= words=",
      "  COMPREPLY=()",
      "  if [ \"$COMP_CWORD\" -gt 1 ]; then",
      "    case ${COMP_WORDS[1]} in",
      "    \(commands.map(\.rawValue).joined(separator: " | ")) | help) command=${COMP_WORDS[1]} ;;",
      "    esac",
      "  fi",
      "  case $command in",
    ] + commands.map { "  \($0.rawValue)) options='\(optionNames($0))' ;;" } + [
      "  esac",
      "  case $command:$before in",
    ] + bashValues + [
      "  *)",
      "    case $command:$COMP_CWORD:$current in",
      "    *:*:-*) words=$options ;;",
      "    *:1:*) words='\(names) help' ;;",
    ]
      + commands.filter { !$0.actions.isEmpty }.map {
        "    \($0.rawValue):2:*) words='\($0.actions.joined(separator: " "))' ;;"
      } + [
        "    help:2:*) words='\(names)' ;;",
        "    \(takers.map { "\($0):*" }.joined(separator: " | "))) compopt -o default ;;",
        "    esac ;;",
        "  esac",
        "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")",
        "}",
        "complete -F \(function) \(program)",
      ]
  }

  private func optionNames(_ command: Command) -> String {
    rules(command).map(\.name).joined(separator: " ")
  }

  /// The commands that take files.
  private var takers: [String] {
    commands.filter(\.takesFile).map(\.rawValue) + [Command.baseline.rawValue]
  }

  /// What follows options that take a value. The same option may mean another thing to another command.
  private var bashValues: [String] {
    var meanings: [String: Set<Values>] = [:]
    for command in commands {
      for rule in rules(command) { meanings[rule.name, default: []].insert(values(rule)) }
    }
    var patterns: [Values: [String]] = [:]
    for command in commands {
      for rule in rules(command) where !rule.value.isEmpty {
        let scope = meanings[rule.name]?.count == 1 ? "*" : command.rawValue
        let pattern = "\(scope):\(rule.name)"
        if patterns[values(rule)]?.contains(pattern) != true {
          patterns[values(rule), default: []].append(pattern)
        }
      }
    }
    return patterns.map { values, patterns in
      let body =
        switch values {
        case .words(let words): "words='\(words.joined(separator: " "))'"
        case .files: "compopt -o default"
        case .folders: "compopt -o dirnames"
        case .nothing, .anything: ":"
        }
      return "  \(patterns.sorted().joined(separator: " | "))) \(body) ;;"
    }.sorted()
  }

  // MARK: - zsh

  private var zsh: [String] {
    [
      "#compdef \(program)",
      "# Completions of \(program) for zsh. Use: source <(\(program) completion zsh)",
      "\(function)() {",
      "  local command=run",
      "  local -a commands=(",
    ] + commands.map { "    \(Self.quoted("\($0.rawValue):\(Self.plain($0.summary))"))" } + [
      "    'help:show the options of a command'",
      "  )",
      "  if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then",
      "    _describe command commands",
      "    return",
      "  fi",
      "  case $words[2] in",
      "  \(commands.map(\.rawValue).joined(separator: " | ")) | help)",
      "    command=$words[2]",
      "    shift words",
      "    (( CURRENT-- )) ;;",
      "  esac",
      "  case $command in",
    ]
      + commands.map { command in
        let specs = zshSpecs(command).map { " \\\n    \(Self.quoted($0))" }.joined()
        return "  \(command.rawValue)) _arguments\(specs) ;;"
      } + [
        "  help) _describe command commands ;;",
        "  esac",
        "}",
        "if [[ $funcstack[1] == \(function) ]]; then \(function) \"$@\"; else compdef \(function) \(program); fi",
      ]
  }

  private func zshSpecs(_ command: Command) -> [String] {
    var specs = rules(command).map { rule in
      let name = (rule.isRepeatable ? "*" : "") + rule.name
      let text = "[\(Self.plain(rule.help))]"
      let value = Self.plain(rule.value)
      return switch values(rule) {
      case .nothing: name + text
      case .anything: "\(name)=\(text):\(value): "
      case .files: "\(name)=\(text):\(value):_files"
      case .folders: "\(name)=\(text):\(value):_files -/"
      case .words(let words): "\(name)=\(text):\(value):(\(words.joined(separator: " ")))"
      }
    }
    if !command.actions.isEmpty {
      specs.append("1:word:(\(command.actions.joined(separator: " ")))")
    }
    if takers.contains(command.rawValue) { specs.append("*:record:_files") }
    return specs
  }

  /// Without what zsh takes for its own in descriptions.
  private static func plain(_ text: String) -> String {
    text.replacing("[", with: "(").replacing("]", with: ")").replacing(":", with: ",")
  }

  private static func quoted(_ text: String) -> String {
    "'" + text.replacing("'", with: "'\\''") + "'"
  }

  // MARK: - fish

  private var fish: [String] {
    let none = "not __fish_seen_subcommand_from \(names) help"
    var lines = [
      "# Completions of \(program) for fish. Use: \(program) completion fish | source",
      "complete -c \(program) -f",
    ]
    for command in commands {
      lines.append(
        "complete -c \(program) -n '\(none)' -a \(command.rawValue) -d \(Self.fish(command.summary))"
      )
    }
    lines.append("complete -c \(program) -n '\(none)' -a help -d 'show the options of a command'")
    lines.append("complete -c \(program) -n '__fish_seen_subcommand_from help' -a '\(names)'")
    for command in commands {
      let seen = "__fish_seen_subcommand_from \(command.rawValue)"
      // The default command needs no word.
      let condition = command == .run ? "\(seen); or \(none)" : seen
      let begin = "complete -c \(program) -n '\(condition)'"
      if !command.actions.isEmpty {
        let actions = command.actions.joined(separator: " ")
        lines.append(
          "complete -c \(program) -n '\(seen); and not __fish_seen_subcommand_from \(actions)' "
            + "-a '\(actions)'")
      }
      if takers.contains(command.rawValue) {
        let show = command == .baseline ? "; and __fish_seen_subcommand_from show" : ""
        lines.append("complete -c \(program) -n '\(seen)\(show)' -F")
      }
      for rule in rules(command) {
        let value =
          switch values(rule) {
          case .nothing: ""
          case .anything: " -x"
          case .files: " -r -F"
          case .folders: " -x -a '(__fish_complete_directories)'"
          case .words(let words): " -x -a '\(words.joined(separator: " "))'"
          }
        lines.append("\(begin) -l \(rule.name.dropFirst(2))\(value) -d \(Self.fish(rule.help))")
      }
    }
    return lines
  }

  private static func fish(_ text: String) -> String {
    "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
  }
}
