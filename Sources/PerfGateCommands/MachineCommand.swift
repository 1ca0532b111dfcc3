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
    var lines = [
      "key        \(machine.key)",
      "cpu        \(machine.cpuModel)",
      "allowed    cpus \(machine.allowed.cpus): \(machine.allowed.limitText)",
      "memory     nodes \(machine.topology.memoryNodes)",
      "libnuma    \(machine.numa)",
    ]
    for count in workplace.workerCounts(oversubscribed: 1...12) {
      let plan = try workplace.plan(workers: count)
      lines.append("plan       \(count == 1 ? "1 worker" : "\(count) workers"): \(plan.text)")
    }
    output.out(lines.joined(separator: "\n") + "\n")
    return ExitCode.success.rawValue
  }
}
