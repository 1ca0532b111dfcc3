import PerfGate
import PerfGateMachine
import PerfGateStatistics
import PerfGateWorkers

extension MeasurementEnvironment {
  /// The machine that a command works on, and where its workers run.
  init(options: Options) throws(CommandError) {
    do { try self.init(placement: options.placement, root: options.root ?? "/") } catch {
      throw CommandError(.badData, error.description)
    }
    if options.requireNuma, machine.numa != .linked {
      throw .usage(
        "--require-numa: libnuma is \(machine.numa); "
          + "install libnuma-dev and pkg-config and build again, or omit the option")
    }
  }

  /// The worker counts given by `--workers`, or a default that suits this machine.
  ///
  /// - Parameter oversubscribed: the default counts with `--oversubscribe`.
  func workerCounts(_ options: Options, oversubscribed: ClosedRange<Int>) -> [Int] {
    if let counts = options.workers { return counts }
    if options.usesRanks { return Self.counts(upTo: allowedWorkers(options)) }
    if options.placement.oversubscribe { return Array(oversubscribed) }
    return Self.counts(upTo: max(1, machine.allowed.workers))
  }

  private static func counts(upTo most: Int) -> [Int] {
    most <= 16 ? Array(1...most) : Array(1...8) + stride(from: 12, to: most, by: 4) + [most]
  }

  /// The most workers that can each have a core: ranks if they are the workers.
  func allowedWorkers(_ options: Options) -> Int {
    options.usesRanks ? Ranks.count ?? 1 : machine.allowed.workers
  }

  /// The settings for judging the claims of a command.
  func gateOptions(_ options: Options) -> GateOptions {
    var gate = gateOptions(budget: options.budget, leastRounds: SignBoundary.firstLook)
    gate.executor = options.executors[0]
    if options.usesRanks {
      gate.ranks = Ranks.count
      gate.allowedWorkers = allowedWorkers(options)
      gate.quota = nil
    }
    if let seconds = options.quietWait { gate.quietSeconds = seconds }
    return gate
  }

  /// Where the workers of a command run. A request that this machine cannot meet is wrong usage.
  func requestedPlan(workers: Int) throws(CommandError) -> PlacementPlan {
    do { return try plan(workers: workers) } catch { throw .usage(error.description) }
  }
}
