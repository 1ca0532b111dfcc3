/// How closures are called. They may throw (see `ThrownErrors`), and each call may have an input.
@usableFromInline
package struct ClosureCalls: Sendable {
  /// The variant's name of a claim's only closure.
  package static let only = "work"
  /// The variant's name of the first of two closures if it has no label.
  package static let first = "faster"

  /// A closure in words: by its label in the test, or by its position.
  package static func words(_ name: String) -> String {
    switch name {
    case only: "the closure"
    case first: "the first closure"
    default: "the `\(name):` closure"
    }
  }

  /// The inputs of the calls, one for each; `nil`: they have none.
  package let inputs: CallInputs?
  /// A closure that does nothing, called in the same way, so that what the call itself does is not counted;
  /// `nil`: that is nothing.
  package let empty: TaskCode?

  package init(inputs: CallInputs? = nil, empty: TaskCode? = nil) {
    self.inputs = inputs
    self.empty = empty
  }
}

/// An input for each call of an arm. Inputs are made before the arm starts and removed after it
/// ends, on the workers, in separate rounds that are not timed.
package struct CallInputs: Sendable {
  /// Makes room for the inputs of this many calls, and removes all earlier inputs.
  package let reserve: @Sendable (_ count: Int) -> Void
  /// Makes the input of a call.
  package let make: TaskBody
  /// Removes the input of a call, and returns 64 bits that represent its final contents.
  package let take: TaskBody
  /// Whether the final contents of the inputs are compared, because the calls return nothing.
  package let areResults: Bool

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
