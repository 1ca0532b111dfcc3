import PerfGate
import PerfGateStatistics

extension MeasuringCommand {
  /// Measures the same work in other languages: on one thread, over workers, and handing the long
  /// string to them; then judges the claims about them.
  func measurePeers() throws(MeasurementError) {
    guard let peers else { return }
    defer { finishRows(peers) }
    for kernel in kernels {
      try unlessUnproven { () throws(MeasurementError) in
        switch kernel.work.growth {
        case .linear: try measurePeers(kernel, peers)
        case .constant: try measurePeerHandoff(kernel)
        }
      }
    }
    try judgeClaims()
  }

  /// The default number of rounds of tables whose arms take long.
  private static let fewRounds = 5
  /// The same where a round sends gigabytes through pipes.
  private static let fewestRounds = 3
  /// The time of an arm on one thread, in seconds, if a task is shorter.
  private static let armSeconds = 0.1

  // MARK: On one thread, and over workers

  private func measurePeers(_ kernel: AnyKernel, _ peers: PeerSet) throws(MeasurementError) {
    let wanted = options.taskSeconds ?? Options.defaultTaskSeconds
    session.runner.allow(taskSeconds: wanted)
    let proven = try provenVariants(kernel, size: 1000)
    let found = try session.calibrate(kernel, seconds: wanted, maximumSize: 1 << 45)
    var sizes: [String: Int] = [:]
    for variant in proven {
      sizes[variant.name] = try size(kernel, variant, near: found.size, lasting: wanted)
    }
    var tasks = max(1, Int((Self.armSeconds / wanted).rounded(.up)))
    // Another number than over workers, so that each series has an id of its own.
    if tasks == workerTasks { tasks += 1 }
    let arms = proven.map { variant in
      Arm(
        kernel: kernel.name, variant: variant.name, workers: 1, tasks: tasks,
        size: sizes[variant.name] ?? 1, isSpecial: true
      ).placed(variant)
    }
    let swift = proven.firstIndex { $0.peer == nil && $0.name.hasPrefix("swift.") }
    let pairs = arms.indices.compactMap { index in
      swift.flatMap { $0 == index ? nil : RoundGroup.Pair(index, $0) }
    }
    let group = RoundGroup(
      id: GroupKey(.peers, kernel.name), arms: arms, pairs: pairs,
      rounds: options.rounds ?? Options.defaultRounds)
    let series = try measureKnown(group)
    session.record.peers += rows(series, kernel, peers)
    let tables = Tables(session.record)
    if let swift = swift.map({ arms[$0].key }), let own = series.first(where: { $0.key == swift }) {
      session.record.comparisons += series.filter { $0.key != swift }.compactMap {
        tables.comparison(of: $0, to: own)
      }
    }
    // One worker does all of them.
    session.runner.allow(taskSeconds: wanted * Double(workerTasks))
    try measureOverWorkers(kernel, proven, sizes)
  }

  /// The number of tasks that workers share.
  private var workerTasks: Int { options.tasks ?? Options.defaultTasks }

  /// The size at which a task of a variant lasts this long, by the clock: the CPU time of other
  /// languages includes threads that do not run tasks.
  ///
  /// - Parameter near: the size at which the reference does.
  private func size(
    _ kernel: AnyKernel, _ variant: AnyKernel.VariantInfo, near: Int, lasting wanted: Double
  ) throws(MeasurementError) -> Int {
    // A slow one must not take all of that size at once, and a short time is not exact.
    var size = max(1, near / 16)
    for _ in 0..<2 {
      let arm = Arm(
        kernel: kernel.name, variant: variant.name, workers: 1, tasks: 1, size: size,
        isSpecial: true)
      var best = Double.infinity
      // A long time has little noise.
      for _ in 0..<5 where best.isInfinite || best < 0.1 {
        best = min(best, try session.runner.run(arm).seconds)
      }
      size = max(1, Int(min(1e15, Double(size) * wanted / max(best, 1e-9)).rounded()))
    }
    return size
  }

