import CPerfGateSystem
import PerfGate

/// Tasks that are done eight at a time, and limits that have results of their own; some are wrong.
package enum BatchKernel: Kernel {
  package static let name = "plant.batches"
  package static let work = Work(unit: "step", growth: .linear)
  package static let most = 8
  /// The task that `swift.wrong` does wrong.
  package static let wrongTask = 13

  package static let variants: [Variant<Int>] = [
    Variant("swift.reference", isReference: true) { steps, task in right(steps, task) },
    Variant("swift.batch", twin: "swift.reference", batchOf: most) { steps, tasks, results in
      for (place, task) in tasks.enumerated() { results[place] = right(steps, task) }
    }.limited(by: "swift.limit"),
    Variant("swift.wrong", batchOf: most) { steps, tasks, results in
      for (place, task) in tasks.enumerated() {
        results[place] = right(steps, task) ^ (task == wrongTask ? 1 : 0)
      }
    },
    // Leaves out the last one of each batch of more than one.
    Variant("swift.short", batchOf: most) { steps, tasks, results in
      for (place, task) in tasks.enumerated() where place == 0 || place < tasks.count - 1 {
        results[place] = right(steps, task)
      }
    },
    Variant("swift.limit") { steps, task in pgp_spin(UInt64(steps), 5) ^ UInt64(task) }.asLimit(),
    Variant("swift.limit.same") { steps, task in pgp_spin(UInt64(steps), 5) ^ UInt64(task) }
      .asLimit(checkedBy: "swift.limit"),
    Variant("swift.limit.wrong") { steps, task in
      pgp_spin(UInt64(steps), 5) ^ UInt64(task == 3 ? 4 : task)
    }.asLimit(checkedBy: "swift.limit"),
  ]

  package static func makeInput(size: Int, seed: UInt64) throws -> Int { size }

  private static func right(_ steps: Int, _ task: Int) -> UInt64 {
    pgp_spin(UInt64(steps), UInt64(task) + 1)
  }
}
