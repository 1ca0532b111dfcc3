import PerfGate
import PerfGateMachine
import PerfGateStatistics

extension MeasurementEnvironment {
  /// The machine a command works on, and where its workers go.
  init(options: Options) throws(CommandError) {
    do { try self.init(placement: options.placement, root: options.root ?? "/") } catch {
      throw CommandError(.badData, error.description)
    }
    if options.requireNuma, machine.numa != .linked {
      throw .usage(
        "--require-numa: libnuma is \(machine.numa); "
          + "install libnuma-dev and pkg-config and build again, or leave the option out")
    }
  }

  /// The worker counts that were asked for, or what makes sense here.
  ///
  /// - Parameter oversubscribed: the counts with `--oversubscribe` and nothing else said.
  func workerCounts(_ options: Options, oversubscribed: ClosedRange<Int>) -> [Int] {
    if let counts = options.workers { return counts }
    if options.placement.oversubscribe { return Array(oversubscribed) }
    let most = max(1, machine.allowed.workers)
    return most <= 16 ? Array(1...most) : Array(1...8) + stride(from: 12, to: most, by: 4) + [most]
  }

  /// How the claims of a command are judged.
  func gateOptions(_ options: Options) -> GateOptions {
    var gate = gateOptions(budget: options.budget, leastRounds: SignBoundary.firstLook)
    gate.executor = options.executor
    if let seconds = options.quietWait { gate.quietSeconds = seconds }
    return gate
  }

  /// Where the workers of a command go; a request that cannot be met is wrong usage.
  func requestedPlan(workers: Int) throws(CommandError) -> PlacementPlan {
    do { return try plan(workers: workers) } catch { throw .usage(error.description) }
  }
}