  /// Those with workers of their own, and Swift, at each number of workers.
  private func measureOverWorkers(
    _ kernel: AnyKernel, _ proven: [AnyKernel.VariantInfo], _ sizes: [String: Int]
  ) throws(MeasurementError) {
    let isProven = { (name: String) in
      !self.session.record.unproven.contains { $0.kernel == kernel.name && $0.variant == name }
    }
    let variants = proven.filter { variant in
      guard isProven(variant.name) else { return false }
      return variant.peer.map { !$0.discards && $0.executor != ExecutorName.singleThread }
        ?? variant.name.hasPrefix("swift.")
    }
    var arms: [Arm] = []
    for workers in counts {
      for variant in variants {
        arms.append(
          Arm(
            program: variant.peer?.program ?? SeriesKey.ownProgram, kernel: kernel.name,
            variant: variant.name, executor: variant.peer?.executor ?? ExecutorName.pool,
            workers: workers, tasks: workerTasks,
            size: sizes[variant.name] ?? 1, isSpecial: true))
      }
    }
    let first = variants.count
    let group = RoundGroup(
      id: GroupKey(.peers, "\(kernel.name) over workers"), arms: arms,
      pairs: arms.indices.dropFirst(first).map { RoundGroup.Pair($0, $0 % max(first, 1)) },
      rounds: options.rounds ?? Self.fewRounds)
    let series = try measureKnown(group)
    session.record.scaling += Tables(session.record).curves(series, of: kernel, group: group.id)
  }

  /// The requested variants whose work is proven. One whose result is discarded cannot be.
  ///
  /// - Parameter isWanted: which of them are to be measured.
  private func provenVariants(
    _ kernel: AnyKernel, size: Int,
    _ isWanted: (AnyKernel.VariantInfo) -> Bool = { $0.messageWay == nil && $0.isOrdinary }
  ) throws(MeasurementError) -> [AnyKernel.VariantInfo] {
    let all = kernel.supportedVariants.filter { $0.peer?.refusal == nil && isWanted($0) }
    let checked = all.filter { $0.peer?.discards != true }
    let proven = Set(try session.prove(kernel, variants: checked, size: size).map(\.name))
    return all.filter { proven.contains($0.name) || !checked.contains($0) }
  }

  /// Measures a group. A program that ends or lies meanwhile is left out, and the others start again.
  private func measureKnown(_ group: RoundGroup) throws(MeasurementError) -> [Series] {
    var group = group
    while true {
      do { return try session.measure(group) } catch {
        guard case .wrongResult(let unproven) = error,
          let index = group.arms.firstIndex(where: { $0.variant == unproven.variant })
        else { throw error }
        let gone = group.arms[index].variant
        let kept = group.arms.indices.filter { group.arms[$0].variant != gone }
        guard kept.count < group.arms.count, !kept.isEmpty else { throw error }
        group.pairs = group.pairs.compactMap { pair in
          guard let subject = kept.firstIndex(of: pair.subject),
            let reference = kept.firstIndex(of: pair.reference)
          else { return nil }
          return RoundGroup.Pair(subject, reference)
        }
        group.arms = kept.map { group.arms[$0] }
        session.record.series.removeAll { $0.group == group.id }
        session.record.stages.removeAll { $0.group == group.id }
      }
    }
  }

  private func rows(_ series: [Series], _ kernel: AnyKernel, _ peers: PeerSet) -> [PeerRow] {
    let tables = Tables(session.record)
    let swift = series.first {
      $0.key.program == SeriesKey.ownProgram && $0.variant.hasPrefix("swift.")
    }
    return series.compactMap { one in
      guard let variant = kernel.variant(one.variant),
        let seconds = Tables.secondsPerTask(one)
      else { return nil }
      let member = peers.member(of: variant)
      let language = String(variant.name.prefix { $0 != "." })
      var row = PeerRow(
        runtime: member?.runtime.rawValue ?? language,
        version: member?.version ?? ownVersion(language), kernel: kernel.name,
        variant: variant.name)
      row.nanosecondsPerIteration = seconds / Double(max(one.size, 1)) * 1e9
      row.startupSeconds = member?.startupSeconds
      row.compileSeconds = member?.compileSeconds
      if variant.peer?.discards == true { row.note = "result discarded: dead code" }
      if let swift, swift.key != one.key, let found = tables.comparison(of: one, to: swift) {
        row.ratioToSwift = found.ratio
        row.interval = found.interval
      }
      return row
    }
  }

  private func ownVersion(_ language: String) -> String {
    let tool = session.record.tool
    guard language == "c" else { return tool.swift }
    let words = tool.toolchain.split(separator: " ")
    return words.last.map { "clang \($0)" } ?? ""
  }

