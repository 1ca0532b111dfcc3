/// What the program was asked to do.
struct Settings {
  /// Gates of a program against itself.
  var gates = 200
  /// Gates of a program against itself with more iterations.
  var worse = 40
  /// How many more, in percent.
  var percent = 10
  /// How long the shortest arm of a round lasts.
  var armSeconds: Double?
  /// Whether somebody else uses the machine on purpose: then fewer verdicts may be reached.
  var isDisturbed = false

  static let usage =
    "usage: trust [--gates 200] [--worse 40] [--percent 10] [--arm-seconds 0.115] [--disturbed]"

  /// What this process was asked to do; `nil` when that cannot be used.
  static let current = Settings(CommandLine.arguments.dropFirst())

  /// Reads the arguments; `nil` when they cannot be used.
  init?(_ arguments: some Sequence<String>) {
    var rest = Array(arguments)[...]
    while let name = rest.popFirst() {
      if name == "--disturbed" {
        isDisturbed = true
        continue
      }
      guard let value = rest.popFirst() else { return nil }
      switch name {
      case "--gates":
        guard let count = Self.number(value, 0...100_000) else { return nil }
        gates = count
      case "--worse":
        guard let count = Self.number(value, 0...100_000) else { return nil }
        worse = count
      case "--percent":
        guard let count = Self.number(value, 1...1000) else { return nil }
        percent = count
      case "--arm-seconds":
        guard let seconds = Double(value), (0.001...10).contains(seconds) else { return nil }
        armSeconds = seconds
      default: return nil
      }
    }
  }

  private static func number(_ text: String, _ range: ClosedRange<Int>) -> Int? {
    Int(text).flatMap { range.contains($0) ? $0 : nil }
  }
}
