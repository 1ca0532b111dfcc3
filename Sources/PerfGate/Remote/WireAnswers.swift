import PerfGateMachine

// The answers of the arm protocol that only this program and its parent know, or that both need.

/// The answer to `run`.
package struct WireRun: Hashable, Sendable {
  /// From the release of the tasks to the end of the last one.
  package var nanoseconds: UInt64
  /// CPU time of the whole program meanwhile.
  package var cpuNanoseconds: UInt64
  /// The checksum of all results, in the order of the tasks; 0 for tickets, which have none.
  package var checksum: UInt64

  package init(nanoseconds: UInt64, cpuNanoseconds: UInt64, checksum: UInt64) {
    self.nanoseconds = nanoseconds
    self.cpuNanoseconds = cpuNanoseconds
    self.checksum = checksum
  }

  /// The line of the answer.
  package var line: String {
    "ran \(nanoseconds) \(cpuNanoseconds) \(WireText.word(checksum))"
  }

  /// Reads a line; `nil` for anything else.
  package init?(_ line: String) {
    let fields = line.split(separator: " ", omittingEmptySubsequences: false)
    guard fields.count == 4, fields[0] == "ran",
      let nanoseconds = WireText.number(fields[1], in: 0...UInt64.max),
      let cpuNanoseconds = WireText.number(fields[2], in: 0...UInt64.max),
      let checksum = WireText.word(fields[3])
    else { return nil }
    self.init(nanoseconds: nanoseconds, cpuNanoseconds: cpuNanoseconds, checksum: checksum)
  }
}

/// The answer to `sample`: how the last run was disturbed.
package struct WireSample: Hashable, Sendable {
  /// The share of the workers' time in which they slept, in millionths.
  package var sleepMillionths: Int
  /// How many workers ended on a different CPU than they began on.
  package var migrations: Int
  /// The longest time that a worker waited for a CPU.
  package var delayNanoseconds: UInt64
  /// What disturbed it.
  package var causes: [DropCause]

  package init(_ sample: ArmSample) {
    sleepMillionths = Int((min(1, max(0, sample.sleepShare)) * 1e6).rounded())
    migrations = sample.migrations
    delayNanoseconds = WireText.nanoseconds(sample.delaySeconds)
    causes = sample.disturbances
  }

  /// The lines of the answer.
  package var lines: [String] {
    ["sample \(sleepMillionths) \(migrations) \(delayNanoseconds) \(causes.count)"]
      + causes.map {
        let kind = WireText.escaped($0.kind, spaces: false, limit: 200)
        return "\(kind) \(WireText.escaped($0.text, limit: 2000))"
      }
  }

  /// Reads the lines of an answer; `nil` for anything else.
  package init?(_ lines: [String]) {
    guard let first = lines.first else { return nil }
    let fields = first.split(separator: " ", omittingEmptySubsequences: false)
    guard fields.count == 5, fields[0] == "sample",
      let sleep = WireText.number(fields[1], in: 0...1_000_000),
      let migrations = WireText.number(fields[2], in: 0...Int.max),
      let delay = WireText.number(fields[3], in: 0...UInt64.max),
      WireText.number(fields[4], in: 0...Int.max) == lines.count - 1
    else { return nil }
    (sleepMillionths, self.migrations, delayNanoseconds) = (sleep, migrations, delay)
    causes = []
    for line in lines.dropFirst() {
      let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else { return nil }
      causes.append(
        DropCause(kind: WireText.unescaped(parts[0]), text: WireText.unescaped(parts[1])))
    }
  }
}

