import PerfGate
import PerfGateWorkers

extension OptionRule {
  /// How often ranks are started.
  static let ranks: [OptionRule] = [
    OptionRule(
      Self.starts, "N", "with --executor mpi: start the ranks N times; each start counts as a round"
    ) { (options, text) throws(CommandError) in
      guard let number = Int(text), counts ~= number else {
        throw .usage(
          "cannot use --starts \(text): expected a whole number from \(counts.lowerBound) to "
            + "\(counts.upperBound); a verdict needs 8 or more")
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
    OptionRule(Self.oneOfStarts, "K", "") { (options, text) throws(CommandError) in
      guard let number = Int(text), 1...2 * counts.upperBound ~= number else {
        throw .usage("\(Self.oneOfStarts) is for perfgate itself: found \(text)")
      }
      options.start = number
    },
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

  private static let counts = 2...1000

  /// Whether people use it.
  var isPublic: Bool { !help.isEmpty }
}

extension Options {
  /// Whether this process starts the ranks, several times, and joins their records.
  var startsRanks: Bool { starts != nil && start == nil }

  /// Refuses options that need ranks, and ranks that nobody has started.
  func checkStarts() throws(CommandError) {
    let given = [
      (starts != nil, OptionRule.starts), (launcher != nil, OptionRule.launcher),
      (start != nil, OptionRule.oneOfStarts),
    ].filter(\.0).map(\.1)
    guard usesRanks else {
      guard let one = given.first else { return }
      throw .usage("\(one) goes with --executor mpi only: nothing else needs a launcher")
    }
    guard starts != nil || given.isEmpty else {
      throw .usage(
        "\(given[0]) goes with --starts N; to start ranks once, put their launcher before perfgate")
    }
    if !startsRanks || !Ranks.areBuilt, let refusal = Ranks.refusal {
      throw .usage("cannot use --executor mpi: \(refusal)")
    }
  }

  /// Leaves to the process that joins the starts what it does for all of them.
  mutating func leaveReports() {
    guard start != nil else { return }
    (json, reports, annotations, quiet) = ("-", [:], false, true)
  }
}
