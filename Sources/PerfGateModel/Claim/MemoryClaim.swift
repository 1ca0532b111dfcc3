/// What a program and its processes take in memory is at most `limit` bytes: all of it on one worker, or
/// what each further worker adds.
struct MemoryClaim: ClaimStatement {
  var variant: String
  /// All allowed workers up to this number; `nil`: one worker, and all memory.
  var upTo: Int?
  var size: Int?
  var limit: Double

  var form: ClaimForm { .memory }
  var variants: [String] { [variant] }

  func problem(tasks: Int) -> String? {
    if let size, size < 0 { return "size \(size); use one from 0" }
    guard limit >= 1, limit <= Double(1 << 53) else {
      return "limit \(limit); use a number of bytes from 1"
    }
    return upTo.flatMap { ClaimProblem.workers($0, least: 2) }
  }

  func workers(allowed: Int) -> Int { upTo.map { ClaimProblem.upTo($0, allowed: allowed) } ?? 1 }

  func sides(workers: Int) -> (subject: ClaimSide, reference: ClaimSide) {
    var sides = (ClaimSide.variant(variant, workers), ClaimSide.variant(variant, 1))
    (sides.0.size, sides.1.size) = (size, size)
    return sides
  }

  func quantity(_ words: QuantityWords) -> String {
    let what = upTo == nil ? "memory of" : "memory of each further worker of"
    let size = size.map { ", \($0) \(words.kernel.work.unit)s" } ?? words.size
    return "\(what) \(words.kernel.name)/\(variant) \(words.at)\(size)"
  }
}

extension ClaimForm {
  /// How many bytes a program and its processes take. It is handled as the time over one that takes a
  /// second for each byte.
  public static let memory = ClaimForm(
    "memory", .atMost, isOfBytes: true,
    usualCause: "copies of the input for each worker, buffers that are kept, caches that grow",
    logBound: { limit, _ in -naturalLog(limit) }, value: { quotient, _ in 1 / quotient })

  /// The logarithm that decides, of the bytes of two arms in the same round.
  ///
  /// - Parameter workers: of the subject; 1: all of its bytes, otherwise what each of its workers but
  ///   the first adds to those of the reference, at least half a byte.
  package static func logQuotient(ofBytes subject: Int, over reference: Int, workers: Int) -> Double
  {
    let bytes =
      workers > 1
      ? (Double(subject) - Double(reference)) / Double(workers - 1) : Double(subject)
    // Nothing at all is still below a limit of one byte.
    return -naturalLog(max(0.5, bytes))
  }
}

extension Claim.Kind {
  /// On one worker the program takes at most `atMost` bytes of memory, its processes included.
  ///
  /// - Parameter size: the size of a task; `nil`: the kernel's own.
  public static func memory(
    variant: String, size: Int? = nil, atMost bytes: Int
  ) -> Claim.Kind {
    Claim.Kind(MemoryClaim(variant: variant, upTo: nil, size: size, limit: Double(bytes)))
  }

  /// With all allowed workers up to `upTo`, each of them but the first adds at most `atMost` bytes of
  /// memory.
  ///
  /// - Parameter size: the size of a task; `nil`: the kernel's own.
  public static func memoryOfWorkers(
    variant: String, upTo: Int, size: Int? = nil, atMost bytes: Int
  ) -> Claim.Kind {
    Claim.Kind(MemoryClaim(variant: variant, upTo: upTo, size: size, limit: Double(bytes)))
  }
}
