/// Where one worker runs: its CPU and its memory node.
package struct WorkerSlot: Hashable, Sendable, Codable {
  /// The worker's number, from 0.
  package var worker: Int
  /// The CPU the worker is pinned to; `nil` when it is not pinned.
  package var cpu: Int?
  /// The memory node of that CPU; `nil` when it is unknown.
  package var node: Int?

  package init(worker: Int, cpu: Int?, node: Int?) {
    self.worker = worker
    self.cpu = cpu
    self.node = node
  }
}