  /// Removes what is not proven after all, and adds the programs that were not measured.
  private func finishRows(_ peers: PeerSet) {
    let unproven = session.record.unproven
    func isGone(_ kernel: String, _ variant: String) -> Bool {
      unproven.contains { $0.kernel == kernel && $0.variant == variant }
    }
    session.record.peers.removeAll { isGone($0.kernel, $0.variant) }
    session.record.scaling.removeAll { isGone($0.kernel, $0.variant) }
    session.record.comparisons.removeAll { one in
      [one.subject, one.reference].contains { isGone($0.kernel, $0.variant) }
    }
    for kernel in kernels where kernel.work.growth == .linear {
      for variant in kernel.variants {
        guard let member = peers.member(of: variant),
          !session.record.peers.contains(where: {
            $0.kernel == kernel.name && $0.variant == variant.name
          })
        else { continue }
        var row = PeerRow(
          runtime: member.runtime.rawValue, version: member.version, kernel: kernel.name,
          variant: variant.name)
        row.startupSeconds = member.startupSeconds
        row.compileSeconds = member.compileSeconds
        row.missing = member.isMissing ? member.runtime.remedy : nil
        if !member.isMissing {
          let finding = unproven.first { $0.kernel == kernel.name && $0.variant == variant.name }
          let isLost = session.record.series.contains {
            $0.kernel == kernel.name && $0.variant == variant.name && $0.discarded > 0
          }
          row.note =
            member.failure ?? finding?.reason
            ?? (isLost ? "other programs disturbed every round" : "not measured")
        }
        session.record.peers.append(row)
      }
    }
  }

  // MARK: The long string

  private func measurePeerHandoff(_ kernel: AnyKernel) throws(MeasurementError) {
    defer { session.runner.releaseInputs(of: kernel.name) }
    let size = options.size ?? kernel.work.defaultSize ?? 1
    let proven = try provenVariants(kernel, size: size) { variant in
      guard variant.peer == nil else { return true }
      return variant.name.hasPrefix("swift.") && HandoffSurvey.way(of: variant) != "pointer"
        && (variant.messageWay == nil || workerProgram != nil)
    }
    let workers = counts.last ?? 1
    func arm(_ variant: AnyKernel.VariantInfo, _ executor: String, _ workers: Int) -> Arm {
      Arm(
        program: variant.peer?.program ?? SeriesKey.ownProgram, kernel: kernel.name,
        variant: variant.name, executor: executor, workers: workers,
        tasks: workerTasks, size: size, isSpecial: true)
    }
    var arms = proven.filter { HandoffSurvey.way(of: $0) == "value" }.map {
      arm($0, ExecutorName.singleThread, 1)
    }
    arms += proven.map { variant in
      let own = variant.messageWay == nil ? ExecutorName.pool : ExecutorName.process
      return arm(variant, variant.peer?.executor ?? own, workers)
    }
    let group = RoundGroup(
      id: GroupKey(.handoff, "\(kernel.name) (peers)"), arms: arms,
      rounds: options.rounds ?? Self.fewestRounds, warmups: 0)
    guard !arms.isEmpty else { return }
    say("handing \(size) characters to workers \(workerTasks) times in each language")
    _ = try measureKnown(group)
    try session.measureMemory(of: [group])
    if options.firstAndRest {
      let single = proven.filter { $0.peer != nil || $0.messageWay != nil }.map { variant in
        var arm = arm(variant, variant.peer?.executor ?? ExecutorName.process, 1)
        arm.tasks = 1
        return (HandoffSurvey.name(variant, isSingle: false), arm)
      }
      try measureFirst(of: single)
    }
    for one in session.record.series where one.group == group.id {
      guard let seconds = median(one.seconds),
        let arm = arms.first(where: { $0.key == one.key })
      else { continue }
      let startup = try session.runner.inputSeconds(arm)
      let isSingle = one.executor == ExecutorName.singleThread
      guard let variant = kernel.variant(one.variant) else { continue }
      session.record.handoff.append(
        HandoffRow(
          case: HandoffSurvey.name(variant, isSingle: isSingle),
          workers: isSingle ? 0 : one.workers, startupSeconds: startup,
          totalSeconds: startup + seconds, taskSeconds: seconds,
          executor: one.executor, peakBytes: one.peakBytes > 0 ? one.peakBytes : nil))
    }
  }
}
