import Foundation
import PerfGate
import PerfGateCommands
import PerfGateTestSupport
import PerfGateWorkers

/// What a command printed and returned.
struct Ran: Sendable {
  var status: Int32
  var out: String
  var error: String

  var outLines: [String] { out.split(separator: "\n").map(String.init) }
  var errorLines: [String] { error.split(separator: "\n").map(String.init) }
}

/// Collects what a command prints; it may print from several threads.
private final class Collected: Sendable {
  private let lock = NSLock()
  /// `nonisolated(unsafe)`: only touched while `lock` is held.
  private nonisolated(unsafe) var out = ""
  private nonisolated(unsafe) var error = ""

  var output: CommandOutput {
    CommandOutput(
      out: { text in self.lock.withLock { self.out += text } },
      error: { text in self.lock.withLock { self.error += text } }, errorIsTerminal: false)
  }

  func ran(_ status: Int32) -> Ran {
    lock.withLock { Ran(status: status, out: out, error: error) }
  }
}

/// Runs a command as the program does, in this process.
func perfGate(_ arguments: [String], catalog: Catalog) -> Ran {
  let collected = Collected()
  // Other tests run beside it: what they do to the machine is not what these tests are about.
  let status = runPerfGate(
    arguments, catalog: catalog, output: collected.output, probe: { _ in QuietProbe() })
  return collected.ran(status)
}

/// What the program does before it runs a command, in a process that only a test sees.
func catchCrashes() { ProcessSignals.catchCrashes(exitStatus: ExitCode.software.rawValue) }

/// The same for signals that ask the program to stop.
func catchInterrupts() { ProcessSignals.catchInterrupts() }

/// Runs a command with the record in a file of its own; returns the record too.
func measured(_ arguments: [String], catalog: Catalog) throws -> (ran: Ran, record: Record) {
  let folder = try TemporaryFolder()
  let path = folder.path("record.json")
  let ran = perfGate(arguments + ["--json", path], catalog: catalog)
  let record = try JSONDecoder().decode(
    Record.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
  return (ran, record)
}
