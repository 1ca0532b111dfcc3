/// Why a claim is not decided, with the numbers. PerfGateReport turns it into a sentence.
///
/// Each case belongs to one ``Cause``, for programs.
public indirect enum Reason: Hashable, Sendable, Codable {
  // MARK: The machine

  /// The claim needs more cores than are allowed; `quota` is the quota that limits them, if any.
  case needsCores(Int, allowed: Int, quota: String?)
  /// The claim needs more ranks than the launcher has started.
  case needsRanks(Int, started: Int)
  /// This CPU lacks the instructions that a variant needs.
  case unsupportedVariant(String, kernel: String)
  /// The program in another language that a variant belongs to cannot run here; why.
  case programUnavailable(String, why: String)
  /// A program in another language that has no workers.
  case onlyOneThread(String, workers: Int)
  /// An executor needs worker processes, but the code cannot run in another process, or this program
  /// cannot be started as one.
  case noWorkerProcesses(executor: String, isClosure: Bool)
  /// Memory and counts are those of new processes, and there are none here.
  case noStarts
  /// What a claim is about cannot be counted here.
  case notCounted(NotCounted)
  /// The machine's own speedup was not measured.
  case ceilingUnknown(workers: Int, cause: Cause)
  /// The machine itself does not reach the limit.
  case ceilingTooLow(reached: Double, limit: Double, workers: Int)
  /// It is not shown that the machine itself could reach the limit.
  case ceilingOpen(reached: Double, limit: Double, workers: Int, isDisturbed: Bool)

  // MARK: Disturbance

  /// Most rounds were dropped; `common` is the most frequent cause.
  case discarded(Int, kept: Int, stage: Stage, common: CommonCause?)
  /// A round waits so long for CPUs that others use that too few rounds fit into the budget.
  case waitsForCPUs(RoundCost, delaySeconds: Double, neighbors: [String])
  /// Another program is measuring on this machine.
  case machineTaken(String)
  /// The machine was too busy to start.
  case noRoom(String)

  // MARK: Work that is not proven

  /// A variant's work is not proven.
  case unproven(variant: String, finding: String)
  /// The speedup is above the machine's own, so work was not done.
  case aboveCeiling(least: Double, ceiling: Double)

  // MARK: The build

  /// The program was built with a sanitizer or for coverage.
  case instrumented(String)
  /// The closures of a test were built without optimization.
  case unoptimizedClosures
  /// Variants of a kernel were built without optimization.
  case unoptimizedVariants([String], kernel: String)
  /// The measured code calls targets that were built without optimization.
  case unoptimizedTargets([String], of: String)
  /// It is not known how the code was built.
  case unknownOptimization(String)

  // MARK: Baselines

  /// No folder of baselines was given.
  case noBaselines
  /// Nothing is stored for this machine and build.
  case noBaseline(MissingBaseline)
  /// The stored sessions are of another quantity.
  case otherQuantity(stored: String, current: String, recordCommand: String)
  /// Nothing is stored yet: this is the first session.
  case firstSession
  /// Sessions are stored, but those of one process cannot be compared with those of many.
  case otherKindOfSessions(Int, isOfStarts: Bool)
  /// Too few sessions are stored for more than advice.
  case fewSessions(Int, advice: Advice)

  // MARK: The budget

  /// The caller skips all claims: the budget is 0.
  case budgetIsZero
  /// The budget does not allow enough rounds; `setting` raises it.
  case budgetTooSmall(RoundCost, setting: String)
  /// One call of each closure takes so long that too few rounds fit into the budget.
  case callsTooLong([CallTime], budget: Double)

  // MARK: Mistakes

  /// There is no such kernel.
  case unknownKernel(String, known: [String])
  /// The kernel has no such variant.
  case unknownVariant(String, kernel: String, known: [String])
  /// There is no such executor.
  case unknownExecutor(String, known: [String])
  /// Another claim has the same name.
  case sameName(String)
  /// The series is in the record already.
  case measuredBefore(String)
  /// The workers cannot share this few tasks evenly enough to reach the limit.
  case outOfReach(tasks: Int, of: String?, workers: Int, kind: String, most: Double)
  /// A call takes hardly longer than an empty one.
  case emptyCall(String, times: Double)
  /// The inputs of the fewest calls do not fit into memory.
  case inputsTooLarge(CallInputsCost, needed: Int)
  /// All the calls whose inputs fit into memory together take too little time.
  case inputsTooShort(CallInputsCost, calls: Int, closure: String, seconds: Double, needed: Double)

  // MARK: Measured but not decided

  /// Nothing was measured.
  case noRounds
  /// Only one round was measured.
  case oneRound(isDisturbed: Bool)
  /// All rounds were measured. About `needed` rounds would decide; `nil`: no number of rounds
  /// would.
  case spent(rounds: Int, needed: Int?)
  /// The rounds ended early.
  case cutShort(rounds: Int, of: Int, needed: Int?, isDisturbed: Bool)
  /// The rounds that confirm a suspicion ended early.
  case confirmationCutShort(rounds: Int, of: Int, isDisturbed: Bool)
  /// Some starts have more than the stored count, others have not.
  case countsDiffer(least: Int, most: Int, stored: Int)
  /// New rounds did not confirm the suspicion.
  case notConfirmed
  /// Too few rounds of a session were measured.
  case sessionCutShort(rounds: Int, of: Int, least: Int, isDisturbed: Bool)
  /// No session can have such a value.
  case impossibleValue(Double)
  /// The stored sessions differ too much to decide.
  case sessionsDiffer(Int, deviation: Double)

  /// A sentence of an earlier version.
  case told(String, cause: Cause?)
}

