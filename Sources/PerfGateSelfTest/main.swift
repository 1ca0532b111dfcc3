import CPerfGateSystem
import PerfGateMachine

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

// Prints what was tested, then SELFTEST-OK or the failures and SELFTEST-FAILED; scripts check that
// line.
let usage = """
  PerfGateSelfTest [--forbid-policy] [--compare | --plan N | --disturb]
    --forbid-policy   first make the kernel refuse memory policy calls, as containers do
    --compare         only compare our reading of the machine with libnuma's
    --plan N          only print the plan of N workers
    --disturb         only compute for 0.3 s and print what disturbed it
  """

/// The plan of this many workers, as a note or a failure.
func plan(_ workers: Int) throws -> SelfTest.Report {
  let machine = try Machine.current()
  var report = SelfTest.Report(notes: machine.allowed.limits)
  do throws(PlacementError) {
    let plan = try Placement.plan(
      PlacementRequest(), workers: workers, topology: machine.topology, allowed: machine.allowed)
    report.notes += ["plan: \(plan.text)"] + plan.notes
  } catch {
    report.failures.append(error.description)
  }
  return report
}

/// The differences between our reading of the machine and libnuma's, as failures.
func compare() throws -> SelfTest.Report {
  let topology = try Topology.read()
  let report = SelfTest.Report(
    notes: ["\(topology.cpus.count) cpus, \(topology.nodes.count) nodes"])
  guard let differences = SelfTest.differencesFromLibnuma(topology) else {
    return SelfTest.Report(failures: ["libnuma: \(NumaState.current)"], notes: report.notes)
  }
  return SelfTest.Report(failures: differences, notes: report.notes)
}

/// What disturbed 0.3 s of arithmetic, as notes.
func disturb() throws -> SelfTest.Report {
  let watch = Interference(
    machine: try Machine.current(), cpus: [], threads: [ThreadPinning.currentThreadID()])
  let start = watch.snapshot()
  let end = start.nanoseconds + 300_000_000
  while pgp_monotonic_ns() < end { pgp_sink_u64(pgp_spin(100_000, 1)) }
  return SelfTest.Report(
    notes: watch.disturbance(from: start, to: watch.snapshot()).map(\.description)
      + watch.unavailable.map { "not watched: \($0)" })
}

func report(_ arguments: [String]) throws -> SelfTest.Report {
  switch (arguments.first, arguments.dropFirst().first.flatMap { Int($0) }, arguments.count) {
  case ("--forbid-policy", _, _):
    guard pgp_forbid_memory_policy() == 0 else {
      return SelfTest.Report(failures: ["cannot install the seccomp filter"])
    }
    return try report(Array(arguments.dropFirst()))
  case (nil, _, 0): return SelfTest.report()
  case ("--compare", _, 1): return try compare()
  case ("--disturb", _, 1): return try disturb()
  case ("--plan", let workers?, 2): return try plan(workers)
  default: return SelfTest.Report(failures: ["unknown option \(arguments[0])"], notes: [usage])
  }
}

var result = SelfTest.Report()
do {
  result = try report(Array(CommandLine.arguments.dropFirst()))
} catch {
  result.failures.append("\(error)")
}
for note in result.notes { print("selftest: \(note)") }
for failure in result.failures { print("SELFTEST-FAILURE \(failure)") }
print(result.failures.isEmpty ? "SELFTEST-OK" : "SELFTEST-FAILED")
exit(result.failures.isEmpty ? 0 : 1)
