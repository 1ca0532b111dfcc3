import CPerfGateSystem
import Testing

extension Trait where Self == ConditionTrait {
  /// Tests of what is told of claims: of a build with a sanitizer nothing is told but that.
  public static var uninstrumented: Self {
    .enabled(if: pgp_instrumentation() == nil, "claims are not judged in a build with a sanitizer")
  }
}
