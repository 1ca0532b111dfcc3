/// What code asks of the allocator and the Swift runtime, and the instructions that it takes: it is
/// counted, and has little noise or none.
public enum Counter: String, Hashable, Sendable, Codable, CaseIterable {
  /// Calls of `malloc` and its kin.
  case allocations
  /// The bytes that those asked for.
  case allocatedBytes
  /// References to objects that were taken.
  case retains
  /// Instructions in user mode, by the processor's own counter.
  case instructions
  /// Instructions that valgrind's tool callgrind counts.
  case valgrindInstructions

  /// What code asks the allocator and the runtime for.
  package static let requests: [Counter] = [.allocations, .allocatedBytes, .retains]
  /// Whether instructions are counted, and not what is asked for.
  public var isOfInstructions: Bool { self == .instructions || self == .valgrindInstructions }
  /// Whether the same program may have other counts on another machine: libraries choose their code by
  /// the processor's features.
  package var dependsOnMachine: Bool { isOfInstructions }
}

/// What one call of code was counted to do, on all threads.
public struct CallCounts: Hashable, Sendable, Codable {
  /// Calls of `malloc` and its kin; a `realloc` counts as one.
  public var allocations: Int
  /// The bytes that those asked for.
  public var allocatedBytes: Int
  /// Retains of Swift objects.
  public var retains: Int
  /// Releases of Swift objects, also of those that are never freed.
  public var releases: Int
  /// Instructions in user mode; `nil` unless they were counted.
  public var instructions: Int?

  /// Counts of a call.
  public init(
    allocations: Int = 0, allocatedBytes: Int = 0, retains: Int = 0, releases: Int = 0,
    instructions: Int? = nil
  ) {
    self.allocations = allocations
    self.allocatedBytes = allocatedBytes
    self.retains = retains
    self.releases = releases
    self.instructions = instructions
  }

  /// The number of one counter.
  public subscript(counter: Counter) -> Int {
    switch counter {
    case .allocations: allocations
    case .allocatedBytes: allocatedBytes
    case .retains: retains
    case .instructions, .valgrindInstructions: instructions ?? 0
    }
  }

  /// All numbers, for whoever treats them alike: four, and the instructions if they were counted.
  package var numbers: [Int] {
    get { [allocations, allocatedBytes, retains, releases] + [instructions].compactMap(\.self) }
    set {
      guard newValue.count == 4 || newValue.count == 5 else { return }
      (allocations, allocatedBytes) = (newValue[0], newValue[1])
      (retains, releases) = (newValue[2], newValue[3])
      instructions = newValue.count == 5 ? newValue[4] : nil
    }
  }

  /// The numbers of two calls, combined one by one.
  package func combined(with other: CallCounts, _ combine: (Int, Int) -> Int) -> CallCounts {
    var both = self
    both.numbers = zip(numbers, other.numbers).map(combine)
    return both
  }
}

/// The counts of the calls of one start, each number by itself.
public struct StartCounts: Hashable, Sendable, Codable {
  /// How many calls were counted.
  public var calls: Int
  /// The smallest numbers.
  public var least: CallCounts
  /// The largest numbers.
  public var most: CallCounts

  /// The counts of a start.
  package init(calls: Int, least: CallCounts, most: CallCounts) {
    self.calls = calls
    self.least = least
    self.most = most
  }

  /// The counts of these calls; `nil` without any.
  package init?(_ calls: [CallCounts]) {
    guard let first = calls.first else { return nil }
    self.init(
      calls: calls.count,
      least: calls.reduce(first) { $0.combined(with: $1, Swift.min) },
      most: calls.reduce(first) { $0.combined(with: $1, Swift.max) })
  }
}
