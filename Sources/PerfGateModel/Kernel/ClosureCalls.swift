/// What stands around the calls of closures, which may throw (see `ThrownErrors`): an input for each.
@usableFromInline
package struct ClosureCalls: Sendable {
  /// The name of a closure that is the only one.
  package static let only = "work"
  /// The name of the first of two closures, where it has no label.
  package static let first = "faster"

  /// A closure as it is written in a test: `of:`, or by its place.
  package static func words(_ name: String) -> String {
    switch name {
    case only: "the closure"
    case first: "the first closure"
    default: "the closure \(name):"
    }
  }

  /// The inputs of calls that have one each; `nil`: they have none.
  package let inputs: CallInputs?

  /// Calls that may throw, and may have inputs.
  package init(inputs: CallInputs? = nil) { self.inputs = inputs }
}

/// An input for each call of an arm: made before the arm starts, taken away after it has ended.
///
/// Both happen on the workers, in rounds of their own whose time nobody counts.
package struct CallInputs: Sendable {
  /// Makes room for the inputs of so many calls; what is still there goes.
  package let reserve: @Sendable (_ count: Int) -> Void
  /// Makes the input of a call.
  package let make: TaskBody
  /// Takes the input of a call away, and returns what stands for what is left in it.
  package let take: TaskBody
  /// Whether what is left in the inputs is compared, because the calls return nothing.
  package let areResults: Bool

  /// Inputs of calls.
  package init(
    areResults: Bool, reserve: @escaping @Sendable (_ count: Int) -> Void,
    make: @escaping TaskBody, take: @escaping TaskBody
  ) {
    self.areResults = areResults
    self.reserve = reserve
    self.make = make
    self.take = take
  }
}
