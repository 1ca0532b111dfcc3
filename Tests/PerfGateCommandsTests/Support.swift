import Foundation
import PerfGate
import PerfGateCommands
import PerfGateWorkers
import Synchronization

/// Counts how often any of the test kernels ran.
let kernelCalls = Atomic<Int>(0)

/// A quarter of a million dependent steps: short, and honest.
enum Chain: Kernel {
  static let name = "chain"
  static let work = Work(unit: "iteration", growth: .linear)
  static let variants: [Variant<Int>] = [
    Variant("swift.mul", twin: "swift.same") { size, _ in chain(size) },
    Variant("swift.same", isReference: true) { size, _ in chain(size) },
  ]

  static func makeInput(size: Int, seed: UInt64) -> Int { size }

  @inline(never)
  static func chain(_ size: Int) -> UInt64 {
    kernelCalls.add(1, ordering: .relaxed)
    var value = UInt64(opaque(7))
    for _ in 0..<opaque(size) { value = value &* 6_364_136_223_846_793_005 &+ 1 }
    return value
  }
}

/// One of its variants is wrong in the last bit of one task.
enum Wrong: Kernel {
  static let name = "wrong"
  static let work = Work(unit: "iteration", growth: .linear)
  static let variants: [Variant<Int>] = [
    Variant("swift.right", isReference: true) { size, _ in Chain.chain(size) },
    Variant("swift.lastbit", twin: "swift.right") { size, task in
      Chain.chain(size) ^ (task == 0 ? 1 : 0)
    },
  ]

  static func makeInput(size: Int, seed: UInt64) -> Int { size }
}

/// Asks for more memory than any machine has, and is never given it.
enum Huge: Kernel {
  static let name = "huge"
  static let work = Work(unit: "byte", growth: .linear, bytesPerUnit: 1, defaultSize: 1000)
  static let variants: [Variant<Int>] = [
    Variant("swift.touch", isReference: true) { size, _ in UInt64(opaque(size)) }
  ]

  static func makeInput(size: Int, seed: UInt64) -> Int { size }
  static func inputBytes(size: Int) -> Int { size }
}

/// What one command wrote, and how it ended.
struct Outcome {
  var status: Int32
  var out: String
  var error: String

  var errorLines: [Substring] { error.split(separator: "\n") }
  var lastLine: String { out.split(separator: "\n").last.map(String.init) ?? "" }
}

/// Collects what a command writes.
///
/// `@unchecked Sendable`: every access holds the lock.
private final class Sink: @unchecked Sendable {
  private let lock = NSLock()
  private var text = ""

  func add(_ more: String) { lock.withLock { text += more } }
  var all: String { lock.withLock { text } }
}

/// Runs a command in this process, as the program would.
func perfgate(_ arguments: [String], claims: [Claim] = []) throws -> Outcome {
  let catalog = try Catalog([AnyKernel(Chain.self), AnyKernel(Wrong.self), AnyKernel(Huge.self)])
  let out = Sink()
  let error = Sink()
  let status = runPerfGate(
    arguments, catalog: catalog, claims: claims,
    output: CommandOutput(
      out: { out.add($0) }, error: { error.add($0) }, errorIsTerminal: false))
  return Outcome(status: status, out: out.all, error: error.all)
}

/// A folder of its own that is gone after the test.
struct TemporaryFolder {
  let path: String

  init() throws {
    path =
      FileManager.default.temporaryDirectory
      .appendingPathComponent("perfgate-tests-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  func file(_ name: String) -> String { path + "/" + name }
  func remove() { try? FileManager.default.removeItem(atPath: path) }
}
