/// What a session of a baseline stores of a claim: a number that can be compared with another day's.
public enum Quantity: Hashable, Sendable {
  /// The time of a variant over that of a reference kernel in the same rounds (arithmetic in
  /// registers, or a walk through memory), each for one unit of its work.
  case time(variant: String, workers: Int = 1)
  /// The time of one variant over that of another.
  case ratio(subject: String, reference: String, workers: Int = 1)
  /// How much faster than one worker as many are as are allowed, up to `upTo`.
  case speedup(variant: String, upTo: Int)

  /// Why it cannot be measured; `nil` when it can.
  var problem: String? {
    switch self {
    case .time(_, let workers): workers < 1 ? "\(workers) workers; use at least 1" : nil
    case .ratio(let subject, let reference, let workers):
      subject == reference
        ? "it compares \(subject) with itself; name two variants"
        : workers < 1 ? "\(workers) workers; use at least 1" : nil
    case .speedup(_, let workers): workers < 2 ? "\(workers) workers; use at least 2" : nil
    }
  }
}

extension Claim {
  /// What the claim's figure is, in words; two sessions with the same words can be compared.
  func quantity(_ kernel: AnyKernel, workers: Int) -> String {
    let at = "at \(workers) \(workers == 1 ? "worker" : "workers")"
    // Where the size is given it decides which cache is hot; where it is found it does not matter.
    let size = kernel.work.defaultSize.map { ", \($0) \(kernel.work.unit)s" } ?? ""
    func ratio(_ subject: String, _ reference: String) -> String {
      "time of \(self.kernel)/\(subject) over \(reference) \(at)\(size)"
    }
    func speedup(_ variant: String) -> String {
      "speedup of \(self.kernel)/\(variant) \(at), \(tasks) tasks\(size)"
    }
    switch kind {
    case .ratio(let subject, let reference, _, _),
      .baseline(.ratio(let subject, let reference, _), _):
      return ratio(subject, reference)
    case .faster(let subject, let reference, _, _):
      return ratio(reference, subject)
    case .speedup(let variant, _, _), .baseline(.speedup(let variant, _), _):
      return speedup(variant)
    case .efficiency(let variant, _, _): return speedup(variant) + ", by worker"
    case .flatOverSizes(let variant, let from, let to, _):
      return "time of \(self.kernel)/\(variant) at size \(to) over \(from)"
    case .flatOverWorkers(let variant, _, _):
      return "time of \(self.kernel)/\(variant) \(at) over 1\(size)"
    case .baseline(.time(let variant, _), _):
      let unit = kernel.work.growth == .linear ? kernel.work.unit : "task"
      return ratio(variant, ReferenceKernel.of(kernel).name) + ", by \(unit)"
    }
  }
}
