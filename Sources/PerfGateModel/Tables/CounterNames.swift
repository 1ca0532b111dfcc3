extension Counter {
  /// What it counts, in the plural.
  package var noun: String {
    switch self {
    case .allocations: "allocations"
    case .allocatedBytes: "allocated bytes"
    case .retains: "retains"
    case .instructions: "instructions"
    case .valgrindInstructions: "instructions under valgrind"
    }
  }
}
