import CPerfGateSystem
import CPerfGateTestPlants
import PerfGate
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What a variant's code does to the process that runs it.
package enum Trap: String, CaseIterable {
  case crash, trap, exit, force, deadlock, endless, killed, stop
  /// Takes 4 GB.
  case memory
  /// Closes all descriptors.
  case descriptors
  /// Writes 50,000 lines, then dies.
  case flood
  /// Starts 20 processes that sleep, then does its work.
  case forks
  /// Goes to another folder, then does its work.
  case folder

  /// Whether the variant goes on to do its work.
  package var isHarmless: Bool { self == .forks || self == .folder }

  package var variant: String { "swift.\(rawValue)" }
}

/// An honest kernel with a variant for each trap.
package enum TrapKernel: Kernel {
  package static let name = "plant.traps"
  package static let work = Work(unit: "step", growth: .linear)
  package static let variants: [Variant<Int>] =
    [
      Variant("swift.reference", isReference: true) { steps, _ in pgp_spin(UInt64(steps), 1) },
      Variant("swift.good", twin: "swift.reference") { steps, _ in pgp_spin(UInt64(steps), 1) },
    ]
    + Trap.allCases.map { trap in
      Variant(trap.variant, twin: "swift.reference") { steps, _ in
        if isFirst.exchange(false, ordering: .relaxed) || !trap.isHarmless { spring(trap) }
        return pgp_spin(UInt64(steps), 1)
      }
    }

  package static func makeInput(size: Int, seed: UInt64) throws -> Int {
    guard size <= 1 << 40 else { throw TooLarge() }
    return size
  }

  private struct TooLarge: Error, CustomStringConvertible {
    var description: String { "too large" }
  }

  /// Whether no trap has been sprung in this process.
  private static let isFirst = Atomic(true)

  private static func spring(_ trap: Trap) {
    switch trap {
    case .crash: pgt_write_to_null()
    case .trap: fatalError("a trap")
    case .exit: exit(0)
    case .force:
      let missing: Int? = pgp_opaque_pointer(nil) == nil ? nil : 1
      _ = missing!
    case .deadlock: while true { sleep(1000) }
    case .endless: while true { blackHole(pgp_spin(1000, 1)) }
    case .killed: kill(getpid(), SIGKILL)
    case .stop: kill(getpid(), SIGSTOP)
    case .memory:
      for _ in 0..<64 {
        let block = UnsafeMutableRawPointer.allocate(byteCount: 64 << 20, alignment: 4096)
        memset(block, 1, 64 << 20)
      }
      fatalError("4 GB were there")
    case .descriptors: for descriptor in 0..<Int32(1024) { close(descriptor) }
    case .flood:
      for line in 0..<50_000 { print("line \(line) of a flood") }
      fflush(nil)
      abort()
    case .forks: pgt_fork_sleepers(20)
    case .folder: _ = chdir("/")
    }
  }
}

/// Results that are others in each process, as hashes are.
package enum HashKernel: Kernel {
  package static let name = "plant.hashes"
  package static let work = Work(unit: "task", growth: .constant, defaultSize: 1)
  package static let variants: [Variant<Int>] = [
    Variant("swift.reference", isReference: true) { input, task in hash(input, task) },
    Variant("swift.good") { input, task in hash(input, task) },
    Variant("swift.wrong") { input, task in hash(input, task) ^ (task == 5 ? 1 : 0) },
  ]
  package static func makeInput(size: Int, seed: UInt64) throws -> Int { size }

  private static func hash(_ input: Int, _ task: Int) -> UInt64 {
    var hasher = Hasher()
    hasher.combine(input)
    hasher.combine(task)
    return UInt64(bitPattern: Int64(hasher.finalize()))
  }
}

/// Variants that are wrong now and then.
package enum FlawedKernel: Kernel {
  package static let name = "plant.flawed"
  package static let work = Work(unit: "task", growth: .constant, defaultSize: 1)
  package static let variants: [Variant<Int>] = [
    Variant("swift.reference", isReference: true) { _, task in UInt64(task) },
    Variant("swift.wrong") { _, task in UInt64(task == 17 ? 99 : task) },
    Variant("swift.changing") { _, task in
      UInt64(task) + (task == 3 ? UInt64(calls.add(1, ordering: .relaxed).newValue) : 0)
    },
    // Wrong in one task of all that a process runs.
    Variant("swift.once") { _, task in
      UInt64(task) + (task == 3 && calls.add(1, ordering: .relaxed).oldValue == 0 ? 1 : 0)
    },
    // Wrong in a process of which the environment says so.
    Variant("swift.late") { _, task in UInt64(task) + (isLate && task == 9 ? 1 : 0) },
    // Dies of another thread, a moment after its answer.
    Variant("swift.after") { _, task in
      if calls.add(1, ordering: .relaxed).oldValue == 0 { pgt_die_later(20_000) }
      return UInt64(task)
    },
  ]
  package static func makeInput(size: Int, seed: UInt64) throws -> Int { size }

  /// The file whose presence makes `swift.late` wrong.
  package static let variable = "PERFGATE_PLANT_LATE"
  private static let calls = Atomic<Int>(0)
  private static let isLate = getenv(variable).map { access($0, F_OK) == 0 } ?? false
}

