/// The counters of one moment that tell, compared with those of a later one, whether somebody else
/// had the CPU. A counter that cannot be read here is nil or left out.
package struct InterferenceSnapshot: Hashable, Sendable, Codable {
  /// One CPU's ticks since the machine started.
  package struct CPUTicks: Hashable, Sendable, Codable {
    /// The CPU.
    package var cpu: Int
    /// Ticks in which it ran something.
    package var busy: UInt64
    /// Ticks in which the hypervisor gave it to another guest.
    package var steal: UInt64

    /// One CPU's ticks.
    package init(cpu: Int, busy: UInt64, steal: UInt64) {
      self.cpu = cpu
      self.busy = busy
      self.steal = steal
    }
  }

  /// One worker thread's times since it started.
  package struct ThreadTimes: Hashable, Sendable, Codable {
    /// The thread's number.
    package var thread: Int
    /// Nanoseconds on a CPU.
    package var cpuNanoseconds: UInt64
    /// Nanoseconds in which it could have run and did not.
    package var delayNanoseconds: UInt64

    /// One thread's times.
    package init(thread: Int, cpuNanoseconds: UInt64, delayNanoseconds: UInt64) {
      self.thread = thread
      self.cpuNanoseconds = cpuNanoseconds
      self.delayNanoseconds = delayNanoseconds
    }
  }

  /// Nanoseconds of the monotonic clock.
  package var nanoseconds: UInt64
  /// Clock ticks a second.
  package var ticksPerSecond: UInt64
  /// The CPUs that workers run on.
  package var used: [CPUTicks]
  /// Their SMT siblings on which no worker runs.
  package var idleSiblings: [CPUTicks]
  /// The workers.
  package var workers: [ThreadTimes]
  /// CPU nanoseconds of the whole process; nil where the workers' own are unknown.
  package var processCPUNanoseconds: UInt64?
  /// Page faults of the process that had to wait for a disk.
  package var majorFaults: UInt64
  /// How often a quota stopped the process, summed over its control groups; nil without any.
  package var throttled: UInt64?
  /// Counters that could be read when the probe was made and cannot any more.
  package var lost: [String]

  /// A snapshot from its parts.
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
