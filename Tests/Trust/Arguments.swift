/// What the program was asked to do.
enum Request {
  /// Judge the claims of a cell until there are `count` batches; `nil`: as many as the whole study.
  case cell(Cell, count: Int?)
  /// Measure how much the speed of the drawn kernels varies over starts.
  case spread(starts: Int)
  /// Run programs `count` times as other tools do, and count what those would say.
  case rivals(count: Int)
  /// Compare the statistics with known values.
  case check
  /// Print all results so far, and store them in a file if one is named.
  case summary(output: String?)
  /// Print the names of all cells, each with its environment.
  case list
  /// Be a busy neighbor of the process with this number.
  case neighbor(Cell.Environment, parent: Int32)
}

/// The command line.
struct Arguments {
  var request = Request.list
  var settings = Settings()
  /// The folder of the results.
  var results = ".build/trust-results"

  static let usage = """
    usage: trust cell NAME [--count N] [--arm-seconds S] [--pause S] [--results DIR]
           trust summary [--output FILE] [--results DIR]
           trust list | check
           trust neighbor busy|hog PARENT
    """

  /// Reads the arguments; `nil` when they cannot be used.
  init?(_ arguments: some Sequence<String>) {
    var rest = Array(arguments)[...]
    guard let command = rest.popFirst() else { return nil }
    var names: [String] = []
    var count: Int?
    var output: String?
    var armSeconds: Double?
    while let word = rest.popFirst() {
      guard word.hasPrefix("--") else {
        names.append(word)
        continue
      }
      guard let value = rest.popFirst() else { return nil }
      switch word {
      case "--count":
        guard let number = Int(value), 1...1_000_000 ~= number else { return nil }
        count = number
      case "--arm-seconds":
        guard let seconds = Double(value), 0.002...1 ~= seconds else { return nil }
        armSeconds = seconds
      case "--pause":
        guard let seconds = Double(value), 0...60 ~= seconds else { return nil }
        settings.pause = seconds
      case "--results": results = value
      case "--output": output = value
      default: return nil
      }
    }
    guard let request = Self.request(command, names, count: count, output: output) else {
      return nil
    }
    self.request = request
    if case .cell(let cell, _) = request { settings.armSeconds = cell.armSeconds }
    if let armSeconds { settings.armSeconds = armSeconds }
  }

  private static func request(
    _ command: String, _ names: [String], count: Int?, output: String?
  ) -> Request? {
    switch (command, names.count) {
    case ("cell", 1) where names[0] == Spread.cell: .spread(starts: count ?? Spread.starts)
    case ("cell", 1) where names[0] == RivalReport.cell: .rivals(count: count ?? RivalReport.count)
    case ("cell", 1): Cell.named(names[0]).map { .cell($0, count: count) }
    case ("summary", 0): .summary(output: output)
    case ("list", 0): .list
    case ("check", 0): .check
    case ("neighbor", 2):
      Cell.Environment(rawValue: names[0]).flatMap { environment in
        Int32(names[1]).map { .neighbor(environment, parent: $0) }
      }
    default: nil
    }
  }
}
