import Foundation

/// What the caller asked for.
struct Arguments {
  var gates = 200
  var worse = 40
  var percent = 10.0
  var armSeconds = 0.115
  /// The machine is not quiet, so nothing is promised about how many gates hold.
  var isNoisy = false

  /// Reads the command line; ends the program with 64 when it cannot be understood.
  static func read() -> Arguments {
    var arguments = Arguments()
    var rest = CommandLine.arguments.dropFirst()
    while let word = rest.popFirst() {
      if word == "--noisy" {
        arguments.isNoisy = true
        continue
      }
      guard let text = rest.popFirst(), let value = Double(text), value >= 0, value < 1e6 else {
        usage()
      }
      switch word {
      case "--gates": arguments.gates = Int(value)
      case "--worse": arguments.worse = Int(value)
      case "--percent": arguments.percent = value
      case "--arm-seconds": arguments.armSeconds = max(value, 0.005)
      default: usage()
      }
    }
    return arguments
  }

  private static func usage() -> Never {
    FileHandle.standardError.write(
      Data(
        "usage: trust [--gates 200] [--worse 40] [--percent 10] [--arm-seconds 0.115] [--noisy]\n"
          .utf8))
    exit(64)
  }
}
