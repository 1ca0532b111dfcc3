import CPerfGateSystem
import Foundation
import PerfGate

/// The test bundle of this process, as the program whose processes run the closures of one claim.
enum TestBundle {
  /// How long a start may take at least, and how many times as long as in this process, in seconds.
  private static let startTimeout = (least: 30.0, patience: 10.0)

  /// The program for a claim, or why all of its rounds are of this process.
  ///
  /// - Parameter reachedAfter: how long the test ran in this process until it reached the claim, in
  ///   seconds.
  static func program(
    for address: ClaimAddress, reachedAfter: Double = 0, settings: Settings
  ) -> Result<ArmProgram, StartRefusal> {
    if settings.oneProcess { return .failure(.requested) }
    if let refusal = StartRefusal.current([:]) { return .failure(refusal) }
    guard let arguments = arguments(for: address.position) else {
      return .failure(.unavailable("XCTest cannot be asked for \(address.position.test) alone"))
    }
    return .success(
      ArmProgram(
        name: "the process of \(address.position.test)", path: ArmProgram.ownPath,
        nameArgument: CommandLine.arguments.first, arguments: arguments,
        environment: environment(for: address, from: ProcessInfo.processInfo.environment),
        socket: .descriptor3,
        startTimeout: startTimeout.least + startTimeout.patience * reachedAfter,
        // A test that does not reach its claim again must be told.
        mustGreet: true))
  }

  /// The arguments that make the bundle run one test; `nil`: there are none for it.
  static func arguments(for position: ClaimAddress.Position) -> [String]? {
    switch position.framework {
    case .swiftTesting:
      let pattern = NSRegularExpression.escapedPattern(for: position.test)
      return [
        "--testing-library", "swift-testing", "--filter", "^\(pattern)$", "--quiet",
        "--no-parallel",
      ]
    case .xctest:
      // XCTest takes a comma as the beginning of another name.
      return position.test.contains(",") ? nil : [position.test]
    }
  }

  /// The environment of a child, which reports to nobody but its parent.
  static func environment(
    for address: ClaimAddress, from own: [String: String]
  ) -> [String: String] {
    var environment = ArmProgram.environment(from: own)
    for name in own.keys
    where name.hasPrefix("SWT_") || name == "XCTestConfigurationFilePath" {
      environment[name] = nil
    }
    // A bundle that counts covered lines would write a file where this one does.
    environment["LLVM_PROFILE_FILE"] = "/dev/null"
    environment[variable] = address.text
    return environment
  }

  /// The variable that tells a child its claim.
  static let variable = PGP_BUNDLE_VARIABLE
}
