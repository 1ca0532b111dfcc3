import CPerfGateSystem

/// Watches the counters that show whether anything else used the CPUs of a measurement.
///
/// Create it once the workers run and are pinned. Its files stay open, so that a snapshot costs
/// tens of microseconds. It never changes after `init`, so any thread may take a snapshot.
package final class Interference: Sendable {
  /// What cannot be watched here, and so is never reported as a disturbance; one short line each.
  package let unavailable: [String]

  private let cpuFile: Int32?
  private let cpus: [Int32]
  private let used: CPUSet
  private let threads: [(number: Int, file: Int32)]
  private let watchesOthers: Bool
  private let throttleFiles: [Int32]
  private let ticksPerSecond = pgp_ticks_per_second()

  /// Watches these CPUs and their siblings, these worker threads (numbered as in `/proc/self/task`)
  /// and the control groups of this process.
  ///
  /// Without worker threads (from an executor that does not report them) neither run delay nor the
  /// time of other threads can be judged; `unavailable` then says so.
  package convenience init(machine: Machine, cpus: CPUSet, threads: [Int]) {
    let siblings = cpus.reduce(into: CPUSet()) { $0.formUnion(machine.topology.siblings(of: $1)) }
    self.init(
      cpus: cpus, siblings: siblings, throttleFiles: machine.allowed.throttleFiles, threads: threads
    )
  }

  /// Watches these CPUs, their siblings, the worker threads and the counters of throttling, without
  /// reading the machine.
  ///
  /// - Parameters:
  ///   - siblings: CPUs that share a core with one of `cpus`; those among `cpus` are not idle.
  ///   - throttleFiles: the `cpu.stat` files of the control groups.
  package init(cpus: CPUSet, siblings: CPUSet, throttleFiles: [String], threads: [Int]) {
    var unavailable: [String] = []
    used = cpus
    let watched = cpus.union(siblings)
    let list = watched.map(Int32.init)
    self.cpus = list

    let file = watched.isEmpty ? nil : Self.open("/proc/stat")
    let readable = file.map { Self.ticks($0, list) != nil } ?? false
    if let file, !readable { pgp_close_counter(file) }
    cpuFile = readable ? file : nil
    if cpuFile == nil { unavailable.append("steal and busy siblings: no lines in /proc/stat") }

    var opened: [(number: Int, file: Int32)] = []
    for thread in threads {
      guard let file = Self.open("/proc/self/task/\(thread)/schedstat") else { continue }
      opened.append((thread, file))
    }
    self.threads = opened
    watchesOthers = !threads.isEmpty && opened.count == threads.count
    if threads.isEmpty {
      unavailable.append("run delay and other threads: the executor does not report its threads")
    } else if !watchesOthers {
      unavailable.append(
        "run delay of \(threads.count - opened.count) workers, other threads: no schedstat file")
    }
    self.throttleFiles = throttleFiles.compactMap(Self.open)
    if self.throttleFiles.isEmpty { unavailable.append("throttling: no cgroup counts it") }
    self.unavailable = unavailable
  }

  deinit {
    if let cpuFile { pgp_close_counter(cpuFile) }
    for thread in threads { pgp_close_counter(thread.file) }
    for file in throttleFiles { pgp_close_counter(file) }
  }

  /// All counters as they are now.
  package func snapshot() -> InterferenceSnapshot {
    var snapshot = InterferenceSnapshot(
      nanoseconds: pgp_monotonic_ns(), ticksPerSecond: ticksPerSecond,
      majorFaults: pgp_major_faults())
    if let cpuFile {
      if let ticks = Self.ticks(cpuFile, cpus) {
        for (cpu, counted) in zip(cpus, ticks) {
          let own = InterferenceSnapshot.CPUTicks(
            cpu: Int(cpu), busy: counted.busy, steal: counted.steal)
          if used.contains(Int(cpu)) {
            snapshot.used.append(own)
          } else {
            snapshot.idleSiblings.append(own)
          }
        }
      } else {
        snapshot.lost.append("/proc/stat")
      }
    }
    for thread in threads {
      var times = pgp_thread_times()
      guard pgp_read_thread_times(thread.file, &times) == 0 else {
        snapshot.lost.append("/proc/self/task/\(thread.number)/schedstat")
        continue
      }
      snapshot.workers.append(
        .init(
          thread: thread.number, cpuNanoseconds: times.cpu_ns, delayNanoseconds: times.delay_ns))
    }
    // After the workers' times: what they use in between may raise the process's time, never hide
    // it.
    if watchesOthers && snapshot.lost.isEmpty {
      snapshot.processCPUNanoseconds = pgp_process_cpu_ns()
    }
    for file in throttleFiles {
      var count: UInt64 = 0
      if pgp_read_throttled(file, &count) == 0 {
        snapshot.throttled = (snapshot.throttled ?? 0) + count
      } else {
        snapshot.lost.append("a cgroup's cpu.stat")
      }
    }
    return snapshot
  }

  /// What disturbed the time between two of this probe's snapshots.
  package func disturbance(
    from start: InterferenceSnapshot, to end: InterferenceSnapshot,
    limits: DisturbanceLimits = DisturbanceLimits()
  ) -> [Disturbance] {
    Disturbance.causes(from: start, to: end, limits: limits)
  }

  private static func open(_ path: String) -> Int32? {
    let file = pgp_open_counter(path)
    return file >= 0 ? file : nil
  }

  /// The ticks of these CPUs; nil where a line is missing. A line holds at most `cpu65535` and ten
  /// numbers of up to 20 digits.
  private static func ticks(_ file: Int32, _ cpus: [Int32]) -> [pgp_cpu_ticks]? {
    let bytes = (Int(cpus.last ?? 0) + 2) * 220
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: bytes) { buffer in
      var ticks = [pgp_cpu_ticks](repeating: pgp_cpu_ticks(), count: cpus.count)
      guard let base = buffer.baseAddress,
        pgp_read_cpu_ticks(file, cpus, &ticks, ticks.count, base, bytes) == 0
      else { return nil }
      return ticks
    }
  }
}
