import PerfGate
import PerfGateMachine

/// The same claim judged again and again by the real engine; threads and proof of work are shared.
final class Trial {
  private let machine: Machine
  private let catalog: Catalog
  private let session: Session
  private let options: GateOptions

  init(_ settings: Settings) throws {
    machine = try Machine.current()
    catalog = try Catalog([AnyKernel(SelfComparison.self)])
    let plan = try Placement.plan(
      PlacementRequest(), workers: 1, topology: machine.topology, allowed: machine.allowed)
    session = try LocalSession(
      record: Self.record(machine, plan, seed: 0), catalog: catalog, machine: machine,
      slots: plan.slots,
      cacheBytes: machine.topology.caches.compactMap(\.bytes).min() ?? 32 << 20)
    var options = GateOptions(
      allowedWorkers: machine.allowed.workers, quota: machine.allowed.quota.map { "\($0)" })
    if let seconds = settings.armSeconds { options.armSeconds = seconds }
    self.options = options
  }

  /// What the gates run on, in one line.
  var place: String {
    "\(machine.cpuModel), \(machine.allowed.cores) cores, worker on cpu "
      + session.record.plan.cpus.map(String.init).joined(separator: ",")
      + ", Swift \(session.record.tool.swift) \(session.record.tool.configuration)"
  }

  /// Judges the claim `count` times.
  func run(_ subject: String, count: Int) throws -> Tally {
    var tally = Tally(name: subject)
    let claim = try SelfComparison.claim(subject)
    for gate in 0..<count {
      // A record of its own, as every run of perfgate has; the proof stays.
      var record = session.record
      (record.series, record.stages, record.notes) = ([], [], [])
      (record.claimPlans, record.claims, record.workloads) = ([], [], [])
      record.seed = UInt64(gate)
      session.record = record
      try session.judge([claim], catalog: catalog, options: options)
      // What was not proven stays so: there is no verdict without it.
      if let unproven = session.record.unproven.first { throw Failure(unproven.reason) }
      tally.add(session.record.claims[0])
      if (gate + 1).isMultiple(of: 10) || gate + 1 == count { say(tally.line(of: count)) }
    }
    return tally
  }

  private static func record(_ machine: Machine, _ plan: PlacementPlan, seed: UInt64) -> Record {
    Record(
      command: "run", seed: seed, started: "", tool: .current,
      machine: Record.MachineSummary(
        key: machine.key.description, cpu: machine.cpuModel,
        allowedCPUs: machine.allowed.cpus.description, cores: machine.allowed.cores,
        memoryNodes: machine.topology.memoryNodes.count, quota: machine.allowed.quota?.cpus,
        libnuma: "\(machine.numa)"),
      plan: Record.Plan(
        places: plan.places.rawValue, bind: plan.bind.description,
        mem: plan.memoryPolicy.description, oversubscribe: plan.oversubscribe,
        cpus: plan.slots.compactMap(\.cpu)))
  }
}

/// Why there are no counts.
struct Failure: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}
