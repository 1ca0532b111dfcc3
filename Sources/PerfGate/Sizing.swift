/// How large the tasks of a group are, so that the shortest arm lasts long enough.
struct Sizing {
  let survey: ClaimSurvey
  let kernel: AnyKernel
  let tasks: Int
  let mostWorkers: Int
  /// Whether its arms go by the plain names, which tables know; of one run only one group's can.
  let isFirst: Bool
  var size: Int
  /// How many tasks a fixed size needs, by variant and size: the same in all claims of the group,
  /// or one arm would be two.
  private var counts: [String: Int] = [:]

  /// Whether the size of a task is given, and the number of tasks is found.
  static func isFixed(_ kernel: AnyKernel) -> Bool {
    kernel.work.growth == .constant || kernel.work.defaultSize != nil
  }

  init(
    _ survey: ClaimSurvey, kernel: AnyKernel, members: [(plan: Int, claim: Claim)], tasks: Int,
    isFirst: Bool
  ) throws(MeasurementError) {
    self.survey = survey
    self.kernel = kernel
    self.tasks = tasks
    self.isFirst = isFirst
    mostWorkers = members.map { survey.session.record.claimPlans[$0.plan].workers }.max() ?? 1
    size = kernel.work.defaultSize ?? 1
    guard !Self.isFixed(kernel) else { return }
    let turns = (tasks + mostWorkers - 1) / mostWorkers
    let wanted = survey.options.armSeconds / Double(turns)
    size = try survey.session.calibrate(kernel, seconds: wanted, maximumSize: 1 << 45).size
    // The size was found with the reference; the fastest variant has the shortest arm.
    var fastest = wanted
    for name in Set(members.flatMap(\.claim.variants)) {
      if let variant = kernel.variant(name) {
        fastest = min(fastest, try survey.session.pace(kernel, variant, size: size))
      }
    }
    size = Int((Double(size) * wanted / max(fastest, wanted / 1000)).rounded())
  }

  /// Subject and reference of a claim.
  mutating func arms(
    _ claim: Claim, workers: Int
  ) throws(MeasurementError) -> (subject: Arm, reference: Arm) {
    switch claim.kind {
    case .ratio(let subject, let reference, _, _):
      return (try arm(subject, workers), try arm(reference, workers))
    case .speedup(let variant, _, _), .efficiency(let variant, _, _),
      .flatOverWorkers(let variant, _, _):
      // The same tasks on both: the curve's smallest arm decides how many.
      let subject = try arm(variant, workers)
      var reference = subject
      reference.workers = 1
      return (subject, reference)
    case .flatOverSizes(let variant, let from, let to, _):
      return (
        try arm(variant, workers, size: to, isSpecial: true),
        try arm(variant, workers, size: from, isSpecial: true)
      )
    }
  }

  private mutating func arm(
    _ variant: String, _ workers: Int, size other: Int? = nil, isSpecial: Bool = false
  ) throws(MeasurementError) -> Arm {
    let size = other ?? self.size
    var arm = Arm(
      kernel: kernel.name, variant: variant, workers: workers, tasks: tasks, size: size,
      isSpecial: isSpecial || !isFirst)
    guard Self.isFixed(kernel), let info = kernel.variant(variant) else { return arm }
    let key = "\(variant)@\(size)"
    if let count = counts[key] {
      arm.tasks = count
    } else {
      arm.tasks = try count(info, size: size)
      counts[key] = arm.tasks
    }
    return arm
  }

  private func count(
    _ variant: AnyKernel.VariantInfo, size: Int
  ) throws(MeasurementError) -> Int {
    let pace = try survey.session.pace(kernel, variant, size: size)
    let wanted = survey.options.armSeconds * Double(mostWorkers) / max(pace, 1e-9)
    let most = kernel.work.growth == .constant ? ClaimSurvey.mostTasks : 10_000
    let count = Int(min(wanted, Double(most)).rounded(.up))
    return max(mostWorkers, (count + mostWorkers - 1) / mostWorkers * mostWorkers)
  }
}
