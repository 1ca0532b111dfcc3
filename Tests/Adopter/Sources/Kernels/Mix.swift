import CMix
import Foundation
import PerfGate

/// Marsaglia's xorshift, in Swift and in C: each step waits for the one before.
public enum Mix: Kernel {
  /// What one task does.
  public struct Input: Sendable {
    var steps: UInt64
    var plant: Plant
  }

  /// `mix`.
  public static let name = "mix"
  /// Twice the steps take twice the time.
  public static let work = Work(unit: "step", growth: .linear)

  /// The same loop in both languages.
  public static let variants: [Variant<Input>] = [
    Variant("swift", twin: "c") { input, task in
      switch input.plant {
      case .none, .names, .badNames: return run(steps: input.steps, task: task)
      case .slower:
        blackHole(run(steps: input.steps * 15 / 100, task: task + 1))
        return run(steps: input.steps, task: task)
      case .mutex: return lock.withLock { run(steps: input.steps, task: task) }
      }
    },
    Variant("c", isReference: true, isOptimized: cmix_is_optimized()) { input, task in
      cmix(input.steps, start(of: task))
    },
  ]

  /// The number of steps, and what is planted today.
  public static func makeInput(size: Int, seed: UInt64) throws -> Input {
    Input(steps: UInt64(max(0, size)), plant: .current)
  }

  /// The last of so many random numbers.
  @inline(never)
  public static func run(steps: UInt64, task: Int) -> UInt64 {
    var x = start(of: task)
    for _ in 0..<steps {
      x ^= x << 13
      x ^= x >> 7
      x ^= x << 17
    }
    return x
  }

  private static let lock = NSLock()

  private static func start(of task: Int) -> UInt64 {
    UInt64(bitPattern: Int64(opaque(task))) &* 0x9e37_79b9_7f4a_7c15 | 1
  }
}

/// What is wrong on purpose, so that it can be seen that claims are not kept.
public enum Plant: String, Sendable {
  /// Nothing.
  case none = ""
  /// The Swift variant takes 15 % longer.
  case slower
  /// All tasks of the Swift variant wait for each other.
  case mutex
  /// Claims whose names have to be told apart.
  case names
  /// Claims that are refused for how they are written.
  case badNames

  /// What the environment plants; an unknown word is a mistake that must be seen.
  public static let current: Plant = {
    let word = ProcessInfo.processInfo.environment["ADOPTER_PLANT"] ?? ""
    guard let plant = Plant(rawValue: word) else { fatalError("unknown ADOPTER_PLANT \(word)") }
    return plant
  }()
}

extension Claim {
  /// What the command line judges as well.
  public static func adopter() throws -> [Claim] {
    [
      try Claim(
        id: "mix.swift-vs-c", text: "Swift no slower than C + 7 %", kernel: "mix",
        .ratio(subject: "swift", reference: "c", atMost: 1.07, workers: 1)),
      try Claim(
        id: "mix.time", text: "Swift against its baseline", kernel: "mix",
        .baseline(.time(variant: "swift"), worseByAtMost: 0.05)),
    ]
  }
}

extension Catalog {
  /// The kernels of this package.
  public static func adopter() throws -> Catalog { try Catalog([AnyKernel(Mix.self)]) }
}
