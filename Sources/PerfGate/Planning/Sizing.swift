/// Finds the size of a group's tasks, so that its shortest arm takes long enough.
package struct Sizing {
  let planner: Planner
  let kernel: AnyKernel
  let tasks: Int
  let mostWorkers: Int
  /// Whether its arms have the plain names that tables look up, which only one group of a run can.
  let isFirst: Bool
  var size: Int
  /// The wanted time of the shortest arm, in seconds.
  private var armSeconds: Double
  /// How many tasks a fixed size needs, by variant, size and executor. All claims of the group must
  /// use the same number, or they could not share the arm.
  private var counts: [SizedVariant: Int] = [:]
  private struct SizedVariant: Hashable {
    var variant: String
    var size: Int
    var executor: String
  }

  /// How long a task of each variant takes at the calibrated size, in seconds.
  private var paces: [String: Double] = [:]
  /// The same at fixed sizes.
  private var fixedPaces: [SizedVariant: Double] = [:]
  /// The arms of the reference kernel for baselines, by number of workers.
  private var references: [Int: Arm] = [:]

  /// Whether the size of a task is given, so that the number of tasks has to be found.
  static func isFixed(_ kernel: AnyKernel) -> Bool {
    kernel.work.growth == .constant || kernel.work.defaultSize != nil
  }

  init(
    _ planner: Planner, kernel: AnyKernel, members: [CandidateClaim], tasks: Int,
    isFirst: Bool
  ) throws(MeasurementError) {
    self.planner = planner
    self.kernel = kernel
    self.tasks = tasks
    self.isFirst = isFirst
    let workers = members.map(\.workers).max() ?? 1
    mostWorkers = workers
    size = kernel.work.defaultSize ?? 1
    var load = Self.load(members, weight: { _ in 1 })
    armSeconds = Self.armSeconds(load: load, options: planner.options)
    guard !Self.isFixed(kernel) else {
      try leaveTime(to: members, of: armSeconds * load)
      return
    }
    let turns = Double((tasks + workers - 1) / workers)
    size = try planner.calibrate(kernel, seconds: armSeconds / turns).size
    // The size was found with the reference, but the fastest variant has the shortest arm.
    for name in Set(members.flatMap(\.claim.variants)) {
      if let variant = kernel.variant(name) {
        paces[name] = try planner.runner.pace(kernel, variant, size: size)
      }
    }
    // The reference must be able to do all tasks once: within the budget, and in a second if the arms of
    // variants that are many times as fast are long enough then.
    let pace = armSeconds / turns
    let shortest = paces.values.min() ?? pace
    let wanted = max(Self.referenceSeconds, Self.leastArmSeconds * pace / max(shortest, 1e-12))
    let most = max(1, min(planner.options.budget, wanted) / armSeconds)
    let fastest = max(shortest, pace / most)
    let shared = Self.sharedVariants(members)
    load = Self.load(members) { name in
      let slowness = max(1, (paces[name] ?? 0) / fastest)
      // A variant that may do fewer tasks takes no longer, but each worker does at least one.
      return shared.contains(name) ? slowness : max(min(slowness, Self.slowness), slowness / turns)
    }
    armSeconds = Self.armSeconds(load: load, options: planner.options)
    size = max(1, Int((Double(size) * armSeconds / turns / fastest).rounded()))
  }

  /// Shortens the arms if others are longer anyway, because one task of theirs is.
  ///
  /// - Parameter together: the time of all arms of a round, in seconds.
  private mutating func leaveTime(
    to members: [CandidateClaim], of together: Double
  ) throws(MeasurementError) {
    var arms: [(load: Double, pace: Double)] = []
    for (side, load) in Self.loads(members) {
      var taskSeconds = 0.0
      if let variant = side.variant.flatMap({ kernel.variant($0) }) {
        // Long tasks take as long on any executor.
        taskSeconds = try pace(variant, size: side.size ?? size, on: ExecutorName.pool)
      }
      arms.append((load, taskSeconds))
    }
    armSeconds = Self.armSeconds(armSeconds, of: together, arms: arms)
  }

  /// How long a task of a fixed size takes, in seconds.
  private mutating func pace(
    _ variant: AnyKernel.VariantInfo, size: Int, on executor: String
  ) throws(MeasurementError) -> Double {
    let key = SizedVariant(variant: variant.name, size: size, executor: executor)
    if let known = fixedPaces[key] { return known }
    let pace = try planner.runner.pace(kernel, variant, size: size, executor: executor)
    fixedPaces[key] = pace
    return pace
  }

  /// The arms of a claim.
  mutating func arms(
    _ claim: Claim, workers: Int
  ) throws(MeasurementError) -> (subject: Arm, reference: Arm) {
    let sides = claim.kind.statement.sides(workers: workers)
    let executor = claim.executor(of: kernel, chosen: planner.options.executor)
    return (try arm(sides.subject, on: executor), try arm(sides.reference, on: executor))
  }

  private mutating func arm(
    _ side: ClaimSide, on executor: String
  ) throws(MeasurementError) -> Arm {
    guard let variant = side.variant else { return try referenceArm(side.workers) }
    var arm = try arm(
      variant, on: executor, side.workers, size: side.size, isSpecial: side.size != nil)
    arm.program = side.program == SeriesKey.ownProgram ? arm.program : side.program
    let tasks = side.tasks(of: arm.tasks)
    arm.isSpecial = arm.isSpecial || arm.tasks != tasks
    arm.tasks = tasks
    return side.mayDoFewer ? fewer(arm) : arm
  }

  /// The same arm with fewer tasks if the variant is much slower than the fastest one: otherwise a
  /// reference that is 40 times slower would make rounds 40 times longer. Ratios are per task.
  ///
  /// An arm whose tasks cannot be divided evenly among its workers keeps them, because fewer tasks
  /// would be divided differently.
  private func fewer(_ arm: Arm) -> Arm {
    guard !Self.isFixed(kernel), arm.tasks.isMultiple(of: arm.workers),
      let fastest = paces.values.min(), let pace = paces[arm.variant],
      pace >= Self.slowness * fastest
    else { return arm }
    let turns = Double(arm.tasks / arm.workers) * fastest / pace
    var fewer = arm
    let grain = kernel.variant(arm.variant)?.batch ?? 1
    let most = arm.tasks / arm.workers
    let each = (Int(min(turns, Double(most)).rounded(.up)) + grain - 1) / grain * grain
    fewer.tasks = min(max(1, each), most) * arm.workers
    fewer.isSpecial = fewer.isSpecial || fewer.tasks < arm.tasks
    return fewer
  }

  /// The variants with an arm that must do all tasks.
  private static func sharedVariants(_ members: [CandidateClaim]) -> Set<String> {
    let sides = members.flatMap { member in
      let sides = member.claim.kind.statement.sides(workers: 1)
      return [sides.subject, sides.reference]
    }
    return Set(sides.filter { !$0.mayDoFewer }.compactMap(\.variant))
  }

  /// The arm of a baseline's reference kernel, which takes as long as the shortest arm.
  private mutating func referenceArm(_ workers: Int) throws(MeasurementError) -> Arm {
    if let arm = references[workers] { return arm }
    let reference = ReferenceKernel.of(kernel)
    guard let variant = reference.reference else {
      throw .unknownKernel(reference.name, known: [])
    }
    let readsMemory = BuiltInKernel.readsMemory(kernel)
    // As many bytes as the kernel reads, so that both data are in the same cache, or in none.
    let size =
      readsMemory
      ? max(1, kernel.inputBytes(self.size))
      : try planner.calibrate(reference, seconds: armSeconds / Double(Self.spinTasks)).size
    var count = Self.spinTasks
    if readsMemory {
      let pace = try planner.runner.pace(reference, variant, size: size)
      count = Int(min(armSeconds / max(pace, 1e-9), 1_000_000).rounded(.up))
    }
    let arm = Arm(
      kernel: reference.name, variant: variant.name, workers: workers,
      tasks: max(1, count) * workers, size: size, isSpecial: !isFirst, beside: kernel.name)
    references[workers] = arm
    return arm
  }

  private mutating func arm(
    _ variant: String, on executor: String, _ workers: Int, size other: Int? = nil,
    isSpecial: Bool = false
  ) throws(MeasurementError) -> Arm {
    let size = other ?? self.size
    var arm = Arm(
      kernel: kernel.name, variant: variant, executor: executor, workers: workers,
      tasks: tasks, size: size, isSpecial: isSpecial || !isFirst)
    guard let info = kernel.variant(variant) else { return arm }
    arm = arm.placed(info)
    guard Self.isFixed(kernel) else { return arm }
    let key = SizedVariant(variant: variant, size: size, executor: executor)
    if let count = counts[key] {
      arm.tasks = count
    } else {
      arm.tasks = try count(info, size: size, on: executor)
      counts[key] = arm.tasks
    }
    return arm
  }

  private mutating func count(
    _ variant: AnyKernel.VariantInfo, size: Int, on executor: String
  ) throws(MeasurementError) -> Int {
    let pace = try self.pace(variant, size: size, on: executor)
    let wanted = armSeconds * Double(mostWorkers) / max(pace, 1e-9)
    var most = Double(kernel.work.growth == .constant ? Planner.mostTasks : 10_000)
    if !kernel.tasksAreAlike, let reference = kernel.reference, reference.name != variant.name {
      // The reference must be able to do all tasks once within the budget.
      let slow = try self.pace(reference, size: size, on: executor)
      most = min(most, planner.options.budget / max(slow, 1e-9))
    }
    if let calls = try planner.runner.mostCalls(kernel) {
      // Rounded down, or they would not fit into memory.
      most = min(most, Double(calls / mostWorkers * mostWorkers))
    }
    let count = Int(max(1, min(wanted, most)).rounded(.up))
    return max(mostWorkers, (count + mostWorkers - 1) / mostWorkers * mostWorkers)
  }
}

