extension Record {
  /// What a task of a variant was counted to ask for, for tables; `nil`: it was not counted.
  package func counts(
    of variant: String, in kernel: String, program: String = SeriesKey.ownProgram
  ) -> StartCounts? {
    series.first {
      $0.counts != nil && $0.group.purpose == .compare && $0.kernel == kernel
        && $0.variant == variant && $0.key.program == program
    }?.counts?.first
  }
}

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
