/// The results of a round in the order of the tasks, read where they are: nothing is copied until a
/// range is asked for.
///
/// Those of an executor are valid until its next round.
package struct OrderedResults {
  private struct Block {
    var first: Int
    var words: UnsafeBufferPointer<UInt64>
    var end: Int { first + words.count }
  }

  private var blocks: [Block] = []

  /// The results of the last round of an executor.
  package init(_ executor: any Executor) {
    executor.forEachResult { first, words in
      if !words.isEmpty { blocks.append(Block(first: first, words: words)) }
    }
    blocks.sort { $0.first < $1.first }
  }

  /// The results of tasks 0, 1, …; valid as long as the buffer.
  package init(_ words: UnsafeBufferPointer<UInt64>) { blocks = [Block(first: 0, words: words)] }

  /// The first of `tasks` tasks that has no result, or more than one, with how many it has; `nil` if
  /// each has one.
  package func misfit(tasks: Int) -> (task: Int, times: Int)? {
    var next = 0
    for block in blocks {
      if block.first > next { return (next, 0) }
      if block.first < next { return (block.first, 2) }
      next = block.end
    }
    return next == tasks ? nil : (min(next, tasks), next < tasks ? 0 : 2)
  }

  /// The checksum of all results.
  package var checksum: UInt64 {
    blocks.reduce(emptyChecksum) { resultChecksum($1.words, after: $0) }
  }

  /// The results of these tasks; fewer where tasks have none.
  package func values(_ tasks: Range<Int>) -> [UInt64] {
    var values: [UInt64] = []
    for block in blocks where block.first < tasks.upperBound && block.end > tasks.lowerBound {
      let low = max(block.first, tasks.lowerBound) - block.first
      let high = min(block.end, tasks.upperBound) - block.first
      values += block.words[low..<high]
    }
    return values
  }
}
