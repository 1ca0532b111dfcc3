import CPerfGateSystem

/// Where memory goes that all workers read: over all nodes, so that no worker is closer to it than
/// another.
package struct InputPlacement: Hashable, Sendable {
  /// Where the input's pages should be.
  package var target: MemoryTarget
  /// Whether the user asked for it; then anything else is an error.
  package var isExplicit: Bool

  package init(target: MemoryTarget, isExplicit: Bool) {
    self.target = target
    self.isExplicit = isExplicit
  }

  /// The placement of shared input for a plan on a machine.
  ///
  /// By default and for `interleave` the pages alternate between the allowed memory nodes that have
  /// CPUs. Nodes named by the user are used as they are. With one node there is nothing to choose.
  package init(plan: PlacementPlan, topology: Topology, allowedNodes: CPUSet) {
    isExplicit = plan.memoryPolicy != .local
    switch plan.memoryPolicy {
    case .node(let number): target = .node(number)
    case .interleaveOver(let nodes): target = .interleaved(nodes)
    case .local, .interleave:
      let nodes = topology.interleavedNodes(among: allowedNodes)
      target = nodes.count > 1 ? .interleaved(nodes) : .firstTouch
    }
  }

  /// Runs `make` so that the pages that it is the first to touch, on this thread, go to the target.
  ///
  /// - Returns: the result of `make`, and how the pages were placed, for the record.
  /// - Throws: ``MemoryError`` when an explicit request is refused; errors of `make`.
  package func with<Value>(_ make: () throws -> Value) throws -> (value: Value, how: String) {
    let nodes: CPUSet
    let interleave: Bool
    switch target {
    case .firstTouch: return (try make(), "first touch")
    case .node(let number): (nodes, interleave) = ([number], false)
    case .interleaved(let set): (nodes, interleave) = (set, true)
    }
    let words = nodes.bitWords
    let result = pgp_set_memory_policy(interleave, words, words.count)
    guard result == 0 else {
      let isBlocked = [ErrorNumber.notPermitted, ErrorNumber.notSupported].contains(-result)
      if isExplicit {
        throw isBlocked
          ? MemoryError.blocked(target: target, errorNumber: -result)
          : MemoryError.refused(target: target, errorNumber: -result)
      }
      let state = NumaState.blocked(errorNumber: -result)
      return (try make(), "first touch, memory placement is \(state)")
    }
    defer { _ = pgp_set_memory_policy(false, nil, 0) }
    return (try make(), "\(target)")
  }
}
