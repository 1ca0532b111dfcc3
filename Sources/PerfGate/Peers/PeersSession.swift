import PerfGateMachine

/// A session in which programs in other languages run beside this one, in the same rounds.
package final class PeersSession: Session {
  private let own: Session
  private let peers: PeerRunner

  /// Adds peers to a session that has not measured anything.
  ///
  /// - Parameter catalog: the kernels, with the variants of the peers.
  package init(_ own: Session, peers: [Peer], catalog: Catalog) {
    self.own = own
    self.peers = PeerRunner(
      own: own.runner, peers: peers, catalog: catalog, seed: own.record.seed,
      mostWorkers: Set(own.slots.compactMap(\.cpu)).count)
    super.init(
      record: own.record, runner: self.peers, clock: own.clock, probe: own.probe,
      armWatch: own.armWatch, slots: own.slots, cacheBytes: own.cacheBytes)
  }

  package override var threadIDs: [Int32] { own.threadIDs }

  package override func endProcesses() {
    peers.end()
    own.endProcesses()
  }

  package override func verifyPlacement() throws(MeasurementError) {
    own.record.plan = record.plan
    defer { record.plan = own.record.plan }
    try own.verifyPlacement()
  }
}
