import Foundation
import PerfGateTesting
import Testing

/// Whether this process was started for a round: nothing else has this variable.
let isRound = ProcessInfo.processInfo.environment["LLVM_PROFILE_FILE"] == "/dev/null"

/// A claim that only the right process can serve: its closures return a number of their own, and the
/// other process must agree that they are compared with each other.
func claim(_ number: Int, _ id: String? = nil) -> TestClaim {
  .ratio(atMost: 1.5, id: id, of: { work() ^ number }, to: { work() ^ number })
}

/// A violated claim: if the round were of another claim, it would hold.
func slower(_ id: String? = nil) -> TestClaim {
  .ratio(atMost: 0.5, id: id, of: { work() }, to: { work() })
}

/// Each process finds its own claim, however its test is named and wherever it is.
@Suite struct AddressClaims {
  struct Nested {
    @Suite struct Deeper { @Test(.claim(claim(1))) func nested() {} }
  }

  @Test(.claim(claim(2))) func `a name with (parens), dots... and $`() {}
  @Test(.claim(claim(3))) func overloaded() {}
  @Test(.claim(slower("overloaded.async"))) func overloaded() async {}
  @Test("A name to show [x]*", .claim(claim(4))) func shown() {}
  @Test(.claim(claim(5)), .claim(slower()), .claim(claim(6))) func many() {}
  @Test(.claim(arguments: [1, 2, 3]) { $0 == 2 ? slower() : claim($0) }) func arguments() {}
  @Test(.claim(claim(7))) func cleanEnvironment() {}

  /// Runs in each process; a round that sees what is not its own ends.
  private static let check: Void = {
    let own = ProcessInfo.processInfo.environment
    if own["PERFGATE_CHILD_CLAIM"] != nil || own["PERFGATE_PADDING"] != nil { exit(3) }
  }()

  @Test(
    .claim(
      .ratio(
        atMost: 1.5,
        of: {
          Self.check; return work()
        }, to: work)))
  func noVariableIsLeft() {}
}

@Suite struct BranchClaims {
  @Test(.enabled(if: !isRound), .claim(claim(8))) func skippedInRounds() {}
  @Test(.claim(arguments: isRound ? [2, 1] : [1, 2]) { claim($0) }) func otherArguments() {}
  @Test(.claim(arguments: isRound ? [] : [1]) { claim($0) }) func fewerArguments() {}
}

@Test(.claim(claim(9))) func sameName() {}
