import PerfGate
import PerfGateMachine

/// The machine a command works on, and where its workers go.
struct Workplace {
  var machine: Machine
  var options: Options

  init(options: Options) throws(CommandError) {
    self.options = options
    do { machine = try Machine.current(root: options.root ?? "/") } catch {
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
  func workerCounts(oversubscribed: ClosedRange<Int>) -> [Int] {
    if let counts = options.workers { return counts }
    if options.placement.oversubscribe { return Array(oversubscribed) }
    let most = max(1, machine.allowed.workers)
    return most <= 16 ? Array(1...most) : Array(1...8) + stride(from: 12, to: most, by: 4) + [most]
  }

  /// Where `workers` workers go.
  func plan(workers: Int) throws(CommandError) -> PlacementPlan {
    do {
      return try Placement.plan(
        options.placement, workers: workers, topology: machine.topology, allowed: machine.allowed)
    } catch { throw .usage(error.description) }
  }

  /// The size of the last-level cache, or what is common.
  var cacheBytes: Int { machine.topology.caches.compactMap(\.bytes).min() ?? 32 << 20 }

  var summary: Record.MachineSummary {
    Record.MachineSummary(
      key: machine.key.description, cpu: machine.cpuModel,
      allowedCPUs: machine.allowed.cpus.description, cores: machine.allowed.cores,
      memoryNodes: machine.topology.memoryNodes.count, quota: machine.allowed.quota?.cpus,
      libnuma: "\(machine.numa)")
  }
}
