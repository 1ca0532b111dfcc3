import PerfGate
import PerfGateMachine
import PerfGateWorkers

extension OptionRule {
  /// Options that choose kernels, variants and sizes.
  static let selection: [OptionRule] =
    [
      kernel,
      OptionRule(
        "--variant", "GLOB", "only variants that match GLOB; may be repeated", isRepeatable: true
      ) { $0.variants.append($1) },
    ] + sizes

  /// How many tasks, and how large they are.
  private static let sizes: [OptionRule] = [
    tasks, size("size of a task in the kernel's units; a task may take up to an hour"),
  ]

  private static let tasks = OptionRule("--tasks", "N", "number of tasks in a round (50)") {
    (options, text) throws(CommandError) in
    options.tasks = try number(text, "--tasks", 1...Executors.maximumTasks)
  }

  private static func size(_ help: String) -> OptionRule {
    OptionRule("--size", "N", help) { (options, text) throws(CommandError) in
      options.size = try number(text, "--size", 0...Int.max)
    }
  }

  static let taskSeconds = OptionRule(
    "--task-seconds", "S", "find the size at which a task lasts S seconds (0.01)"
  ) { (options, text) throws(CommandError) in
    guard let seconds = Double(text), seconds.isFinite,
      (1e-6...Options.mostTaskSeconds) ~= seconds
    else {
      throw .usage("cannot use --task-seconds \(text): expected seconds from 0.000001 to 3600")
    }
    options.taskSeconds = seconds
  }

  static let kernel = OptionRule(
    "--kernel", "GLOB", "only kernels that match GLOB; may be repeated", isRepeatable: true
  ) { $0.kernels.append($1) }

