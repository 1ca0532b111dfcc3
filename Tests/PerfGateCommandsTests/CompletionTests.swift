import PerfGate
import PerfGateKernels
import PerfGateTestSupport
import Testing

@testable import PerfGateCommands

/// Completions know what the command line knows.
@Suite struct CompletionTests {
  @Test(arguments: Shell.allCases)
  func everyCommandAndOptionIsThere(shell: Shell) throws {
    let catalog = try Catalog.perfGate()
    let script = Completion(program: "perfgate", catalog: catalog).script(for: shell)
    for hidden in ["| worker", "'worker:", "-a worker", "one-of-starts"] {
      #expect(!script.contains(hidden), "\(hidden)")
    }
    for command in Command.allCases where command.isPublic {
      #expect(script.contains(command.rawValue), "\(command)")
      for rule in command.rules {
        let name = shell == .fish ? "-l \(rule.name.dropFirst(2)) " : rule.name
        #expect(script.contains(name) || !rule.isPublic, "\(command) \(rule.name)")
      }
    }
    for kernel in catalog.kernels { #expect(script.contains(kernel.name)) }
    #expect(script.allSatisfy { $0 != "\u{1B}" } && script.hasSuffix("\n"))
  }

  /// The program of another package has a name and kernels of its own.
  @Test(arguments: Shell.allCases)
  func anotherProgramHasItsOwnName(shell: Shell) throws {
    let script = Completion(program: "my-gate", catalog: try Catalog([])).script(for: shell)
    for other in ["_perfgate", "#compdef perfgate", "-c perfgate", "(perfgate", "viete"] {
      #expect(!script.contains(other), "\(other)")
    }
    #expect(shell == .fish ? script.contains("-c my-gate ") : script.contains("_my_gate"))
  }
}
