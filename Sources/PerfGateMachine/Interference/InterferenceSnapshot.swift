/// All counters at one moment. The difference between two snapshots shows whether anything else
/// used the CPUs. A counter that cannot be read here is nil or missing.
package struct InterferenceSnapshot: Hashable, Sendable, Codable {
  /// One CPU's clock ticks since the machine started.
  package struct CPUTicks: Hashable, Sendable, Codable {
    /// The CPU's number.
    package var cpu: Int
    /// Ticks in which it ran something.
    package var busy: UInt64
    /// Ticks in which the hypervisor gave it to another guest.
    package var steal: UInt64

    package init(cpu: Int, busy: UInt64, steal: UInt64) {
      self.cpu = cpu
      self.busy = busy
      self.steal = steal
    }
  }

  /// One worker thread's times since it started.
  package struct ThreadTimes: Hashable, Sendable, Codable {
    /// The thread's number, as in `/proc/self/task`.
    package var thread: Int
    /// Nanoseconds on a CPU.
    package var cpuNanoseconds: UInt64
    /// Nanoseconds in which it was ready to run but waited for a CPU.
    package var delayNanoseconds: UInt64

    package init(thread: Int, cpuNanoseconds: UInt64, delayNanoseconds: UInt64) {
      self.thread = thread
      self.cpuNanoseconds = cpuNanoseconds
      self.delayNanoseconds = delayNanoseconds
    }
  }

  /// When it was taken, in nanoseconds of the monotonic clock.
  package var nanoseconds: UInt64
  /// Clock ticks per second.
  package var ticksPerSecond: UInt64
  /// The CPUs that workers run on.
  package var used: [CPUTicks]
  /// Their SMT siblings on which no worker runs.
  package var idleSiblings: [CPUTicks]
  /// The times of each worker thread.
  package var workers: [ThreadTimes]
  /// CPU nanoseconds of the whole process; nil where those of the workers are unknown.
  package var processCPUNanoseconds: UInt64?
  /// Page faults of the process that had to wait for a disk.
  package var majorFaults: UInt64
  /// How often a quota stopped the process, summed over its control groups; nil where none counts
  /// it.
  package var throttled: UInt64?
  /// Counters that became unreadable after `Interference` was created.
  package var lost: [String]

  package init(
    nanoseconds: UInt64, ticksPerSecond: UInt64 = 100, used: [CPUTicks] = [],
    idleSiblings: [CPUTicks] = [], workers: [ThreadTimes] = [],
    processCPUNanoseconds: UInt64? = nil, majorFaults: UInt64 = 0, throttled: UInt64? = nil,
    lost: [String] = []
  ) {
    self.nanoseconds = nanoseconds
    self.ticksPerSecond = ticksPerSecond
    self.used = used
    self.idleSiblings = idleSiblings
    self.workers = workers
    self.processCPUNanoseconds = processCPUNanoseconds
    self.majorFaults = majorFaults
    self.throttled = throttled
    self.lost = lost
  }
}
