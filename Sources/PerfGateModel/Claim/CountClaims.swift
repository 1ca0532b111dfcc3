/// A call of a variant does something at most so many times: allocates, retains. It is counted, not timed.
struct CountClaim: ClaimStatement {
  var counter: Counter
  var variant: String
  var size: Int?
  var most: CountBound

  var form: ClaimForm { ClaimForm.counted(counter) }
  /// That of a stored count is known when it is read.
  var limit: Double { if case .number(let most) = most { Double(most) } else { 0 } }
  var storedCountMargin: Double? {
    if case .stored(let margin) = most { margin } else { nil }
  }
  var variants: [String] { [variant] }

  func problem(tasks: Int) -> String? {
    if let size, size < 0 { return "size \(size); use one from 0" }
    switch most {
    case .number(let most):
      return 0...1 << 53 ~= most ? nil : "at most \(most); use a whole number from 0"
    case .stored(let margin):
      return (0...1).contains(margin)
        ? nil : "\(margin) means \(margin * 100) %; use 0 to 1, and write 0.01 for 1 %"
    }
  }

  func workers(allowed: Int) -> Int { 1 }

  func sides(workers: Int) -> (subject: ClaimSide, reference: ClaimSide) {
    var side = ClaimSide.variant(variant, 1)
    side.size = size
    return (side, side)
  }

  func quantity(_ words: QuantityWords) -> String {
    let size = size.map { ", \($0) \(words.kernel.work.unit)s" } ?? words.size
    return "\(form.unit ?? form.name) of \(words.kernel.name)/\(variant)\(size)"
  }
}

extension ClaimForm {
  /// How often a call allocates.
  public static let allocations = ClaimForm(
    .allocations, unit: "allocations a call",
    usualCause: "an array or string that grows, an object or closure that escapes, a value in an "
      + "existential")
  /// How many bytes a call asks for.
  public static let allocatedBytes = ClaimForm(
    .allocatedBytes, unit: "bytes allocated a call",
    usualCause: "copies of arrays and strings, buffers that are larger than they must be")
  /// How many references to objects a call takes.
  public static let retains = ClaimForm(
    .retains, unit: "retains a call",
    usualCause: "objects in loops, captured objects, copies of arrays and strings")

  /// How many instructions a call takes.
  public static let instructions = ClaimForm(
    .instructions, unit: "instructions a call", usualCause: moreInstructions)
  /// The same, as valgrind counts them.
  public static let valgrindInstructions = ClaimForm(
    .valgrindInstructions, unit: "instructions a call under valgrind", usualCause: moreInstructions)

  private static let moreInstructions =
    "more work a call, code that is no longer inlined or specialized, checks in loops"

  /// The form of claims about a counter.
  package static func counted(_ counter: Counter) -> ClaimForm {
    switch counter {
    case .allocations: .allocations
    case .allocatedBytes: .allocatedBytes
    case .retains: .retains
    case .instructions: .instructions
    case .valgrindInstructions: .valgrindInstructions
    }
  }

  /// No ratio decides such a claim.
  private init(_ counter: Counter, unit: String, usualCause: String) {
    self.init(
      counter.rawValue, .atMost, counter: counter, unit: unit, usualCause: usualCause,
      logBound: { _, _ in 0 }, value: { quotient, _ in quotient })
  }
}

extension Claim.Kind {
  /// A task of a variant allocates at most `atMost` times, or as often as stored.
  ///
  /// - Parameter size: the size of the task; `nil`: the kernel's own, or 1,000.
  public static func allocations(
    variant: String, size: Int? = nil, atMost most: some CountLimit
  ) -> Claim.Kind {
    Claim.Kind(CountClaim(counter: .allocations, variant: variant, size: size, most: most.bound))
  }

  /// A task of a variant asks for at most `atMost` bytes, or as many as stored.
  ///
  /// - Parameter size: the size of the task; `nil`: the kernel's own, or 1,000.
  public static func allocatedBytes(
    variant: String, size: Int? = nil, atMost most: some CountLimit
  ) -> Claim.Kind {
    Claim.Kind(CountClaim(counter: .allocatedBytes, variant: variant, size: size, most: most.bound))
  }

  /// A task of a variant takes at most `atMost` references to objects, or as many as stored.
  ///
  /// - Parameter size: the size of the task; `nil`: the kernel's own, or 1,000.
  public static func retains(
    variant: String, size: Int? = nil, atMost most: some CountLimit
  ) -> Claim.Kind {
    Claim.Kind(CountClaim(counter: .retains, variant: variant, size: size, most: most.bound))
  }

  /// A task of a variant takes at most `atMost` instructions, or as many as stored.
  ///
  /// - Parameters:
  ///   - size: the size of the task; `nil`: the kernel's own, or 1,000.
  ///   - source: what counts them. The processor's numbers are not those of valgrind.
  public static func instructions(
    variant: String, size: Int? = nil, atMost most: some CountLimit,
    by source: InstructionSource = .processor
  ) -> Claim.Kind {
    Claim.Kind(
      CountClaim(counter: source.counter, variant: variant, size: size, most: most.bound))
  }
}

/// What counts instructions.
public enum InstructionSource: Hashable, Sendable {
  /// The processor's own counter, through `perf_event_open`: all that really runs, on all threads.
  case processor
  /// Valgrind's tool callgrind: the same in each run, where the processor's counter is not to be had
  /// too; some fifty times as slow, and on a simulated processor.
  case valgrind

  package var counter: Counter { self == .processor ? .instructions : .valgrindInstructions }
}
