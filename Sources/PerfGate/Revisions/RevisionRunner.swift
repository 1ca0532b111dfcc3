import PerfGateMachine

/// Runs arms of two revisions of a program in the same rounds: each start is a new process of both,
/// with a layout that no earlier start of the kernel had.
package final class RevisionRunner: ArmRunner {
  /// The revision that is judged; its arms have the name of the own program.
  private let new: RemoteRunner
  /// The revision that it is compared with.
  private let old: RemoteRunner
  /// The program of the old one in arms.
  private let oldProgram: String
  private let names: RevisionPair<String>
  private let layouts: any LayoutSource
  private let clock: StoppableClock
  /// How many layouts each kernel has used.
  private var used: [String: Int] = [:]

  /// - Parameters:
  ///   - oldProgram: the program of the old revision in arms: its commit.
  ///   - names: what the revisions are called in messages.
  init(
    new: RemoteRunner, old: RemoteRunner, oldProgram: String, names: RevisionPair<String>,
    layouts: any LayoutSource, clock: StoppableClock
  ) {
    self.new = new
    self.old = old
    self.oldProgram = oldProgram
    self.names = names
    self.layouts = layouts
    self.clock = clock
  }

  package var startsProcesses: Bool { true }
  package var mustStart: Bool { true }
  package var drawsLayouts: Bool { layouts.isDrawn }
  package var peakBytes: Int { max(new.peakBytes, old.peakBytes) }
  package var inputBudget: Int { min(new.inputBudget, old.inputBudget) }
  package func staysWhole(_ arm: Arm) -> Bool { false }
  package func expect(_ arms: [Arm]) throws(MeasurementError) {
    try Unproven.named(names.new) { () throws(MeasurementError) in
      try new.expect(arms.filter { !isOld($0) })
    }
    try Unproven.named(names.old) { () throws(MeasurementError) in
      try old.expect(arms.filter(isOld).map(Self.own))
    }
  }

  package func tasksAtOnce(_ arm: Arm) -> Int { new.tasksAtOnce(arm) }

  /// Starts both revisions. Linking further layouts takes no time of the budget, and nothing links while
  /// a round runs.
  package func start(_ arms: [Arm]) throws(MeasurementError) {
    end()
    guard let kernel = arms.first?.kernel else { return }
    let number = used[kernel] ?? 0
    used[kernel] = number + 1
    let layouts = layouts
    let programs = try clock.whileStopped { () throws(MeasurementError) in
      try layouts.programs(number)
    }
    (new.program.path, old.program.path) = (programs.new, programs.old)
    let (ofNew, ofOld) = (arms.filter { !isOld($0) }, arms.filter(isOld).map(Self.own))
    // Neither is always the first one.
    if number.isMultiple(of: 2) {
      try Unproven.named(names.new) { () throws(MeasurementError) in try new.start(ofNew) }
    }
    try Unproven.named(names.old) { () throws(MeasurementError) in try old.start(ofOld) }
    if !number.isMultiple(of: 2) {
      try Unproven.named(names.new) { () throws(MeasurementError) in try new.start(ofNew) }
    }
  }

  package func run(_ arm: Arm) throws(MeasurementError) -> ArmSample {
    guard isOld(arm) else {
      return try Unproven.named(names.new) { () throws(MeasurementError) in try new.run(arm) }
    }
    let own = Self.own(arm)
    let sample = try Unproven.named(names.old) { () throws(MeasurementError) in try old.run(own) }
    let (before, after) = (try old.checksum(of: own), try new.checksum(of: own))
    // 0: not known, or another one in each process, as of hashes.
    guard before == after || before == 0 || after == 0 || isVarying(arm.kernel) else {
      throw .wrongResult(
        Unproven(
          kernel: arm.kernel, variant: arm.variant,
          reason: .told(RevisionChange.reason(names, before, after))))
    }
    return sample
  }

  private func isVarying(_ kernel: String) -> Bool {
    new.varying.contains(kernel) || old.varying.contains(kernel)
  }

  package func allow(taskSeconds: Double) {
    new.allow(taskSeconds: taskSeconds)
    old.allow(taskSeconds: taskSeconds)
  }

  package func inputSeconds(_ arm: Arm) throws(MeasurementError) -> Double {
    try side(arm).inputSeconds(Self.own(arm))
  }

  package func checksum(of arm: Arm) throws(MeasurementError) -> UInt64 {
    try side(arm).checksum(of: Self.own(arm))
  }

  package func counts(
    of arm: Arm, calls: Int, _ counter: Counter
  ) throws(MeasurementError) -> (sample: ArmSample, counts: StartCounts)? {
    try Unproven.named(isOld(arm) ? names.old : names.new) { () throws(MeasurementError) in
      try side(arm).counts(of: Self.own(arm), calls: calls, counter)
    }
  }

  package func releaseInputs(of kernel: String) {
    new.releaseInputs(of: kernel)
    old.releaseInputs(of: kernel)
  }

  package func callMemory(_ kernel: AnyKernel) throws(MeasurementError) -> CallMemory? {
    try new.callMemory(kernel)
  }

  /// Both get priority, or none: otherwise rounds would not be fair.
  package func raisePriority() -> Bool {
    // An older program may not know how.
    guard old.raisePriority() else { return false }
    guard new.raisePriority() else {
      old.lowerPriority()
      return false
    }
    return true
  }

  package func peakBytes(of arm: Arm) -> Int { side(arm).peakBytes }

  /// Ends the processes of both.
  func end() {
    new.end()
    old.end()
  }

  private func isOld(_ arm: Arm) -> Bool { arm.program == oldProgram }
  private func side(_ arm: Arm) -> RemoteRunner { isOld(arm) ? old : new }

  /// The arm as it runs in its own program.
  private static func own(_ arm: Arm) -> Arm {
    var own = arm
    own.program = SeriesKey.ownProgram
    return own
  }
}

/// How two revisions of a variant differ in what they compute.
enum RevisionChange {
  static func reason(_ names: RevisionPair<String>, _ before: UInt64, _ after: UInt64) -> String {
    "computes something else now: the results of \(names.old) have the checksum "
      + "\(String(before, radix: 16)), those of \(names.new) \(String(after, radix: 16))"
  }
}

extension Unproven {
  /// Says in which revision work is not proven.
  static func named<Value>(
    _ revision: String, _ body: () throws(MeasurementError) -> Value
  ) throws(MeasurementError) -> Value {
    do { return try body() } catch {
      guard case .wrongResult(let unproven) = error else { throw error }
      throw .wrongResult(
        Unproven(
          kernel: unproven.kernel, variant: unproven.variant,
          reason: .told("in \(revision): \(unproven.finding)")))
    }
  }
}
