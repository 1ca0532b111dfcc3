import CPerfGatePlacement
import PerfGateMachine

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

// Prints what was exercised, then SELFTEST-OK or the failures; scripts judge by that line.
//   --forbid-policy   first make the kernel refuse memory policy calls, as containers do
//   --compare         only compare our reading of the machine with libnuma's
let arguments = CommandLine.arguments.dropFirst()
var report = SelfTest.Report()

if let wrong = arguments.first(where: { !["--forbid-policy", "--compare"].contains($0) }) {
  report.failures.append("unknown option \(wrong): expected --forbid-policy or --compare")
} else if arguments.contains("--forbid-policy"), pgp_forbid_memory_policy() < 0 {
  report.failures.append("cannot install the seccomp filter")
} else if arguments.contains("--compare") {
  do {
    let topology = try Topology.read()
    report.notes.append("\(topology.cpus.count) cpus, \(topology.nodes.count) nodes")
    if let differences = SelfTest.differencesFromLibnuma(topology) {
      report.failures += differences
    } else {
      report.failures.append("libnuma: \(NumaState.current)")
    }
  } catch {
    report.failures.append(error.description)
  }
} else {
  report = SelfTest.report()
}
for note in report.notes { print("selftest: \(note)") }
for failure in report.failures { print("SELFTEST-FAILURE \(failure)") }
print(report.failures.isEmpty ? "SELFTEST-OK" : "SELFTEST-FAILED")
exit(report.failures.isEmpty ? 0 : 1)