  /// How tasks reach the workers of tables and claims; claims run on the first.
  static let executor: OptionRule = {
    let names = Executors.all.map(\.name)
    let list = names.joined(separator: "|")
    return OptionRule(
      "--executor", "NAMES",
      "how tasks reach the workers, one or more of \(list), separated by commas (pool); claims run "
        + "on the first"
    ) { (options, text) throws(CommandError) in
      var chosen: [String] = []
      for name in text.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
        guard !name.isEmpty else {
          throw .usage("--executor \(text): a name is empty; expected names such as pool,channel")
        }
        guard Executors.named(name) != nil || name == ExecutorName.mpi else {
          throw .usage(
            "unknown executor \(name)"
              + Suggestion.text(
                name, among: names, else: "expected one of \(names.joined(separator: ", "))"))
        }
        guard !chosen.contains(name) else {
          throw .usage("--executor names \(name) twice; name each once")
        }
        chosen.append(name)
      }
      guard chosen.count == 1 || !chosen.contains(ExecutorName.mpi) else {
        throw .usage(
          "--executor \(text): mpi goes alone, because its launcher has placed the ranks; measure the "
            + "others without a launcher")
      }
      options.executors = chosen
      options.namesExecutors = true
    }
  }()

  /// Where workers run, and how many.
  static let placement: [OptionRule] = [executor] + placementOfPool

  /// The same for commands that choose the executors themselves.
  static let placementOfPool: [OptionRule] = [
    OptionRule("--workers", "LIST", "numbers of workers, such as 1,2,5-8") {
      (options, text) throws(CommandError) in
      options.workers = try workerCounts(text)
    },
    OptionRule("--places", "WORD", Places.allCases.map(\.rawValue).joined(separator: "|")) {
      (options, text) throws(CommandError) in
      options.placement.places = .explicitly(
        try placementWord(Places.allCases.map(\.rawValue)) {
          () throws(PlacementWordError) in try Places(parsing: text)
        })
    },
    OptionRule("--bind", "WORD", "close|spread|none|cpus:LIST") {
      (options, text) throws(CommandError) in
      options.placement.bind = .explicitly(
        try placementWord(["close", "spread", "none"]) {
          () throws(PlacementWordError) in try Bind(parsing: text)
        })
    },
    OptionRule("--mem", "WORD", "local|interleave[:LIST]|node:N") {
      (options, text) throws(CommandError) in
      options.placement.memory = .explicitly(
        try placementWord(["local", "interleave"]) {
          () throws(PlacementWordError) in try MemoryPolicy(parsing: text)
        })
    },
    OptionRule("--oversubscribe", "", "allow more workers than cores") { options, _ in
      options.placement.oversubscribe = true
    },
    OptionRule("--require-numa", "", "fail unless libnuma is linked and works") { options, _ in
      options.requireNuma = true
    },
  ]

  /// How long, and in which order.
  static let rounds: [OptionRule] = [
    OptionRule("--rounds", "N", "number of rounds for a table (10)") {
      (options, text) throws(CommandError) in
      options.rounds = try number(text, "--rounds", 1...10_000)
    },
    seed,
  ]

  static let seed = OptionRule("--seed", "N", "seed for inputs and the order of rounds (42)") {
    (options, text) throws(CommandError) in
    guard let seed = UInt64(text) else {
      throw .usage("cannot use --seed \(text): expected a number from 0 to \(UInt64.max)")
    }
    options.seed = seed
    options.namesSeed = true
  }

  /// Which revisions to compare, and how.
  static let revisions: [OptionRule] = [
    OptionRule(
      "--against", "REV",
      "is the working tree slower than this commit, branch or tag? Builds and runs the code of both"
    ) { (options, text) throws(CommandError) in
      guard !text.isEmpty else {
        throw .usage("--against needs a revision: a branch, a tag or a commit, such as main")
      }
      options.against = text
    },
    OptionRule("--merge-base", "", "take the commit from which HEAD and REV both come") {
      options, _ in options.mergeBase = true
    },
    OptionRule(
      "--worse-by-at-most", "X", "how much longer it may take: 0.05 for 5 % (0.05)"
    ) { (options, text) throws(CommandError) in
      guard let margin = Double(text), (Claim.leastMargin...10) ~= margin else {
        throw .usage(
          "cannot use --worse-by-at-most \(text): expected a number from \(Claim.leastMargin) (2 %; "
            + "less is within noise) to 10")
      }
      options.worseByAtMost = margin
    },
    OptionRule(
      "--keep", "PATH", "take PATH from the working tree on both sides; may be repeated",
      isRepeatable: true
    ) { $0.keep.append($1) },
    OptionRule(
      "--undecided", "STATUS", "exit status if there is no decision, such as 125 for git bisect"
    ) { (options, text) throws(CommandError) in
      options.undecided = Int32(try number(text, "--undecided", 0...255))
    },
  ]

  /// Which languages to compare with.
  static let peers: [OptionRule] = [
    OptionRule(
      "--runtimes", "LIST", PeerRuntime.allCases.map(\.rawValue).joined(separator: ",")
    ) { (options, text) throws(CommandError) in options.runtimes = try PeerRuntime.list(text) },
    OptionRule("--python", "PATH", "interpreter or virtual environment of the peers") {
      $0.python = $1
    },
    OptionRule("--as-written", "", "also Go's series as in the article: its result is discarded") {
      options, _ in options.asWritten = true
    },
    tasks, size("length of the long string, in characters (100000000)"), taskSeconds,
  ]

  /// How the work of a curve grows.
  static let weak = OptionRule(
    "--weak", "", "weak scaling: each worker brings the tasks that one worker has alone"
  ) { options, _ in options.weak = true }

  /// What else is shown of handing over.
  static let firstAndRest = OptionRule(
    "--first-and-rest", "", "also the first message of new processes against those after it"
  ) { options, _ in options.firstAndRest = true }

  /// Where stored sessions are.
  static let baselines = OptionRule(
    "--baselines", "DIR", "folder of baselines (baselines in the package)"
  ) { $0.baselines = $1 }

  /// What an update stores.
  static let update: [OptionRule] = [
    OptionRule("--only", "WORD", "which claims to store: new|better|worse|all (all)") {
      (options, text) throws(CommandError) in
      guard let word = BaselineUpdate.Selection(rawValue: text) else {
        let known = BaselineUpdate.Selection.allCases.map(\.rawValue)
        throw .usage(
          "cannot use --only \(text)"
            + Suggestion.text(
              text, among: known, else: "expected one of \(known.joined(separator: ", "))"))
      }
      options.only = word
    },
    OptionRule("--pin", "", "also pin the stored sessions") { options, _ in
      options.pin = true
    },
  ]

  /// How claims are judged.
  static let judging: [OptionRule] = [
    OptionRule("--strict", "", "exit 3 if a claim is inconclusive or not checkable") {
      options, _ in options.strict = true
    },
    OptionRule(
      "--require", "GLOB", "the same for claims matching GLOB; may be repeated", isRepeatable: true
    ) { $0.require.append($1) },
  ]

  /// How long judging may take.
  static let budget = OptionRule(
    "--budget", "SECONDS", "time for claims that share rounds (20); 0 skips all claims"
  ) { (options, text) throws(CommandError) in
    guard let seconds = Double(text), seconds.isFinite, seconds == 0 || (0.1...86400) ~= seconds
    else {
      throw .usage("cannot use --budget \(text): expected 0, or seconds from 0.1 to 86400")
    }
    options.budget = seconds
  }

  /// How long claims wait until they are measured.
  static let quietWait = OptionRule(
    "--quiet-wait", "SECONDS", "how long claims wait for a quiet machine (5); 0 does not wait"
  ) { (options, text) throws(CommandError) in
    guard let seconds = Double(text), (0...86400) ~= seconds else {
      throw .usage("cannot use --quiet-wait \(text): expected seconds from 0 to 86400")
    }
    options.quietWait = seconds
  }

  /// What is printed and written.
  static let output: [OptionRule] = [
    OptionRule("--json", "FILE|-", "where to write the record; - is standard output") {
      $0.json = $1
    },
    OptionRule("--quiet", "", "no progress on standard error") { options, _ in
      options.quiet = true
    },
    OptionRule("--no-color", "", "no colors on a terminal") { options, _ in
      options.noColor = true
    },
  ]

  /// For reading another machine's tree.
  static let root = OptionRule(
    "--root", "DIR", "describe another machine from a copy of its /sys and /proc"
  ) { $0.root = $1 }

  /// For more records than a command line can name.
  static let filesFrom = OptionRule(
    "--files-from", "FILE|-", "also the records and folders that FILE lists, one a line"
  ) { $0.filesFrom = $1 }

  static let help = OptionRule("--help", "", "show this text; also -h") { options, _ in
    options.help = true
  }

  /// What every command that a person types takes.
  static let common: [OptionRule] = [
    help,
    OptionRule("--version", "", "show the versions of perfgate and its compilers") { options, _ in
      options.version = true
    },
  ]

  private static func number(
    _ text: String, _ option: String, _ range: ClosedRange<Int>
  ) throws(CommandError) -> Int {
    guard let value = Int(text), range ~= value else {
      let upper = range.upperBound == .max ? "on" : "to \(range.upperBound)"
      throw .usage(
        "cannot use \(option) \(text): expected a whole number from \(range.lowerBound) \(upper)")
    }
    return value
  }

  private static func placementWord<Value>(
    _ words: [String], _ parse: () throws(PlacementWordError) -> Value
  ) throws(CommandError) -> Value {
    do { return try parse() } catch {
      throw .usage(
        "\(error.option) \(error.found)"
          + Suggestion.text(error.found, among: words, else: "expected \(error.choices)"))
    }
  }

  /// Reads `1,2,5-8`: numbers and ranges, each from 1 on; sorted, each once.
  static func workerCounts(_ text: String) throws(CommandError) -> [Int] {
    let expected =
      "expected counts and ranges such as 1,2,5-8, from 1 to \(Executors.maximumWorkers)"
    var counts: Set<Int> = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map {
        $0.allSatisfy(\.isASCII) && $0.allSatisfy(\.isNumber) ? Int($0) : nil
      }
      guard ends.count == 1 || ends.count == 2, let first = ends[0],
        let last = ends[ends.count - 1],
        1...Executors.maximumWorkers ~= first,
        first...max(first, Executors.maximumWorkers) ~= last
      else { throw .usage("cannot use --workers \(text): \(expected)") }
      counts.formUnion(first...last)
    }
    return counts.sorted()
  }
}
