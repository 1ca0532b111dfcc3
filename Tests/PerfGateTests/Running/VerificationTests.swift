import Foundation
import PerfGateKernels
import PerfGateMachine
import PerfGateReport
import Testing

import PerfGate
import PerfGateModel

/// Placement is verified in every run: planted faults are found by what the workers see.
@Suite(.serialized) struct VerificationTests {
  private let machine: Machine
  private let cpu: Int

  init() throws {
    machine = try Machine.current()
    cpu = try #require(machine.allowed.cpus.first)
  }

  private func plan(cpus: [Int], memory: MemoryTarget = .firstTouch) -> PlacementPlan {
    PlacementPlan(
      slots: cpus.enumerated().map { WorkerSlot(worker: $0, cpu: $1, node: nil) },
      memory: cpus.map { _ in memory }, places: .cores, bind: .close, memoryPolicy: .local,
      oversubscribe: false, notes: [])
  }

  private func session(
    slots: PlacementPlan, verifiedAgainst plan: PlacementPlan
  ) throws -> LocalSession {
    let record = Record(
      command: "test", seed: 1, started: "2000-01-01T00:00:00Z", tool: .current,
      machine: Record.MachineSummary(
        key: "k", cpu: "c", allowedCPUs: "0", cores: 1, memoryNodes: 1, quota: nil,
        libnuma: "linked"),
      plan: Record.Plan(
        places: "cores", bind: "close", mem: "local", oversubscribe: false,
        cpus: slots.slots.compactMap(\.cpu)))
    let session = try LocalSession(
      record: record, catalog: try Catalog([AnyKernel(Viete.self)]), machine: Machine.current(),
      slots: slots.slots, cacheBytes: 1 << 20, placement: plan)
    _ = try session.runner.run(
      Arm(kernel: "viete", variant: "swift.scalar", workers: slots.slots.count, tasks: 4, size: 100)
    )
    return session
  }

  private func finding(_ session: LocalSession) -> String? {
    do {
      try session.verifyPlacement()
      return nil
    } catch { return error.description }
  }

  /// Pictures of the machine are made of it.
  @Test func theRecordTellsWhichCPUsShareACore() throws {
    let environment = try MeasurementEnvironment()
    let allowed = environment.machine.allowed
    let cores = try #require(environment.summary.layout).flatMap(\.cores)
    #expect(cores.flatMap { $0 }.sorted() == (0..<8192).filter(allowed.cpus.contains))
    #expect(cores.count == allowed.cores && !cores.contains([]))
    // A record of an earlier version has none, and stays without.
    var record = environment.record(
      command: "test", seed: 1, plan: try environment.plan(workers: 1))
    let again = try Record.decode(Data(record.json().utf8))
    #expect(again.machine == record.machine)
    record.machine.layout = nil
    #expect(try !record.json().contains("layout"))
  }

  @Test func whatIsInPlaceIsVerified() throws {
    let good = plan(cpus: [cpu])
    let session = try session(slots: good, verifiedAgainst: good)
    #expect(finding(session) == nil)
    #expect(session.record.plan.verification?.isVerified == true)
    #expect(session.record.plan.verification?.observations.count == 1)
  }

  /// A run that began in place and ended elsewhere is not called verified anywhere.
  @Test(.enabled(if: Self.cpus > 1, "needs 2 cpus"))
  func aMaskThatChangesInTheMiddle() throws {
    let good = plan(cpus: [cpu])
    let session = try session(slots: good, verifiedAgainst: good)
    try session.verifyPlacement()
    var begun = session.record
    begun.complete = false
    #expect(ConsoleReport.header(begun)[1].contains(" · verified at the start"))
    #expect(ConsoleReport.header(session.record)[1].contains(" · verified"))
    #expect(!ConsoleReport.body(session.record).contains { $0.hasPrefix("misplaced") })
    let thread = try #require(session.workers.pool.threadIDs.first)
    try allow(thread, machine.allowed.cpus)
    let text = try #require(finding(session))
    #expect(text.contains("was planned on cpu \(cpu) but may run on cpus"), "\(text)")
    let lines = ConsoleReport.header(session.record) + ConsoleReport.body(session.record)
    #expect(!lines.contains { $0.contains("verified") })
    #expect(lines.contains { $0.hasPrefix("misplaced  worker 0 was planned on cpu \(cpu)") })
  }

  private static var cpus: Int { (try? Machine.current())?.allowed.cpus.count ?? 0 }

  /// Changes a thread's mask from outside, as `taskset` does.
  private func allow(_ thread: Int32, _ cpus: CPUSet) throws {
    let taskset = Process()
    taskset.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    taskset.arguments = ["taskset", "-cp", "\(cpus)", "\(thread)"]
    taskset.standardOutput = FileHandle.nullDevice
    try taskset.run()
    taskset.waitUntilExit()
    try #require(taskset.terminationStatus == 0)
  }

  @Test func aPlannerThatGivesOneCPUTwice() throws {
    let bad = plan(cpus: [cpu, cpu])
    let session = try session(slots: bad, verifiedAgainst: bad)
    let text = try #require(finding(session))
    #expect(text.contains("share cpu \(cpu)"), "\(text)")
    #expect(session.record.plan.verification?.isVerified == false)
  }

  @Test func aPinThatEndedUpElsewhere() throws {
    let other = machine.allowed.cpus.first { $0 != cpu } ?? cpu + 1
    let session = try session(slots: plan(cpus: [cpu]), verifiedAgainst: plan(cpus: [other]))
    let text = try #require(finding(session))
    #expect(text.contains("planned on cpu \(other)"), "\(text)")
  }

  @Test(.enabled(if: NumaState.policyError == nil, "memory policy calls are not to be had here"))
  func aBufferOnTheWrongNode() throws {
    // A node that is not there: the buffer steps down to first touch, and lands elsewhere.
    let missing = (machine.topology.nodes.map(\.number).max() ?? 0) + 1
    let session = try session(
      slots: plan(cpus: [cpu], memory: .node(missing)),
      verifiedAgainst: plan(cpus: [cpu], memory: .node(missing)))
    let text = try #require(finding(session))
    #expect(text.contains("pages are elsewhere"), "\(text)")
  }
}
