import CPerfGateSystem

/// What one worker saw of its own place during a run.
package struct PlacementObservation: Hashable, Sendable {
  /// The worker's number.
  package var worker: Int
  /// Its thread's number as in `/proc/self/task`.
  package var thread: Int
  /// Its mask, read back from the kernel; nil where it cannot be read.
  package var mask: CPUSet?
  /// The CPU it ran on when the run began; nil where the system does not tell.
  package var cpuBefore: Int?
  /// The CPU it ran on when the run ended.
  package var cpuAfter: Int?
  /// How often the kernel moved it in between; nil where the kernel does not tell.
  package var migrations: Int?
  /// Where its buffer's pages lie; nil when it has none.
  package var residency: PageResidency?
  /// How its buffer is kept there.
  package var binding: NodeBuffer.Binding?

  private var migrationsBefore: Int?

  /// An observation from its parts.
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

  /// Begins an observation; call on the worker's thread once it is pinned.
  package static func begin(worker: Int) -> PlacementObservation {
    let thread = ThreadPinning.currentThreadID()
    var observation = PlacementObservation(
      worker: worker, thread: thread, mask: try? ThreadPinning.currentMask(),
      cpuBefore: ThreadPinning.currentCPU(), cpuAfter: nil)
    observation.migrationsBefore = migrationCount(thread: thread)
    return observation
  }

  /// Ends it, on the same thread; with the worker's buffer, if it has one.
  package mutating func end(buffer: NodeBuffer? = nil) {
    cpuAfter = ThreadPinning.currentCPU()
    // The mask again: somebody may have changed it during the run.
    let mask = try? ThreadPinning.currentMask()
    if let own = self.mask, let mask { self.mask = own.union(mask) } else { self.mask = nil }
    if let before = migrationsBefore, let after = Self.migrationCount(thread: thread) {
      migrations = Swift.max(0, after - before)
    }
    residency = buffer?.residency()
    binding = buffer?.binding
    migrationsBefore = nil
  }

  /// `se.nr_migrations : 3` in the thread's scheduler file, which many kernels are built without.
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