extension Sizing {
  /// The rounds that the budget should allow, somewhat above the 16 that a verdict needs.
  package static let wantedRounds = 20.0
  /// A variant this many times slower than the fastest does fewer tasks.
  package static let slowness = 4.0
  /// The shortest allowed arm, in seconds: in shorter ones, clock and barrier would distort the
  /// ratio.
  package static let leastArmSeconds = 0.03
  /// How long the reference may take for all tasks of an arm, in seconds, if shorter arms are long enough.
  static let referenceSeconds = 1.0
  /// How many tasks of the arithmetic reference kernel each worker gets.
  package static let spinTasks = 50
  /// The target time of the shortest arm, in seconds.
  ///
  /// On one worker the same tasks take longer by the number of workers, so from 5 workers on a
  /// round with arms of the wanted time would exceed the budget.
  ///
  /// - Parameter load: the time of a round, in multiples of the shortest arm's.
  package static func armSeconds(load: Double, options: GateOptions) -> Double {
    let affordable = options.budget / wantedRounds - options.roundSeconds
    let together = min(affordable, options.roundArmSeconds ?? affordable)
    return min(options.armSeconds, max(leastArmSeconds, together / max(load, 1)))
  }

  /// The time of the arms that are not long anyway, if those leave less for them.
  ///
  /// - Parameters:
  ///   - seconds: their time if none is.
  ///   - together: the time of all arms of a round, in seconds.
  ///   - arms: the time of each, in multiples of the shortest arm's, and of one of its tasks.
  package static func armSeconds(
    _ seconds: Double, of together: Double, arms: [(load: Double, pace: Double)]
  ) -> Double {
    var seconds = seconds
    // With each step arms that were short can become the long ones.
    for _ in arms {
      let long = arms.filter { $0.pace > seconds }.reduce(0) { $0 + $1.load * $1.pace }
      let short = arms.filter { $0.pace <= seconds }.reduce(0) { $0 + $1.load }
      guard long > 0, short > 0 else { break }
      seconds = min(seconds, max(leastArmSeconds, (together - long) / short))
    }
    return seconds
  }

  /// The time of a round of these claims, in multiples of the shortest arm's.
  ///
  /// - Parameter weight: how many times slower than the fastest variant a variant is.
  private static func load(
    _ members: [CandidateClaim], weight: (String) -> Double
  ) -> Double {
    loads(members).reduce(0) { load, arm in
      // The reference kernel takes as long as the shortest arm.
      load + arm.load * (arm.side.variant.map(weight) ?? 1)
    }
  }

  /// The arms of these claims, each with its time in multiples of the shortest arm's if all variants
  /// are equally fast.
  private static func loads(_ members: [CandidateClaim]) -> [(side: ClaimSide, load: Double)] {
    var sides: Set<ClaimSide> = []
    let most = members.map(\.workers).max() ?? 1
    for member in members {
      let (subject, reference) = member.claim.kind.statement.sides(workers: member.workers)
      sides.formUnion([subject, reference])
    }
    return sides.map { side in
      guard side.variant != nil else { return (side, 1) }
      let share = side.tasksGrowTo.map { Double(side.workers) / Double($0) } ?? 1
      return (side, share * Double(most) / Double(side.workers))
    }
  }
}
