import Foundation
import PerfGateTesting

/// What the closure of a claim may do to its process.
enum Trap: String {
  case segment, overflow, exits, forces, deadlock, forks, memory, flood, descriptors, folder, stops
  case killed
}

struct Sprung: Error { var trap: Trap }

/// Work that is the same on both sides of a claim.
@Sendable func work() -> Int {
  var value = opaque(1)
  for step in 0..<opaque(20_000) { value = (value ^ step) &* 0x100_0000_01b3 }
  return value
}

@_silgen_name("fork") private func forkProcess() -> pid_t

extension Trap {
  /// Work that ends in the trap; forks, output and another folder let it go on.
  @Sendable func spring() -> Int {
    switch self {
    case .segment: UnsafeMutablePointer<Int>(bitPattern: opaque(8))?.pointee = 1
    case .overflow: return opaque(Int.max) + opaque(1)
    case .exits: exit(0)
    case .forces:
      // swift-format-ignore: NeverUseForceTry
      try! { throw Sprung(trap: self) }()
    case .deadlock:
      let lock = DispatchSemaphore(value: 0)
      lock.wait()
    case .forks: Self.forkTwenty
    case .memory:
      while true {
        let bytes = UnsafeMutableRawPointer.allocate(byteCount: 256 << 20, alignment: 4096)
        memset(bytes, 1, 256 << 20)
      }
    case .flood: Self.printMuch
    case .descriptors: for descriptor in Int32(0)..<4096 { close(descriptor) }
    case .folder: _ = FileManager.default.changeCurrentDirectoryPath("/")
    case .stops: raise(SIGSTOP)
    case .killed: kill(getpid(), SIGKILL)
    }
    return work()
  }

  /// Once in a process: 20 processes that do not end by themselves.
  private static let forkTwenty: Void = {
    for _ in 0..<20 where forkProcess() == 0 {
      // The name by which the script finds them.
      setenv("ADOPTER_FORK", "1", 1)
      while true { sleep(1000) }
    }
  }()

  /// Once in a process: 50,000 lines.
  private static let printMuch: Void = {
    for line in 0..<50_000 { print("line \(line) of a flood that nobody asked for") }
  }()

  var claim: TestClaim {
    .ratio(atMost: 1.5, id: "trap.\(rawValue)", of: { spring() }, to: work)
  }
}

extension TestClaim {
  static func honest(_ id: String? = nil) -> TestClaim {
    .ratio(atMost: 1.5, id: id, of: work, to: work)
  }
}
