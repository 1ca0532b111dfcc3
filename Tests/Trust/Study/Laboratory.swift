import Foundation
import PerfGate
import PerfGateMachine
import PerfGateStatistics
import PerfGateWorkers

/// The machine, and sessions of the real engine on it.
struct Laboratory {
  let environment: MeasurementEnvironment
  let plan: PlacementPlan
  let catalog: Catalog
  let settings: Settings

  init(_ settings: Settings) throws {
    self.settings = settings
    environment = try MeasurementEnvironment()
    plan = try environment.plan(workers: 1)
    catalog = try Self.makeCatalog()
  }

  /// The kernels of the study.
  static func makeCatalog() throws(CatalogError) -> Catalog {
    try Catalog([
      AnyKernel(DrawnSet.self), AnyKernel(DrawnBuffers.self), AnyKernel(DrawnNodes.self),
      AnyKernel(OneFunction.self), AnyKernel(FunctionCopies.self),
    ])
  }

  /// The kernels whose speed is drawn at each start.
  static let drawn = [DrawnSet.name, DrawnBuffers.name, DrawnNodes.name]

  var options: GateOptions { settings.options(environment) }

  /// An empty record.
  func record(seed: UInt64) -> Record {
    environment.record(command: "trust", seed: seed, plan: plan)
  }

  /// A session whose arms run in processes of this program, each round in a new one.
  ///
  /// - Parameter seed: decides the sizes of the environments of these processes.
  func session(seed: UInt64) throws -> Session {
    let pool = try WorkerPool(slots: plan.slots)
    let runner = RemoteRunner(
      catalog: catalog, program: program(["arm"]),
      placement: WirePlacement(plan: plan, input: nil), seed: seed, timeout: 60,
      siblings: plan.slots.map { slot in
        slot.cpu.map { environment.machine.topology.siblings(of: $0) } ?? CPUSet()
      }, throttleFiles: environment.machine.allowed.throttleFiles,
      isPlaced: { [plan] in PlacementVerification.check(plan, $0).isVerified })
    runner.warmUpSeconds = settings.warmUpSeconds
    return Session(
      record: record(seed: seed), runner: runner, clock: SystemClock(),
      probe: StudyProbe(machine: environment.machine, pool: pool, settings: settings),
      slots: plan.slots, cacheBytes: cacheBytes)
  }

  /// A session whose arms all run in this process.
  func localSession(seed: UInt64) throws -> Session {
    try environment.session(record(seed: seed), catalog: catalog, plan: plan) {
      [machine = environment.machine, settings] pool in
      StudyProbe(machine: machine, pool: pool, settings: settings)
    }
  }

  /// This program, started again.
  func program(_ arguments: [String]) -> ArmProgram {
    ArmProgram(
      name: "trust", path: ArmProgram.ownPath, nameArgument: CommandLine.arguments.first,
      arguments: arguments,
      environment: ArmProgram.environment(from: ProcessInfo.processInfo.environment),
      socket: .standardStreams)
  }

  /// Proves the work of these variants of kernels and finds the sizes of their tasks, so that an arm
  /// lasts as long as the settings say. Sizes are multiples of 100, so that a percent is a whole
  /// number.
  func work(of used: [String: Set<String>], _ session: Session) throws -> [String: ArmWork] {
    var work: [String: ArmWork] = [:]
    for (name, names) in used.sorted(by: { $0.key < $1.key }) {
      guard let kernel = catalog.kernel(name) else { throw TrustError("no kernel \(name)") }
      let variants = kernel.variants.filter { names.contains($0.name) }
      let proven = try session.prove(kernel, variants: variants, size: 1)
      // There is no verdict about what is not proven.
      if let unproven = session.record.unproven.first {
        throw TrustError("\(unproven.kernel)/\(unproven.variant) is not proven: \(unproven.reason)")
      }
      guard proven.count == names.count else {
        throw TrustError("not all variants of \(name) can run here")
      }
      let found = try session.calibrate(
        kernel, seconds: settings.armSeconds / Double(Settings.tasks), maximumSize: 1 << 40)
      let size = max(100, (found.size + 50) / 100 * 100)
      let seconds = found.taskSeconds / Double(found.size) * Double(size)
      work[name] = ArmWork(
        size: size,
        tasks: max(Settings.leastTasks, Int((settings.armSeconds / seconds).rounded())))
    }
    return work
  }

  private var cacheBytes: Int {
    environment.machine.topology.caches.compactMap(\.bytes).min() ?? 32 << 20
  }
}
