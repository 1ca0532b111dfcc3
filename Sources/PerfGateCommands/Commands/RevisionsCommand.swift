import PerfGate

extension MeasuringCommand {
  /// Compares the working tree with another revision: the same kernels and variants, in the same rounds.
  func measureRevisions() throws(MeasurementError) {
    guard let session = session as? RevisionSession, let revisions else { return }
    let names = try session.names(on: options.executors[0])
    let (old, new) = (Set(names.old), Set(names.new))
    session.record.revisions?.added = names.new.filter { !old.contains($0) && isWanted($0) }
    session.record.revisions?.removed = names.old.filter { !new.contains($0) && isWanted($0) }
    let known = old.intersection(new)
    let common = claims.filter { known.contains($0.id) }
    guard !common.isEmpty else {
      throw .revision(
        RevisionFailure(
          .unavailable,
          "nothing to compare: \(revisions.revisions.old.name) and the working tree have none of these "
            + "variants in common; take what is measured from the working tree on both sides with --keep"
        ))
    }
    let open = try unchanged(common.filter { hasReference($0, known, session) }, session)
    try session.judge(open, catalog: catalog, options: gateOptions)
    for claim in open {
      guard let kernel = catalog.kernel(claim.kernel),
        let variant = claim.variants.first.flatMap(kernel.variant)
      else { continue }
      try session.count(
        kernel, [variant], programs: [SeriesKey.ownProgram, revisions.oldProgram])
    }
    let tables = Tables(session.record)
    session.record.comparisons += session.record.claims.compactMap { claim in
      guard let subject = claim.subject.flatMap(session.record.series),
        let reference = claim.reference.flatMap(session.record.series)
      else { return nil }
      return tables.comparison(of: subject, to: reference)
    }
  }

  /// Whether a kernel or variant belongs to what was asked for.
  private func isWanted(_ name: String) -> Bool {
    let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { return false }
    func matches(_ patterns: [String], _ text: String) -> Bool {
      patterns.isEmpty || patterns.contains { matchesGlob($0, text) }
    }
    return matches(options.kernels, parts[0]) && matches(options.variants, parts[1])
  }

  /// Whether both revisions have the variant that the results of a claim's are checked against. If not,
  /// the record says so.
  private func hasReference(
    _ claim: Claim, _ known: Set<String>, _ session: RevisionSession
  ) -> Bool {
    guard let reference = catalog.kernel(claim.kernel)?.reference?.name,
      !known.contains("\(claim.kernel)/\(reference)")
    else { return true }
    session.record.revisions?.changed.append(
      Revisions.Change(
        kernel: claim.kernel, variant: claim.variants.first ?? "",
        reason: "cannot be checked: only one revision has the reference \(reference)"))
    return false
  }

  /// The claims about variants that compute the same in both revisions; the others go into the record.
  private func unchanged(
    _ claims: [Claim], _ session: RevisionSession
  ) throws(MeasurementError) -> [Claim] {
    var same: [Claim] = []
    for claim in claims {
      guard let kernel = catalog.kernel(claim.kernel),
        let variant = claim.variants.first.flatMap(kernel.variant)
      else { continue }
      session.progress(.proving(kernel: kernel.name, variant: variant.name))
      do throws(MeasurementError) {
        if let reason = try session.change(of: variant, in: kernel, size: kernel.work.fixedSize) {
          session.record.revisions?.changed.append(
            Revisions.Change(kernel: kernel.name, variant: variant.name, reason: reason))
        } else {
          same.append(claim)
        }
      } catch {
        guard case .wrongResult(let unproven) = error else { throw error }
        session.forget(unproven)
        same.append(claim)
      }
    }
    return same
  }
}
