import Foundation
import PerfGate
import PerfGateCommands
import PerfGateTestSupport
import PerfGateWorkers

/// What the program does before it runs a command, in a process that only a test sees.
func catchCrashes() { ProcessSignals.catchCrashes(exitStatus: ExitCode.software.rawValue) }

/// The same for signals that ask the program to stop.
func catchInterrupts() { ProcessSignals.catchInterrupts() }

/// Runs a command with the record in a file of its own; returns the record too.
func measured(_ arguments: [String], catalog: Catalog) throws -> (ran: Printed, record: Record) {
  let folder = try TemporaryFolder()
  let path = folder.path("record.json")
  let ran = try perfGate(arguments + ["--json", path], catalog: catalog)
  let record = try JSONDecoder().decode(
    Record.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
  return (ran, record)
}
