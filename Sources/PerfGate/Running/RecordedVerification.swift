import PerfGateMachine

extension Record.Verification {
  /// The form in which a record stores a verification.
  init(_ verification: PlacementVerification) {
    self.init(
      findings: verification.findings.map { Finding(code: $0.code, text: $0.description) },
      unchecked: verification.unchecked,
      observations: verification.observations.map(Observation.init(_:)))
  }
}

extension Record.Verification.Observation {
  fileprivate init(_ seen: PlacementObservation) {
    self.init(
      worker: seen.worker, thread: seen.thread, mask: seen.mask?.description,
      cpuBefore: seen.cpuBefore, cpuAfter: seen.cpuAfter, migrations: seen.migrations,
      binding: seen.binding?.description,
      residency: seen.residency.map {
        Record.Verification.Residency(
          pagesByNode: $0.pagesByNode, untouched: $0.untouched, method: $0.method.rawValue)
      })
  }
}
