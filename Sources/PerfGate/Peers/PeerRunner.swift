import PerfGateWorkers

/// Runs arms of this program and of others in the same rounds. Every result of another program is
/// compared with that of this program's reference.
package final class PeerRunner: ArmRunner {
  private let own: any ArmRunner
  private let peers: [String: Peer]
  private let catalog: Catalog
  private let seed: UInt64
  private let mostWorkers: Int
  private var expected: [RemoteRunner.WorkKey: UInt64] = [:]

  /// - Parameters:
  ///   - own: runs the arms of this program.
  ///   - catalog: the kernels, with the variants of the peers.
  ///   - mostWorkers: how many workers compute the reference's results.
  init(
    own: any ArmRunner, peers: [Peer], catalog: Catalog, seed: UInt64, mostWorkers: Int
  ) {
    self.own = own
    self.peers = Dictionary(peers.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    self.catalog = catalog
    self.seed = seed
    self.mostWorkers = max(1, mostWorkers)
  }

  package var startsProcesses: Bool { own.startsProcesses }
  package var peakBytes: Int { own.peakBytes }
  package var inputBudget: Int { own.inputBudget }
  package func expect(_ arms: [Arm]) throws(MeasurementError) {
    try own.expect(arms.filter { peer(of: $0) == nil })
  }

  package func tasksAtOnce(_ arm: Arm) -> Int { own.tasksAtOnce(arm) }

  package func startsAnew(_ arm: Arm) -> Bool {
    guard let (peer, _) = peer(of: arm) else { return own.startsAnew(arm) }
    return own.startsProcesses && !peer.isKept
  }

  package func run(_ arm: Arm) throws(MeasurementError) -> ArmSample {
    guard let (peer, arm) = peer(of: arm) else { return try own.run(arm) }
    let (sample, checksum) = try blaming(arm) { () throws(MeasurementError) in
      try peer.execute(arm)
    }
    if !discards(arm), checksum != (try expectedChecksum(of: arm)) {
      throw wrongResult(arm, peer)
    }
    return sample
  }

  package func start(_ arms: [Arm]) throws(MeasurementError) {
    let ownArms = arms.filter { peer(of: $0) == nil }
    if !ownArms.isEmpty { try own.start(ownArms) }
    for peer in peers.values.sorted(by: { $0.name < $1.name }) {
      let placed = arms.compactMap { self.peer(of: $0) }.filter { $0.peer === peer }.map(\.arm)
      guard let first = placed.first else { continue }
      try blaming(first) { () throws(MeasurementError) in try peer.start(placed) }
    }
  }

  /// What a program in another language cannot do is a finding about its variant, and the other
  /// programs go on.
  private func blaming<Value>(
    _ arm: Arm, _ body: () throws(MeasurementError) -> Value
  ) throws(MeasurementError) -> Value {
    do { return try body() } catch {
      let how: String
      switch error {
      case .program(let failure): how = failure.finding
      case .cannotStart(let why): how = "cannot be started: \(why)"
      default: throw error
      }
      throw .wrongResult(
        Unproven(kernel: arm.kernel, variant: arm.variant, reason: .ended(how)))
    }
  }

  private func discards(_ arm: Arm) -> Bool {
    catalog.kernel(arm.kernel)?.variant(arm.variant)?.peer?.discards ?? false
  }

  package func watch(with watch: (any ArmWatch)?) { own.watch(with: watch) }

  package func allow(taskSeconds: Double) {
    own.allow(taskSeconds: taskSeconds)
    for peer in peers.values { peer.runner.allow(taskSeconds: taskSeconds) }
  }

  package func inputSeconds(_ arm: Arm) throws(MeasurementError) -> Double {
    guard let (peer, arm) = peer(of: arm) else { return try own.inputSeconds(arm) }
    return try blaming(arm) { () throws(MeasurementError) in try peer.runner.inputSeconds(arm) }
  }

  package func checksum(of arm: Arm) throws(MeasurementError) -> UInt64 {
    guard let (_, arm) = peer(of: arm) else { return try own.checksum(of: arm) }
    return discards(arm) ? 0 : try expectedChecksum(of: arm)
  }

  package func releaseInputs(of kernel: String) {
    own.releaseInputs(of: kernel)
    for peer in peers.values where !peer.isKept { peer.runner.releaseInputs(of: kernel) }
  }

  package func callMemory(_ kernel: AnyKernel) throws(MeasurementError) -> CallMemory? {
    try own.callMemory(kernel)
  }

  /// All programs get priority, or none: otherwise rounds would not be fair.
  package func raisePriority() -> Bool {
    guard own.raisePriority() else { return false }
    for peer in peers.values { peer.hasPriority = true }
    return true
  }

  package func peakBytes(of arm: Arm) -> Int {
    guard let (peer, arm) = peer(of: arm) else { return own.peakBytes(of: arm) }
    return peer.peakBytes[arm.key] ?? 0
  }

  package func memory(
    of arm: Arm
  ) throws(MeasurementError) -> (sample: ArmSample, bytes: Int)? {
    guard peer(of: arm) == nil else { return nil }
    return try own.memory(of: arm)
  }

  package func firstRuns(
    of arm: Arm, _ times: Int
  ) throws(MeasurementError) -> [ArmSample]? {
    guard let (peer, placed) = peer(of: arm) else { return try own.firstRuns(of: arm, times) }
    peer.end()
    var samples: [ArmSample] = []
    for _ in 0..<times { samples.append(try run(placed)) }
    return samples
  }

  /// Ends the processes of all peers.
  func end() { for peer in peers.values { peer.end() } }

  /// The peer that has the code of an arm, and the arm as it runs there; `nil`: this program has it.
  private func peer(of arm: Arm) -> (peer: Peer, arm: Arm)? {
    guard let variant = catalog.kernel(arm.kernel)?.variant(arm.variant),
      let peer = variant.peer.flatMap({ peers[$0.program] })
    else { return nil }
    return (peer, arm.program == peer.name ? arm : arm.placed(variant))
  }

  /// The checksum of the reference's results for the same tasks.
  private func expectedChecksum(of arm: Arm) throws(MeasurementError) -> UInt64 {
    let key = RemoteRunner.WorkKey(
      input: RemoteRunner.Input(kernel: arm.kernel, size: arm.size), tasks: arm.tasks)
    if let known = expected[key] { return known }
    let reference = reference(of: arm)
    _ = try own.run(reference)
    let checksum = try own.checksum(of: reference)
    expected[key] = checksum
    return checksum
  }

  /// The same work by this program's reference.
  private func reference(of arm: Arm) -> Arm {
    Arm(
      kernel: arm.kernel, variant: catalog.kernel(arm.kernel)?.reference?.name ?? "",
      workers: mostWorkers, tasks: arm.tasks, size: arm.size, isSpecial: true)
  }

  /// The error for a wrong checksum, which names the task.
  private func wrongResult(_ arm: Arm, _ peer: Peer) -> MeasurementError {
    let found = (try? peer.runner.results(of: arm)) ?? []
    for (task, (result, right)) in zip(found, rightResults(arm)).enumerated()
    where right != result {
      return .wrongResult(
        Unproven(
          kernel: arm.kernel, variant: arm.variant,
          reason: .wrongResult(task: task, found: result, expected: right)))
    }
    return .wrongResult(
      Unproven(
        kernel: arm.kernel, variant: arm.variant,
        reason: .ended("told a checksum that its results do not have, or that changes")))
  }

  /// The reference's results for the same tasks, or for the first of them.
  private func rightResults(_ arm: Arm) -> [UInt64] {
    if let own = own as? RemoteRunner { return (try? own.results(of: reference(of: arm))) ?? [] }
    let kernel = catalog.kernel(arm.kernel)
    let bodies = try? kernel?.bodies(arm.size, seed)
    guard let code = bodies?[kernel?.reference?.name ?? ""] else { return [] }
    var results: [UInt64] = []
    for task in 0..<min(arm.tasks, ArmProtocol.mostResults) {
      guard ProcessSignals.interruptSignal == nil else { break }
      results.append(code.run(task))
    }
    return results
  }
}
