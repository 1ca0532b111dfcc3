import CPerfGateSystem
import Foundation
import PerfGate

/// A kernel whose results depend on task, size and seed, and whose input can be refused.
enum Served: Kernel {
  static let name = "made-up.served"
  static let work = Work(unit: "task", growth: .constant, defaultSize: 1)
  static let variants: [Variant<UInt64>] = [
    Variant("swift.a") { input, task in result(input, task) },
    Variant("swift.wrong") { input, task in result(input, task) ^ (task == 30 ? 1 : 0) },
    Variant("swift.lacking", isSupported: false) { _, _ in 0 },
    Variant("c.a", isReference: true) { input, task in result(input, task) },
  ]

  private struct TooLarge: Error, CustomStringConvertible {
    var description: String { "größer\nals 1000" }
  }

  static func makeInput(size: Int, seed: UInt64) throws -> UInt64 {
    guard size <= 1000 else { throw TooLarge() }
    return UInt64(size) &* 1_000_003 &+ seed
  }
  static func inputBytes(size: Int) -> Int { size > 1 << 40 ? size : 0 }

  private static func result(_ input: UInt64, _ task: Int) -> UInt64 {
    (input ^ UInt64(task)) &* 0x9e37_79b9_7f4a_7c15
  }

  static func results(size: Int, seed: UInt64, tasks: Int) throws -> [UInt64] {
    let input = try makeInput(size: size, seed: seed)
    return (0..<tasks).map { result(input, $0) }
  }
}

/// Three quarters of the work are done by a thread that is no worker of the executor.
enum Helped: Kernel {
  static let name = "made-up.helped"
  static let work = Work(unit: "step", growth: .linear)
  static let variants: [Variant<Int>] = [
    Variant("swift.helped", isReference: true) { steps, _ in
      let end = DispatchSemaphore(value: 0)
      Thread.detachNewThread {
        blackHole(pgp_spin(UInt64(3 * steps), 1))
        end.signal()
      }
      let own = pgp_spin(UInt64(steps), 1)
      end.wait()
      return own
    }
  ]
  static func makeInput(size: Int, seed: UInt64) throws -> Int { size }
}

/// A closure of a test that throws.
struct Unlucky: Error, CustomStringConvertible {
  var description: String { "no luck: 100 %\nin Köln" }
}
