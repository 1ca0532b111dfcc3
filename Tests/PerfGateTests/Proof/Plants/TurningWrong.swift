import PerfGate
import Synchronization

/// A variant that is right for a while.
enum TurningWrong: Kernel {
  static let name = "plant.turning"
  static let work = Work(unit: "task", growth: .constant, defaultSize: 1)

  final class Input: Sendable {
    let calls = Atomic<Int>(0)
  }

  static func makeInput(size: Int, seed: UInt64) throws -> Input { Input() }

  static let variants: [Variant<Input>] = [
    Variant("swift.honest", isReference: true) { _, task in UInt64(task) },
    Variant("swift.turning", twin: "swift.honest") { input, task in
      let call = input.calls.add(1, ordering: .relaxed).newValue
      return UInt64(call > 30 ? task + 1 : task)
    },
  ]
}
