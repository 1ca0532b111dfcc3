import PerfGate
import PerfGateKernels

/// The search for a text's end, with a call that was taken out of the tasks.
enum ScanPlants: Kernel {
  static let name = "plant.scan"
  static let work = Work(unit: "byte", growth: .linear, bytesPerUnit: 1, defaultSize: 1 << 20)

  struct Input: Sendable {
    var text: TextScan.Input
    /// What a compiler makes of a pure call with the same argument in every task: one call before.
    var hoisted: Int
  }

  static func makeInput(size: Int, seed: UInt64) throws -> Input {
    let text = try TextScan.makeInput(size: size, seed: seed)
    return Input(text: text, hoisted: TextScan.simd(start(text)))
  }

  static func inputBytes(size: Int) -> Int { TextScan.inputBytes(size: size) }

  static let variants: [Variant<Input>] = [
    Variant("swift.honest", isReference: true) { input, _ in
      UInt64(TextScan.simd(start(input.text)))
    },
    Variant("swift.hoisted", twin: "swift.honest") { input, _ in UInt64(input.hoisted) },
  ]

  private static func start(_ input: TextScan.Input) -> UnsafePointer<UInt8> {
    let bytes = input.buffer.bytes.assumingMemoryBound(to: UInt8.self)
    // A text has an address, be it that of its zero.
    return UnsafePointer(bitPattern: opaque(Int(bitPattern: bytes.baseAddress))).unsafelyUnwrapped
  }
}