/// The answer to `count`.
package struct WireCounts: Hashable, Sendable {
  /// The word that asks for instructions.
  static let instructions = "instructions"

  /// What was counted.
  package var counts: StartCounts

  package init(_ counts: StartCounts) { self.counts = counts }

  /// The line of the answer.
  package var line: String {
    (["counted", "\(counts.calls)"]
      + (counts.least.numbers + counts.most.numbers).map { "\($0)" }).joined(separator: " ")
  }

  /// Reads a line; `nil` for anything else.
  package init?(_ line: String) {
    let fields = line.split(separator: " ", omittingEmptySubsequences: false)
    let numbers = fields.dropFirst().compactMap { WireText.number($0, in: 0...1 << 53) }
    // Four numbers of the least and of the most, or five with the instructions.
    guard fields.first == "counted", [9, 11].contains(numbers.count),
      fields.count == numbers.count + 1, numbers[0] > 0
    else { return nil }
    var (least, most) = (CallCounts(), CallCounts())
    least.numbers = Array(numbers[1...numbers.count / 2])
    most.numbers = Array(numbers[(numbers.count / 2 + 1)...])
    guard zip(least.numbers, most.numbers).allSatisfy({ $0 <= $1 }) else { return nil }
    counts = StartCounts(calls: numbers[0], least: least, most: most)
  }
}

/// The answer to `memory`.
package struct WireMemory: Hashable, Sendable {
  /// How much memory the inputs of all calls of an arm may take together, in bytes.
  package var budget: Int
  /// What the input of a call takes.
  package var memory: CallMemory

  package init(budget: Int, memory: CallMemory) {
    self.budget = budget
    self.memory = memory
  }

  /// The line of the answer for a kernel.
  package func line(_ kernel: AnyKernel) -> String {
    "memory \(budget) \(memory.input)"
      + kernel.variants.map { " \(memory.left[$0.name] ?? 0)" }.joined()
  }

  /// Reads a line about a kernel; `nil` for anything else, also for `memory none`.
  package init?(_ line: String, of kernel: AnyKernel) {
    let fields = line.split(separator: " ", omittingEmptySubsequences: false)
    let numbers = fields.dropFirst().compactMap { WireText.number($0, in: 0...Int.max) }
    guard fields[0] == "memory", numbers.count == fields.count - 1,
      numbers.count == 2 + kernel.variants.count
    else { return nil }
    let left = zip(kernel.variants.map(\.name), numbers.dropFirst(2))
    self.init(
      budget: numbers[0],
      memory: CallMemory(
        input: numbers[1], left: Dictionary(left, uniquingKeysWith: { first, _ in first })))
  }
}

/// An answer `error TEXT`.
package enum WireError: Error, Hashable, Sendable {
  /// A call of a closure threw; the variant's name is the one on the wire, calls count from 1.
  case threw(variant: String, call: Int, text: String)
  /// The input could not be made.
  case input(String)
  /// Anything else.
  case other(String)

  /// What went wrong with an arm of a kernel.
  package init(_ error: MeasurementError, kernel: String, names: WireNames) {
    switch error {
    case .threw(let closure, let call, let text):
      self = .threw(variant: names.variant(closure, of: kernel), call: call, text: text)
    case .input(_, _, let reason): self = .input(reason)
    default: self = .other(error.description)
    }
  }

  /// What it says, for people; it may have several lines.
  package var text: String {
    switch self {
    case .threw(let variant, let call, let text): "\(variant) threw in call \(call): \(text)"
    case .input(let text), .other(let text): text
    }
  }

  /// The line of the answer.
  package var line: String {
    let text =
      switch self {
      case .threw(let variant, let call, let text):
        "threw \(WireText.escaped(variant, spaces: false, limit: 200)) \(call) "
          + WireText.escaped(text, limit: ArmProtocol.longestLine - 300)
      case .input(let text): "input " + WireText.escaped(text, limit: ArmProtocol.longestLine - 20)
      case .other(let text): WireText.escaped(text, limit: ArmProtocol.longestLine - 20)
      }
    return "error \(text)"
  }

  /// Reads a line; `nil` if it is no error.
  package init?(_ line: String) {
    guard line == "error" || line.hasPrefix("error ") else { return nil }
    let text = line.dropFirst(6)
    let words = text.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
    if words[0] == "threw", words.count == 4, let call = WireText.number(words[2], in: 1...Int.max)
    {
      self = .threw(
        variant: WireText.unescaped(words[1]), call: call, text: WireText.unescaped(words[3]))
    } else if words[0] == "input" {
      self = .input(WireText.unescaped(text.dropFirst(6)))
    } else {
      self = .other(WireText.unescaped(text))
    }
  }
}
