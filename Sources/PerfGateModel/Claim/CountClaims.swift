/// A call of a variant does something at most `most` times: allocates, retains. It is counted, not timed.
struct CountClaim: ClaimStatement {
  var counter: Counter
  var variant: String
  var size: Int?
  var most: Int

  var form: ClaimForm { ClaimForm.counted(counter) }
  var limit: Double { Double(most) }
  var variants: [String] { [variant] }

  func problem(tasks: Int) -> String? {
    if let size, size < 0 { return "size \(size); use one from 0" }
    guard 0...1 << 53 ~= most else { return "at most \(most); use a whole number from 0" }
    return nil
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

  /// The form of claims about a counter.
  package static func counted(_ counter: Counter) -> ClaimForm {
    switch counter {
    case .allocations: .allocations
    case .allocatedBytes: .allocatedBytes
    case .retains: .retains
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
  /// A task of a variant allocates at most `atMost` times.
  ///
  /// - Parameter size: the size of the task; `nil`: the kernel's own, or 1,000.
  public static func allocations(
    variant: String, size: Int? = nil, atMost most: Int
  ) -> Claim.Kind {
    Claim.Kind(CountClaim(counter: .allocations, variant: variant, size: size, most: most))
  }

  /// A task of a variant asks for at most `atMost` bytes.
  ///
  /// - Parameter size: the size of the task; `nil`: the kernel's own, or 1,000.
  public static func allocatedBytes(
    variant: String, size: Int? = nil, atMost most: Int
  ) -> Claim.Kind {
    Claim.Kind(CountClaim(counter: .allocatedBytes, variant: variant, size: size, most: most))
  }

  /// A task of a variant takes at most `atMost` references to objects.
  ///
  /// - Parameter size: the size of the task; `nil`: the kernel's own, or 1,000.
  public static func retains(
    variant: String, size: Int? = nil, atMost most: Int
  ) -> Claim.Kind {
    Claim.Kind(CountClaim(counter: .retains, variant: variant, size: size, most: most))
  }
}
