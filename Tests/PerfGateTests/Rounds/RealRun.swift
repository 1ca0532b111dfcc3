import Foundation
import PerfGate
import PerfGateReport
import PerfGateMachine
import PerfGateTestSupport
import Synchronization

/// Claims about planted kernels, judged by the real session on the real pool, with small arms.
enum RealRun {
  /// Until when a run waits for a quiet machine: other tests of the process may still run, but a
  /// machine that is never quiet must not be waited for again and again.
  private static let waitEnds = ContinuousClock.now + .seconds(20)

  static var quietSeconds: Double {
    let left = waitEnds - ContinuousClock.now
    return max(0.5, Double(left.components.seconds))
  }

  static func machine() throws -> Machine { try Machine.current() }

  /// Judges claims.
  ///
  /// - Parameters:
  ///   - workers: how many there are; they are pinned.
  ///   - edit: changes the options.
  ///   - prepare: gets the session before it judges.
  static func record(
    _ claims: [Claim], workers: Int, edit: (inout GateOptions) -> Void = { _ in },
    prepare: (Session) -> Void = { _ in }
  ) throws -> Record {
    let machine = try machine()
    let catalog = try Catalog([
      AnyKernel(Plain.self), AnyKernel(Locked.self), AnyKernel(Counting.self),
    ])
    let plan = try Placement.plan(
      PlacementRequest(), workers: workers, topology: machine.topology, allowed: machine.allowed)
    var record = VirtualRun.emptyRecord(seed: 7)
    record.plan.cpus = plan.slots.compactMap(\.cpu)
    let session = try LocalSession(
      record: record, catalog: catalog, machine: machine, slots: plan.slots,
      cacheBytes: 32 << 20)
    var options = GateOptions(
      allowedWorkers: machine.allowed.workers, quota: nil, budget: 8, quietSeconds: quietSeconds)
    options.armSeconds = 0.025
    options.confirmationPause = 0.2
    edit(&options)
    prepare(session)
    try session.judge(claims, catalog: catalog, options: options)
    for result in session.record.claims {
      print(
        "\(result.id): \(result.verdict) \(result.estimate ?? .nan) \(result.interval ?? []), "
          + "\(result.rounds) + \(result.confirmationRounds) rounds, \(result.discarded) discards, "
          + (result.sentence ?? "decided"))
    }
    return session.record
  }

  static func judged(
    _ claims: [Claim], workers: Int, edit: (inout GateOptions) -> Void = { _ in }
  ) throws -> [ClaimResult] {
    try record(claims, workers: workers, edit: edit).claims
  }
}

extension Claim {
  /// A ratio of two variants of a planted kernel.
  static func real(
    _ kernel: String, _ subject: String, to reference: String, atMost limit: Double,
    workers: Int = 1, tasks: Int = 50
  ) throws -> Claim {
    try Claim(
      id: "\(kernel).\(subject)", text: "\(subject) no slower than \(reference)", kernel: kernel,
      .ratio(subject: subject, reference: reference, atMost: limit, workers: workers), tasks: tasks)
  }

  /// A speedup of a planted kernel at two workers.
  static func real(_ kernel: String, _ variant: String, speedup limit: Double) throws -> Claim {
    try Claim(
      id: "\(kernel).\(variant).scales", text: "\(variant): 1 → 2 workers", kernel: kernel,
      .speedup(variant: variant, workers: 2, atLeast: limit))
  }
}
