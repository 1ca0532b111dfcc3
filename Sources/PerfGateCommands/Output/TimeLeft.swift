/// How long the rest of some rounds takes, from how long the first ones took.
struct TimeLeft {
  /// When which round began: the first one that was seen of the rounds that are running.
  private var first: (group: String, round: Int, time: ContinuousClock.Instant)?
  private var latest = 0

  /// The seconds until the last round ends; `nil` before one round has ended.
  ///
  /// - Parameters:
  ///   - group: what is being measured.
  ///   - round: the round that begins now, from 0.
  ///   - count: the number of rounds.
  mutating func seconds(
    _ group: String, round: Int, of count: Int, now: ContinuousClock.Instant
  ) -> Double? {
    // A confirmation counts from 0 again.
    if first?.group != group || round < latest { first = (group, round, now) }
    latest = round
    guard let first, round > first.round else { return nil }
    let elapsed = (now - first.time) / .seconds(1)
    return elapsed / Double(round - first.round) * Double(count - round)
  }
}
