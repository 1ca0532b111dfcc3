/// The blocks in which the tasks of a round are handed out by a counter that can only be added to: the
/// ticket of a block tells everybody which tasks it has.
///
/// Blocks shrink as the pool's do, `max(1, left / 4w)`.
package struct BlockSequence {
  private var ticket = 0
  private var first = 0
  private var left: Int
  private let share: Int

  /// The blocks of a round.
  package init(tasks: Int, workers: Int) {
    left = tasks
    share = 4 * workers
  }

  /// The tasks of a ticket; `nil`: all tasks are handed out before it.
  ///
  /// - Parameter ticket: not below the one of an earlier call, as the tickets of one worker are.
  package mutating func tasks(of ticket: Int) -> Range<Int>? {
    while self.ticket < ticket, left > 0 {
      first += size
      left -= size
      self.ticket += 1
    }
    return left > 0 ? first..<(first + size) : nil
  }

  private var size: Int { max(1, left / share) }
}
