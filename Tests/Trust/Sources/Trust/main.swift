// Real gates of a program against itself, and against itself with more to do: how often is a verdict
// wrong, and how often is there one?

import Foundation
import PerfGate
import PerfGateMachine

/// A line that is there at once, also in a pipe.
func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

/// How many gates ended how.
struct Counts {
  var verdicts: [Verdict: Int] = [:]
  var rounds: [Int] = []
  var reasons: [String: Int] = [:]

  subscript(verdict: Verdict) -> Int { verdicts[verdict, default: 0] }
  var decided: Int { self[.holds] + self[.violated] }

  mutating func add(_ result: ClaimResult) {
    verdicts[result.verdict, default: 0] += 1
    rounds.append(result.rounds)
    if let reason = result.reason { reasons[reason.filter { !$0.isNumber }, default: 0] += 1 }
  }

  func line(_ name: String) -> String {
    let middle = rounds.sorted()
    let median = middle.isEmpty ? 0 : middle[middle.count / 2]
    let all = verdicts.values.reduce(0, +)
    return "\(name): \(all) gates, decided \(decided): holds \(self[.holds]), "
      + "violated \(self[.violated]); inconclusive \(self[.inconclusive]), "
      + "not checkable \(self[.notCheckable]); median rounds \(median)"
  }
}

/// One session with its workers and its proofs, used for all gates; each gate has its own rounds.
struct Gates {
  let arguments: Arguments
  let machine: Machine
  let session: Session
  let catalog: Catalog
  private let empty: Record

  init(_ arguments: Arguments) throws {
    self.arguments = arguments
    machine = try Machine.current()
    catalog = try Catalog([AnyKernel(Twins.self)])
    let plan = try Placement.plan(
      PlacementRequest(), workers: 1, topology: machine.topology, allowed: machine.allowed)
    empty = Record(
      command: "trust", seed: 0, started: "", tool: .current,
      machine: Record.MachineSummary(
        key: machine.key.description, cpu: machine.cpuModel,
        allowedCPUs: machine.allowed.cpus.description, cores: machine.allowed.cores,
        memoryNodes: machine.topology.memoryNodes.count, quota: machine.allowed.quota?.cpus,
        libnuma: "\(machine.numa)"),
      plan: Record.Plan(
        places: "cores", bind: "close", mem: "local", oversubscribe: false,
        cpus: plan.slots.compactMap(\.cpu)))
    session = try Session(
      record: empty, catalog: catalog, slots: plan.slots, cacheBytes: 32 << 20, placement: plan)
  }

  func judge(_ subject: String, seed: Int) throws -> ClaimResult {
    session.record = empty
    session.record.seed = UInt64(seed)
    var options = GateOptions(allowedWorkers: 1, quota: nil, quietSeconds: 1)
    options.armSeconds = arguments.armSeconds
    let claim = try Claim(
      id: subject, text: "no slower than itself + 5 %", kernel: Twins.name,
      .ratio(subject: subject, reference: "swift.one", atMost: 1.05, workers: 1))
    try session.judge([claim], catalog: catalog, machine: machine, options: options)
    return session.record.claims[0]
  }

  func run(_ name: String, _ subject: String, count: Int) throws -> Counts {
    var counts = Counts()
    for gate in 0..<count {
      counts.add(try judge(subject, seed: 1000 + gate))
      if (gate + 1).isMultiple(of: 10) || gate + 1 == count { say(counts.line(name)) }
    }
    for (reason, count) in counts.reasons.sorted(by: { $0.value > $1.value }).prefix(3) {
      say("  \(count) times: \(reason)")
    }
    return counts
  }
}

let arguments = Arguments.read()
let gates = try Gates(arguments)
let equal = try gates.run("against itself", "swift.same", count: arguments.gates)
let worse = try gates.run(
  "with \(arguments.percent) % more to do", "swift.worse", count: arguments.worse)

var broken: [String] = []
if equal[.violated] > 0 { broken.append("\(equal[.violated]) false alarms") }
if worse[.holds] > 0 { broken.append("\(worse[.holds]) slower programs passed") }
if !arguments.isNoisy {
  if equal[.holds] * 20 < arguments.gates * 19 { broken.append("fewer than 95 % hold") }
  if worse[.violated] * 20 < arguments.worse * 19 { broken.append("fewer than 95 % are caught") }
}
say(broken.isEmpty ? "kept" : "broken: \(broken.joined(separator: ", "))")
exit(broken.isEmpty ? 0 : 1)
