import PerfGate
import PerfGateWorkers

extension OptionRule {
  /// How often ranks are started.
  static let ranks: [OptionRule] = [
    OptionRule(
      Self.starts, "N", "with --executor mpi: start the ranks N times; each start counts as a round"
    ) { (options, text) throws(CommandError) in
      guard let number = Int(text), mostStarts ~= number else {
        throw .usage(
          "cannot use --starts \(text): expected a whole number from \(mostStarts.lowerBound) to "
            + "\(mostStarts.upperBound); a verdict needs 8 or more")
      }
      options.starts = number
    },
    OptionRule(
      Self.launcher, "COMMAND", "what starts the ranks, such as 'srun -n 128'; with --starts"
    ) { (options, text) throws(CommandError) in
      guard text.contains(where: { !$0.isWhitespace }) else {
        throw .usage("--launcher needs a command, such as 'mpirun -n 2'")
      }
      options.launcher = text
    },
    // For perfgate itself.
    OptionRule(Self.oneOfStarts, "", "") { options, _ in options.isOneOfStarts = true },
  ]

  static let starts = "--starts"
  static let launcher = "--launcher"
  /// What a process is told that is one of several starts.
  static let oneOfStarts = "--one-of-starts"

  /// Whether a command line starts ranks itself, told before it is read.
  static func startRanks(_ arguments: [String]) -> Bool {
    !arguments.contains(oneOfStarts)
      && arguments.contains { $0 == starts || $0.hasPrefix("\(starts)=") }
  }

  private static let mostStarts = 1...1000

  /// Whether people use it.
  var isPublic: Bool { !help.isEmpty }
}

extension Options {
  /// Whether this process starts the ranks, several times, and joins their records.
  var startsRanks: Bool { starts != nil && !isOneOfStarts }

  /// Refuses options that need ranks, and ranks that nobody has started.
  mutating func checkRanks() throws(CommandError) {
    guard usesRanks else {
      let one = starts != nil ? OptionRule.starts : launcher != nil ? OptionRule.launcher : nil
      guard let one else { return }
      throw .usage(
        "\(one) goes with --executor mpi only: other executors start anew for each round")
    }
    guard starts != nil || launcher == nil else {
      throw .usage("--launcher goes with --starts N; to start ranks once, put it before perfgate")
    }
    if isOneOfStarts {
      // What the process that joins the starts does for all of them.
      (json, reports, annotations, quiet) = ("-", [:], false, true)
      (strict, require) = (false, [])
    }
    if !startsRanks || !Ranks.areBuilt, let refusal = Ranks.refusal {
      throw .usage("cannot use --executor mpi: \(refusal)")
    }
  }
}
