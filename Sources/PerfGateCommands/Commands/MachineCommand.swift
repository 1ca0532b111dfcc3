import Foundation
import PerfGate
import PerfGateMachine

/// Prints the machine, which parts of it this process may use, and where workers would run.
struct MachineCommand {
  let options: Options
  let environment: MeasurementEnvironment
  let output: CommandOutput

  init(_ invocation: Invocation, output: CommandOutput) throws(CommandError) {
    options = invocation.options
    self.output = output
    environment = try MeasurementEnvironment(options: options)
  }

  func execute() throws(CommandError) -> Int32 {
    let machine = environment.machine
    let request = options.placement
    // If the user asked for a placement that this machine cannot offer, this command fails too.
    for count in options.workers ?? [1] { _ = try environment.requestedPlan(workers: count) }
    guard let path = options.json else {
      output.show(MachineDrawing.lines(machine, request: request))
      return ExitCode.success.rawValue
    }
    let text: String
    do {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      let data = try encoder.encode(MachineReport(machine, request: request))
      text = VisibleText.json(String(decoding: data, as: UTF8.self)) + "\n"
    } catch { throw CommandError(.software, "cannot encode the machine: \(error)") }
    let file = try RecordFile(request: path, command: .machine)
    try file.write(text, to: output)
    return ExitCode.success.rawValue
  }
}
