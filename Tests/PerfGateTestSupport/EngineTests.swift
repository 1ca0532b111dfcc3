import Foundation
import Testing

extension Trait where Self == ConditionTrait {
  /// A long test of the engine in real time, which needs the machine for itself: a step of CI's own runs
  /// it, one after another.
  public static var engine: Self {
    .enabled(
      if: ProcessInfo.processInfo.environment["PERFGATE_ENGINE_TESTS"] == "1",
      "a long test of the engine: PERFGATE_ENGINE_TESTS=1 swift test --no-parallel --filter Real")
  }
}
