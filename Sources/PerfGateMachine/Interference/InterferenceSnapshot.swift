/// The counters of one moment that tell, compared with those of a later one, whether somebody else
/// had the CPU. A counter that cannot be read here is nil or left out.
public struct InterferenceSnapshot: Hashable, Sendable, Codable {
  /// One CPU's ticks since the machine started.
  public struct CPUTicks: Hashable, Sendable, Codable {
    /// The CPU.
    public var cpu: Int
    /// Ticks in which it ran something.
    public var busy: UInt64
    /// Ticks in which the hypervisor gave it to another guest.
    public var steal: UInt64

    /// One CPU's ticks.
    public init(cpu: Int, busy: UInt64, steal: UInt64) {
      self.cpu = cpu
      self.busy = busy
      self.steal = steal
    }
  }

  /// One worker thread's times since it started.
  public struct ThreadTimes: Hashable, Sendable, Codable {
    /// The thread's number.
    public var thread: Int
    /// Nanoseconds on a CPU.
    public var cpuNanoseconds: UInt64
    /// Nanoseconds in which it could have run and did not.
    public var delayNanoseconds: UInt64

    /// One thread's times.
    public init(thread: Int, cpuNanoseconds: UInt64, delayNanoseconds: UInt64) {
      self.thread = thread
      self.cpuNanoseconds = cpuNanoseconds
      self.delayNanoseconds = delayNanoseconds
    }
  }

  /// Nanoseconds of the monotonic clock.
  public var nanoseconds: UInt64
  /// Clock ticks a second.
  public var ticksPerSecond: UInt64
  /// The CPUs that workers run on.
  public var used: [CPUTicks]
  /// Their SMT siblings on which no worker runs.
  public var idleSiblings: [CPUTicks]
  /// The workers.
  public var workers: [ThreadTimes]
  /// CPU nanoseconds of the whole process; nil where the workers' own are unknown.
  public var processCPUNanoseconds: UInt64?
  /// Page faults of the process that had to wait for a disk.
  public var majorFaults: UInt64
  /// How often a quota stopped the process, summed over its control groups; nil without any.
  public var throttled: UInt64?
  /// Counters that could be read when the probe was made and cannot any more.
  public var lost: [String]

  /// A snapshot from its parts.
  public init(
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
