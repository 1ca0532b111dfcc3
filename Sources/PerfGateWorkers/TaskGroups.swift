/// The work of several tasks at a time: takes their numbers, and a buffer with a place for each result.
package typealias BatchBody =
  @Sendable (
    _ tasks: Range<Int>, _ results: UnsafeMutableBufferPointer<UInt64>
  ) -> Void

/// Tasks that are done several at a time: an executor hands out each group as one task.
package struct TaskGroups: Hashable, Sendable {
  /// The number of tasks of all groups, from 1.
  package let tasks: Int
  /// The number of groups, from 1 to the number of tasks.
  package let count: Int

  /// Groups of at most `most` tasks, as many for each worker, and all of the same size give or take one.
  package init(tasks: Int, workers: Int, most: Int) {
    let each = max(1, workers) * max(1, most)
    let turns = (tasks - 1) / each + 1
    self.init(tasks: tasks, count: min(tasks, turns * max(1, workers)))
  }

  init(tasks: Int, count: Int) {
    self.tasks = tasks
    self.count = count
  }

  /// The tasks of a group.
  package subscript(group: Int) -> Range<Int> { start(of: group)..<start(of: group + 1) }

  /// The number of tasks of the largest group.
  package var most: Int { (tasks - 1) / count + 1 }

  private func start(of group: Int) -> Int {
    // The first groups are the larger ones.
    let (each, rest) = tasks.quotientAndRemainder(dividingBy: count)
    return group * each + min(group, rest)
  }

  /// A task of an executor that does a group and returns one number for all its results: their checksum.
  package func body(_ batch: @escaping BatchBody) -> TaskBody {
    { group in
      let tasks = self[group]
      return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: tasks.count) { results in
        results.initialize(repeating: 0)
        batch(tasks, results)
        return resultChecksum(UnsafeBufferPointer(results), after: emptyChecksum)
      }
    }
  }
}

/// A place for the result of each task of a round whose tasks are done in groups.
///
/// An executor returns one number for each group, also from other processes. Where the group ran in this
/// process, its results are here as well; elsewhere the number tells whether they are the expected ones.
///
/// `@unchecked Sendable` holds: during a round each group writes only the places of its own tasks, which
/// no other group has and nobody reads until the round has ended.
package final class GroupedResults: @unchecked Sendable {
  /// Which tasks each group has.
  package let groups: TaskGroups
  private let words: UnsafeMutableBufferPointer<UInt64>

  /// Places for the results of these groups, all 0.
  package init(_ groups: TaskGroups) {
    self.groups = groups
    words = .allocate(capacity: groups.tasks)
    words.initialize(repeating: 0)
  }

  deinit { words.deallocate() }

  /// The result of each task.
  package var results: UnsafeBufferPointer<UInt64> { UnsafeBufferPointer(words) }

  /// A task of an executor that does a group and leaves its results here.
  package func body(_ batch: @escaping BatchBody) -> TaskBody {
    { [self] group in
      let results = UnsafeMutableBufferPointer(rebasing: words[groups[group]])
      batch(groups[group], results)
      return resultChecksum(UnsafeBufferPointer(results), after: emptyChecksum)
    }
  }

  /// Takes what an executor returned for each group.
  ///
  /// - Parameters:
  ///   - expected: the right result of each task, if the groups ran in other processes; `nil`: here.
  /// - Returns: the first group that has no result, or more than one, with how many; `nil` if each has one.
  package func take(
    _ returned: OrderedResults, expected: [UInt64]?
  ) -> (group: Int, times: Int)? {
    if let misfit = returned.misfit(tasks: groups.count) { return (misfit.task, misfit.times) }
    for (group, number) in returned.values(0..<groups.count).enumerated() {
      let places = groups[group]
      let mine = UnsafeMutableBufferPointer(rebasing: words[places])
      if let expected, places.upperBound <= expected.count {
        _ = mine.update(fromContentsOf: expected[places])
      }
      // A group whose number is another than that of the expected results has a wrong one.
      if resultChecksum(UnsafeBufferPointer(mine), after: emptyChecksum) != number {
        mine[0] = mine[0] == number ? ~number : number
      }
    }
    return nil
  }
}
