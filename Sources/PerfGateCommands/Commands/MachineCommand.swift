import Foundation
import PerfGate
import PerfGateMachine

/// What the machine is, what of it may be used, and where workers would go.
struct MachineCommand {
  let options: Options
  let workplace: Workplace
  let output: CommandOutput

  init(_ invocation: Invocation, output: CommandOutput) throws(CommandError) {
    options = invocation.options
    self.output = output
    workplace = try Workplace(options: options)
  }

  func execute() throws(CommandError) -> Int32 {
    let machine = workplace.machine
    let request = options.placement
    // An explicit wish that cannot be met is an error here as well.
    for count in options.workers ?? [1] { _ = try workplace.wishedPlan(workers: count) }
    guard let wish = options.json else {
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
    let file = try RecordFile(wish: wish, command: .machine)
    try file.write(text, to: output)
    return ExitCode.success.rawValue
  }
}
