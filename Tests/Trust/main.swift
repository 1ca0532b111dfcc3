import PerfGate
import PerfGateCommands
import PerfGateMachine
import PerfGateWorkers

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

// Whether verdicts can be trusted, tried on the machine at hand: gates of the real engine about work
// whose truth is known. Exit status: 0 all promises kept, 1 one is broken, 64 wrong usage, 65 the
// results so far are of another study, 70 no measurement.

/// Prints a line at once, also into a pipe.
func say(_ line: String) {
  print(line)
  fflush(nil)
}

/// Prints a line on standard error.
func complain(_ line: String) {
  let bytes = Array("\(line)\n".utf8)
  _ = write(STDERR_FILENO, bytes, bytes.count)
}

let words = CommandLine.arguments.dropFirst()
do {
  // This program is its own children, as `perfgate` is.
  if words.first == "arm" { perfGateMain(catalog: try Laboratory.makeCatalog(), claims: []) }
  if words.first == OneProcess.argument {
    try OneProcess.serve(words.last ?? "")
    exit(0)
  }
  guard let arguments = Arguments(words) else {
    say(Arguments.usage)
    exit(64)
  }
  ProcessSignals.catchInterrupts()
  exit(try Program(arguments: arguments).run())
} catch {
  complain("trust: \(error)")
  exit((error as? TrustError)?.status ?? 70)
}
