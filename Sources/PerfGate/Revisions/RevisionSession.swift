import PerfGateMachine

/// A session that compares two revisions of a program.
package final class RevisionSession: Session {
  /// One of the revisions.
  package struct Side: Sendable {
    /// What it is called in messages.
    package var name: String
    /// How its program is started.
    package var program: ArmProgram

    package init(name: String, program: ArmProgram) {
      self.name = name
      self.program = program
    }
  }

  private let own: RemoteSession
  private let old: RemoteRunner
  private let sides: RevisionPair<Side>

  /// - Parameters:
  ///   - own: the session of the new revision's program, which has not measured anything.
  ///   - catalog: the kernels, all built with optimization.
  ///   - oldProgram: the old revision's name in series: its commit.
  package init(
    _ own: RemoteSession, sides: RevisionPair<Side>, oldProgram: String, catalog: Catalog,
    layouts: any LayoutSource, machine: Machine, plan: PlacementPlan, timeout: Double
  ) {
    self.own = own
    self.sides = sides
    old = RemoteRunner(
      catalog: catalog, program: sides.old.program, placement: own.processes.placement,
      seed: own.record.seed, timeout: timeout,
      siblings: plan.slots.map { slot in
        slot.cpu.map { machine.topology.siblings(of: $0) } ?? CPUSet()
      }, throttleFiles: machine.allowed.throttleFiles,
      isPlaced: { PlacementVerification.check(plan, $0).isVerified })
    let clock = StoppableClock(own.clock)
    super.init(
      record: own.record,
      runner: RevisionRunner(
        new: own.processes, old: old, oldProgram: oldProgram,
        names: RevisionPair(old: sides.old.name, new: sides.new.name), layouts: layouts,
        clock: clock),
      clock: clock, probe: own.probe, armWatch: own.armWatch, slots: own.slots,
      cacheBytes: own.cacheBytes)
  }

  /// Starts the old revision, so that a program that cannot start is an error right away.
  func connect() throws(MeasurementError) { try old.connect() }

  package override var threadIDs: [Int32] { own.threadIDs }

  package override func endProcesses() {
    old.end()
    own.endProcesses()
  }

  package override func verifyPlacement() throws(MeasurementError) {
    old.end()
    own.record.plan = record.plan
    defer { record.plan = own.record.plan }
    try own.verifyPlacement()
    let seen = old.observations.map { PlacementVerification.check(own.placement, $0) }
    guard let wrong = seen.first(where: { !$0.isVerified }) else { return }
    own.record.plan.verification = Record.Verification(wrong)
    throw .misplaced(wrong.text)
  }

  /// What each revision has on an executor: `kernel/variant`, in the order of its program.
  package func names(on executor: String) throws(MeasurementError) -> RevisionPair<[String]> {
    RevisionPair(
      old: try old.variantNames(on: executor), new: try own.processes.variantNames(on: executor))
  }

  /// Runs a few small tasks of a variant in both revisions.
  ///
  /// - Returns: how the results differ; `nil`: they do not, or are others in each process anyway.
  package func change(
    of variant: AnyKernel.VariantInfo, in kernel: AnyKernel, size: Int
  ) throws(MeasurementError) -> String? {
    let arm = Arm(
      kernel: kernel.name, variant: variant.name, workers: 1, tasks: Self.comparedTasks,
      size: size, isSpecial: true)
    let pair = RevisionPair(
      old: try compared(old, arm, sides.old.name),
      new: try compared(own.processes, arm, sides.new.name))
    guard pair.old != pair.new else { return nil }
    // What is other in each process says nothing.
    own.processes.end()
    guard try compared(own.processes, arm, sides.new.name) == pair.new else {
      own.processes.varying.insert(kernel.name)
      old.varying.insert(kernel.name)
      return nil
    }
    return RevisionChange.reason(
      RevisionPair(old: sides.old.name, new: sides.new.name), pair.old, pair.new)
  }

  /// How many tasks' results are compared.
  private static let comparedTasks = 4

  private func compared(
    _ runner: RemoteRunner, _ arm: Arm, _ name: String
  ) throws(MeasurementError) -> UInt64 {
    try Unproven.named(name) { () throws(MeasurementError) in try runner.execute(arm).checksum }
  }
}

extension RemoteRunner {
  /// The variants that the program says it can run on an executor: `kernel/variant`, each once.
  func variantNames(on executor: String) throws(MeasurementError) -> [String] {
    let connection = try connected()
    let first = try connection.ask(.catalog, atMost: bounds.short)
    let count = ArmProtocol.linesFollowing(first)
    guard 0...Self.mostLines ~= count else { throw connection.strange(first, to: .catalog) }
    var names: [String] = []
    for line in try connection.lines(count, of: .catalog, atMost: bounds.short) {
      let fields = line.split(separator: "/", omittingEmptySubsequences: false)
      guard fields.count == 3 else { throw connection.strange(line, to: .catalog) }
      if fields[2] == executor { names.append("\(fields[0])/\(fields[1])") }
    }
    return names
  }
}
