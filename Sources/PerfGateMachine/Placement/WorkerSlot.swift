/// Where one worker runs: its CPU and its memory node.
public struct WorkerSlot: Hashable, Sendable, Codable {
  /// The worker's number, from 0.
  public var worker: Int
  /// The CPU the worker is pinned to; `nil` when it is not pinned.
  public var cpu: Int?
  /// The memory node of that CPU; `nil` when it is unknown.
  public var node: Int?

  /// One worker's place.
  public init(worker: Int, cpu: Int?, node: Int?) {
    self.worker = worker
    self.cpu = cpu
    self.node = node
  }
}
