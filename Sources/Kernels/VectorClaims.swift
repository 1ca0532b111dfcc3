import PerfGate

// Claims about variants that need an instruction set, and about the instructions of a task.

extension Claim {
  /// The tasks of claims about batches: full ones, so that no lane of any instruction set is idle, and
  /// several, so that rounds can be shortened where others use the CPU.
  private static let batchTasks = 8 * VieteBatch.mostChains

  /// Swift's batches against C's, and the widest against the square roots that this core can take. What the
  /// gain over one chain is depends on the CPU, so that nothing is claimed of it.
  static func batches() throws(ClaimError) -> [Claim] {
    let set = InstructionSet.widestInSwift
    return try InstructionSet.inSwift.map(inSwiftAndC) + [
      try Claim(
        id: "viete.batch.limit", text: "Swift's batch (\(set)) at 90 % of the square roots",
        kernel: Viete.name,
        .limit(subject: "swift.batch.\(set)", limit: "c.roots.\(set)", atLeast: 0.9, workers: 1),
        tasks: batchTasks)
    ]
  }

  private static func inSwiftAndC(_ set: InstructionSet) throws(ClaimError) -> Claim {
    try Claim(
      id: "viete.batch.swift-vs-c.\(set)", text: "Swift's batch (\(set)) no slower than C + 5 %",
      kernel: Viete.name,
      .ratio(subject: "swift.batch.\(set)", reference: "c.batch.\(set)", atMost: 1.05, workers: 1),
      tasks: batchTasks)
  }

  /// A search and a count of all bytes against reading them, with the widest vectors of this CPU: what is
  /// claimed of two instruction sets would be measured twice.
  static func reads() throws(ClaimError) -> [Claim] {
    let set = InstructionSet.widestInSwift
    return [
      try limit("text.scan.limit", "Swift's scan", "text.scan", set),
      try limit("text.scalars.limit", "Swift's count", "text.scalars", set),
    ]
  }

  private static func limit(
    _ id: String, _ what: String, _ kernel: String, _ set: InstructionSet
  ) throws(ClaimError) -> Claim {
    try Claim(
      id: id, text: "\(what) (\(set)) at 90 % of a plain read", kernel: kernel,
      .limit(
        subject: "swift.simd.\(set)", limit: "c.read.\(set)", atLeast: readShare, workers: 1))
  }

  /// They reach 96 to 100 %. Where the text lies in memory is drawn at each start, and a limit of 95 % would
  /// often be left undecided.
  private static let readShare = 0.9

  /// What valgrind counted of a task, or of a full batch: a second gate, without any noise. It knows no
  /// AVX-512, and other compilers may need other instructions, so more than 1 % is a violation.
  static func instructions() throws(ClaimError) -> [Claim] {
    [
      try instructions("viete.swift.instructions", "Swift's loop", "viete", "swift.scalar", 75_032),
      try instructions(
        "viete.batch.swift.instructions", "Swift's batch (sse2)", "viete", "swift.batch.sse2",
        1_448_904),
    ]
  }

  private static func instructions(
    _ id: String, _ what: String, _ kernel: String, _ variant: String, _ stored: Int
  ) throws(ClaimError) -> Claim {
    try Claim(
      id: id, text: "\(what) keeps its instructions", kernel: kernel,
      .instructions(
        variant: variant, size: countedSize, atMost: stored + stored / 100, by: .valgrind))
  }

  /// Iterations, or bytes.
  private static let countedSize = 10_000
}