extension Reason {
  /// Why something cannot be counted.
  public enum NotCounted: Hashable, Sendable, Codable {
    /// There is no way to count on this system.
    case unknownSystem
    /// Retains are not seen on this processor, or because the runtime is part of the program.
    case noReferences
    /// Another allocator was loaded; its file.
    case otherAllocator(String)
    /// A variant's code runs in other processes or programs.
    case elsewhere(String)
    /// The processor's counter of instructions cannot be had.
    case noInstructionCounter(CounterRefusal)
    /// Programs cannot be run under valgrind; why.
    case noValgrind(String)
    /// The counter was there, but could not be read.
    case unreadable
  }

  /// Why the processor's counter cannot be had.
  public enum CounterRefusal: Hashable, Sendable, Codable {
    /// The system forbids it; its setting `kernel.perf_event_paranoid` if that is known.
    case forbidden(paranoid: Int?)
    /// The kernel does not know it.
    case noPerfEvents
    /// Others use all counters.
    case taken
    /// The processor shows none, as in most virtual machines; the system's error number.
    case noCounter(error: Int)
  }

  /// The most frequent cause of dropped rounds.
  public struct CommonCause: Hashable, Sendable, Codable {
    /// The number of dropped rounds with this cause.
    public var count: Int
    /// An example, in words.
    public var example: String
  }

  /// The cost of rounds, and how many the budget allows.
  public struct RoundCost: Hashable, Sendable, Codable {
    /// How long a round takes, in seconds.
    public var roundSeconds: Double
    /// How long all rounds may take, in seconds.
    public var budgetSeconds: Double
    /// The number of rounds that fit; at least 16 are needed.
    public var rounds: Int

    package init(roundSeconds: Double, budgetSeconds: Double) {
      self.roundSeconds = roundSeconds
      self.budgetSeconds = budgetSeconds
      rounds = Reason.wholeNumber(budgetSeconds / max(roundSeconds, 1e-9))
    }
  }

  /// Which baseline is missing.
  public struct MissingBaseline: Hashable, Sendable, Codable {
    /// The machine's key.
    public var key: String
    /// The most similar machine with stored sessions, which are not used.
    public var nearest: String?
    /// Which file to rename if sessions may be stored under a former key.
    public var renaming: String?
    /// The program's build configuration.
    public var configuration: String
    /// The command that records a session.
    public var recordCommand: String
  }

  /// What too few sessions suggest.
  public enum Advice: String, Hashable, Sendable, Codable {
    /// Within the limit.
    case holds
    /// Beyond the limit.
    case violated
    /// Not decided.
    case inconclusive
  }

  /// How long one call of a closure takes.
  public struct CallTime: Hashable, Sendable, Codable {
    /// The closure's name.
    public var closure: String
    /// How long a call takes, in seconds.
    public var seconds: Double

    package init(closure: String, seconds: Double) {
      self.closure = closure
      self.seconds = seconds
    }
  }

  /// The memory for the inputs of calls.
  public struct CallInputsCost: Hashable, Sendable, Codable {
    /// The size of one input, in bytes.
    public var inputBytes: Int
    /// How much all inputs of an arm may take, in bytes.
    public var budgetBytes: Int

    package init(inputBytes: Int, budgetBytes: Int) {
      self.inputBytes = inputBytes
      self.budgetBytes = budgetBytes
    }
  }
}

extension Reason {
  /// The cause of the reason; `nil` for a sentence of an earlier version, which has none.
  public var cause: Cause? {
    switch self {
    case .needsCores, .needsRanks, .unsupportedVariant, .programUnavailable, .noStarts,
      .ceilingTooLow:
      .hardware
    case .noWorkerProcesses(_, let isClosure): isClosure ? .mistake : .hardware
    case .notCounted(let why):
      switch why {
      case .otherAllocator: .build
      case .noReferences, .unknownSystem, .noInstructionCounter, .noValgrind, .unreadable: .hardware
      case .elsewhere: .mistake
      }
    case .ceilingUnknown(_, let cause): cause
    case .ceilingOpen(_, _, _, let isDisturbed):
      isDisturbed ? .disturbed : .hardware
    case .discarded, .waitsForCPUs, .machineTaken, .noRoom: .disturbed
    case .unproven, .aboveCeiling: .notProven
    case .instrumented, .unoptimizedClosures, .unoptimizedVariants, .unoptimizedTargets,
      .unknownOptimization:
      .build
    case .noBaselines, .noBaseline, .otherQuantity, .firstSession, .otherKindOfSessions,
      .fewSessions:
      .baseline
    case .budgetIsZero: .skipped
    case .budgetTooSmall, .callsTooLong: .budget
    case .unknownKernel, .unknownVariant, .unknownExecutor, .sameName, .measuredBefore, .outOfReach,
      .onlyOneThread, .emptyCall, .inputsTooLarge, .inputsTooShort:
      .mistake
    case .noRounds: .unfinished
    case .spent, .notConfirmed, .sessionsDiffer, .countsDiffer, .impossibleValue: .undecided
    case .oneRound(let isDisturbed), .cutShort(_, _, _, let isDisturbed),
      .confirmationCutShort(_, _, let isDisturbed), .sessionCutShort(_, _, _, let isDisturbed):
      isDisturbed ? .disturbed : .unfinished
    case .told(_, let cause): cause
    }
  }
}

extension Reason {
  /// A quotient as a whole number; of a damaged record, whose numbers may be any, the nearest there is.
  package static func wholeNumber(_ value: Double) -> Int {
    Int(exactly: value.rounded(.down)) ?? (value > 0 ? .max : 0)
  }
}
