/// What a claim states. Records whose claims have the same name and another statement, such as
/// another limit, are about different claims.
package struct FleetStatement: Hashable, Sendable {
  /// The claim's name: `viete.swift-vs-c`.
  package var id: String
  /// One sentence for people.
  package var text: String
  /// The kind of claim.
  package var kind: ClaimForm
  /// The limit that decides; `nil`: what each machine has stored.
  package var limit: Double?
  /// The number of workers of the subject.
  package var workers: Int

  /// The statement of a claim as it was planned for a machine.
  init(_ plan: ClaimPlan) {
    id = plan.id
    text = plan.text
    kind = plan.kind
    limit = Self.isOfStoredCount(plan) ? nil : plan.limit
    workers = plan.workers
  }

  /// Whether each machine has its own limit, which is no part of the statement.
  private static func isOfStoredCount(_ plan: ClaimPlan) -> Bool {
    guard plan.kind.counter != nil else { return false }
    return plan.countBaseline != nil || plan.refusal?.cause == .baseline
  }
}

extension FleetStatement: Comparable {
  /// In the order of names, then of what differs.
  package static func < (one: FleetStatement, other: FleetStatement) -> Bool {
    if one.id != other.id { return one.id < other.id }
    if one.workers != other.workers { return one.workers < other.workers }
    if one.limit != other.limit { return (one.limit ?? 0) < (other.limit ?? 0) }
    return (one.kind.name, one.text) < (other.kind.name, other.text)
  }
}
