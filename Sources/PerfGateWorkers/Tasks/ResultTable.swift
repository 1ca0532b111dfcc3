/// The results of a round, each in the place of its task.
///
/// `@unchecked Sendable`: during a round each place is written by whoever runs its task, once; between
/// rounds only the executor's caller reads, or makes room.
final class ResultTable: @unchecked Sendable {
  private(set) var words: UnsafeMutablePointer<UInt64>
  private var capacity = 0
  /// How many results there are; 0 while a round runs, and after one that failed.
  var count = 0

  init() { words = .allocate(capacity: 1) }

  deinit { words.deallocate() }

  /// Makes room for the results of a round.
  func reserve(_ tasks: Int) {
    count = 0
    guard tasks > capacity else { return }
    words.deallocate()
    words = .allocate(capacity: tasks)
    words.initialize(repeating: 0, count: tasks)
    capacity = tasks
  }

  func forEachResult(_ visit: (Int, UnsafeBufferPointer<UInt64>) -> Void) {
    if count > 0 { visit(0, UnsafeBufferPointer(start: words, count: count)) }
  }
}
