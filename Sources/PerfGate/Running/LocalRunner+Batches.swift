import PerfGateWorkers

// How an arm's tasks reach an executor: as they are, or several as one task.

extension LocalRunner {
  /// Runs the tasks of an arm in groups, each of which is one task of the executor.
  func perform(_ arm: Arm, _ code: TaskCode.Batch) throws(MeasurementError) -> ArmSample {
    let isLoop = arm.executor == ExecutorName.singleThread
    let grouped = GroupedResults(
      TaskGroups(tasks: arm.tasks, workers: isLoop ? 1 : arm.workers, most: code.most))
    let body = grouped.body(code.run)
    let sample: ArmSample
    let misfit: (group: Int, times: Int)?
    if isLoop {
      let round = loop(tasks: grouped.groups.count, body)
      sample = ArmSample(seconds: round.seconds, cpuSeconds: round.cpuSeconds)
      misfit = round.results.withUnsafeBufferPointer {
        grouped.take(OrderedResults($0), expected: nil)
      }
    } else {
      let executor = try executor(named: arm.executor)
      var batch = taskBatch(of: arm, tasks: grouped.groups.count, body)
      batch.origin?.groups = grouped.groups
      sample = try watched(on: executor, arm, batch)
      let isElsewhere = Executors.named(arm.executor)?.isElsewhere ?? false
      let returned = OrderedResults(executor)
      misfit = grouped.take(
        returned, expected: isElsewhere ? try expectedResults(arm) : nil)
    }
    if let misfit {
      throw .lostTask(
        task: grouped.groups[misfit.group].lowerBound, arm: arm.id, times: misfit.times)
    }
    lastRound = .groups(grouped)
    return sample
  }

  /// The tasks of an arm as an executor gets them.
  func taskBatch(of arm: Arm, tasks: Int, _ body: @escaping TaskBody) -> TaskBatch {
    var batch = TaskBatch(
      tasks: tasks, workers: arm.workers, label: arm.id, timeout: timeout, body: body)
    batch.origin = origin(of: arm)
    batch.processBounds = processBounds ?? rankBounds(of: arm)
    batch.countsProgram = countsProgram
    return batch
  }

  /// How long ranks may be silent in a round of an arm that has already run; `nil`: as long as a round may go
  /// on without any task ending.
  private func rankBounds(of arm: Arm) -> ProcessBounds? {
    guard Executors.named(arm.executor)?.placement == .ranks, let known = longestRounds[arm] else {
      return nil
    }
    // No task takes longer than its round.
    let seconds = max(Self.leastRankSeconds, Self.rankPatience * known)
    return ProcessBounds(round: min(timeout, seconds), input: timeout)
  }

  /// The least time that ranks may be silent in a round, in seconds.
  private static let leastRankSeconds = 20.0
  /// How many times as long as an earlier round ranks may be silent in the next one.
  private static let rankPatience = 4.0

  /// The sample of a round on an executor.
  func watched(
    on executor: any Executor, _ arm: Arm, _ batch: TaskBatch
  ) throws(MeasurementError) -> ArmSample {
    let sample = try watched(on: executor, arm) { () throws(WorkerError) in
      try executor.run(batch)
    }
    if Executors.named(arm.executor)?.placement == .ranks {
      longestRounds[arm] = max(longestRounds[arm] ?? 0, sample.seconds)
    }
    return sample
  }
}