/// Variants that are sent what they work on, or less than that.
package enum MessageKernel: Kernel {
  package static let name = "plant.messages"
  package static let work = Work(unit: "byte", growth: .constant, defaultSize: 1000)
  package static let variants: [Variant<[UInt8]>] = [
    Variant("swift.reference", isReference: true) { bytes, _ in UInt64(bytes.count) },
    Variant("swift.honest") { bytes, _ in UInt64(bytes.count) }.sending(
      VariantMessage(.serialized(received), bytes: { $0 }) { bytes, body in
        bytes.withUnsafeBytes { body($0) }
      }),
    // Sends the length alone, whatever the size.
    Variant("swift.hollow") { bytes, _ in UInt64(bytes.count) }.sending(
      VariantMessage(
        .serialized { count, fill in
          var length: UInt64 = 0
          withUnsafeMutableBytes(of: &length) { fill($0) }
          return length
        }, bytes: { _ in 8 }
      ) { bytes, body in withUnsafeBytes(of: UInt64(bytes.count)) { body($0) } }),
    // Looks at a byte for each page, which takes longer for more of them.
    Variant("swift.growing") { bytes, _ in UInt64(bytes.count) }.sending(
      VariantMessage(
        .shared { bytes in
          for page in stride(from: 0, to: bytes.count, by: 4096) { blackHole(bytes[page]) }
          return UInt64(bytes.count)
        }, bytes: { $0 }
      ) { bytes, body in bytes.withUnsafeBytes { body($0) } }),
  ]

  package static func makeInput(size: Int, seed: UInt64) throws -> [UInt8] {
    Array(repeating: 49, count: size)
  }

  private static func received(
    _ count: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Void
  ) -> UInt64 {
    var bytes = [UInt8](repeating: 0, count: count)
    bytes.withUnsafeMutableBytes { fill($0) }
    return UInt64(bytes.count)
  }
}

/// Variants that keep memory.
package enum MemoryKernel: Kernel {
  package static let name = "plant.memory"
  package static let work = Work(unit: "task", growth: .constant, defaultSize: 1)
  package static let variants: [Variant<Int>] = [
    Variant("swift.reference", isReference: true) { _, task in pgp_spin(100, UInt64(task)) },
    Variant("swift.good") { _, task in pgp_spin(100, UInt64(task)) },
    // Keeps 20 MB for each worker.
    Variant("swift.hoard") { _, task in
      let worker = Int(pgp_current_worker())
      if (0..<64).contains(worker), hoards[worker].exchange(true, ordering: .relaxed) == false {
        let block = UnsafeMutableRawPointer.allocate(byteCount: 20_000_000, alignment: 4096)
        memset(block, 1, 20_000_000)
        // Otherwise nobody would see that it was written.
        blackHole(Int(bitPattern: pgp_opaque_pointer(block)))
      }
      return pgp_spin(100, UInt64(task))
    },
    // Takes 20 MB for a moment in each task.
    Variant("swift.passing") { _, task in
      let block = UnsafeMutableRawPointer.allocate(byteCount: 20_000_000, alignment: 4096)
      memset(block, 1, 20_000_000)
      blackHole(Int(bitPattern: pgp_opaque_pointer(block)))
      block.deallocate()
      return pgp_spin(100, UInt64(task))
    },
  ]
  package static func makeInput(size: Int, seed: UInt64) throws -> Int { size }

  /// Whether a worker has its hoard.
  private nonisolated(unsafe) static let hoards: UnsafeMutablePointer<Atomic<Bool>> = {
    // Written here only; what it points to is atomic.
    let flags = UnsafeMutablePointer<Atomic<Bool>>.allocate(capacity: 64)
    for index in 0..<64 { (flags + index).initialize(to: Atomic(false)) }
    return flags
  }()
}

extension Catalog {
  /// The kernels of the plant program.
  package static func plants() throws(CatalogError) -> Catalog {
    try Catalog([
      AnyKernel(TrapKernel.self), AnyKernel(HashKernel.self), AnyKernel(FlawedKernel.self),
      AnyKernel(MemoryKernel.self), AnyKernel(MessageKernel.self),
      AnyKernel(BatchKernel.self),
    ])
  }
}
