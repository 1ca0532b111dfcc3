import CPerfGateSystem

/// What one worker observed about its placement during a run.
package struct PlacementObservation: Hashable, Sendable {
  /// The worker's number.
  package var worker: Int
  /// Its thread's number as in `/proc/self/task`.
  package var thread: Int
  /// Its mask, as read from the kernel; nil where it cannot be read.
  package var mask: CPUSet?
  /// The CPU it ran on when the run began; nil where the system does not report it.
  package var cpuBefore: Int?
  /// The CPU it ran on when the run ended; nil where the system does not report it.
  package var cpuAfter: Int?
  /// How often the kernel moved it in between; nil where the kernel does not count that.
  package var migrations: Int?
  /// On which nodes its buffer's pages are; nil without a buffer.
  package var residency: PageResidency?
  /// How its buffer's pages are kept there; nil without a buffer.
  package var binding: NodeBuffer.Binding?

  private var migrationsBefore: Int?

  package init(
    worker: Int, thread: Int, mask: CPUSet?, cpuBefore: Int?, cpuAfter: Int?,
    migrations: Int? = nil, residency: PageResidency? = nil, binding: NodeBuffer.Binding? = nil
  ) {
    self.worker = worker
    self.thread = thread
    self.mask = mask
    self.cpuBefore = cpuBefore
    self.cpuAfter = cpuAfter
    self.migrations = migrations
    self.residency = residency
    self.binding = binding
  }

  /// Begins an observation. Call it on the worker's thread once that is pinned.
  package static func begin(worker: Int) -> PlacementObservation {
    let thread = ThreadPinning.currentThreadID()
    var observation = PlacementObservation(
      worker: worker, thread: thread, mask: try? ThreadPinning.currentMask(),
      cpuBefore: ThreadPinning.currentCPU(), cpuAfter: nil)
    observation.migrationsBefore = migrationCount(thread: thread)
    return observation
  }

  /// Ends the observation. Call it on the same thread, with the worker's buffer if there is one.
  package mutating func end(buffer: NodeBuffer? = nil) {
    cpuAfter = ThreadPinning.currentCPU()
    // Read the mask again: it may have been changed during the run.
    let mask = try? ThreadPinning.currentMask()
    if let own = self.mask, let mask { self.mask = own.union(mask) } else { self.mask = nil }
    if let before = migrationsBefore, let after = Self.migrationCount(thread: thread) {
      migrations = Swift.max(0, after - before)
    }
    residency = buffer?.residency()
    binding = buffer?.binding
    migrationsBefore = nil
  }

  /// Reads `se.nr_migrations : 3` from the thread's scheduler file, which many kernels do not have.
  private static func migrationCount(thread: Int) -> Int? {
    guard let text = try? SystemTree(root: "/").text("/proc/self/task/\(thread)/sched") else {
      return nil
    }
    for line in text.split(separator: "\n") where line.hasPrefix("se.nr_migrations") {
      return line.split(separator: ":").last.flatMap { Int(trimmed($0)) }
    }
    return nil
  }
}
