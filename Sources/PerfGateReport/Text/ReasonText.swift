import PerfGateModel

/// The sentences of reasons and remarks.
package enum ReasonText {
  /// The sentence of a reason: what was found, with its numbers, and what to do.
  package static func sentence(_ reason: Reason) -> String {
    switch reason {
    case .needsCores(let needed, let allowed, let quota):
      "needs \(needed) cores, \(allowed) allowed\(quota.map { " (quota \($0))" } ?? "")"
    case .needsRanks(let needed, let started):
      "needs \(needed) ranks, \(started) started"
    case .unsupportedVariant(let name, let kernel):
      "this CPU does not support \(name) of kernel \(kernel)"
    case .programUnavailable(let name, let why): "\(name) \(why)"
    case .onlyOneThread(let name, let workers):
      "\(name) runs on one thread here, the claim is about \(workers) workers"
    case .noWorkerProcesses(let executor, let isClosure):
      isClosure
        ? "closures cannot run in the worker processes of executor \(executor): claim about a kernel, "
          + "or choose another executor"
        : "executor \(executor) starts its program again, which a test bundle cannot be: judge it by "
          + "an executable that calls perfGateMain, as perfgate run does"
    case .noStarts:
      "memory and counts are those of new processes: this run starts none (PERFGATE_STARTS=1, a "
        + "debugger), or the system does not tell their memory"
    case .notCounted(let why): notCounted(why)
    case .ceilingUnknown(let workers, _):
      "the machine's own speedup at \(workers) workers is not known"
    case .ceilingTooLow(let reached, let limit, let workers):
      "\(machineReaches(reached, workers)), \(limit) is claimed"
    case .ceilingOpen(let reached, let limit, let workers, _):
      "\(machineReaches(reached, workers)), which does not show that \(limit) is possible"
    case .discarded(let dropped, let kept, let stage, let common):
      discarded(dropped, kept, stage, common)
    case .waitsForCPUs(let cost, let delay, let neighbors): waits(cost, delay, neighbors)
    case .machineTaken(let text), .noRoom(let text): text
    case .unproven(let variant, let finding): "work not proven: \(variant): \(finding)"
    case .aboveCeiling(let least, let ceiling):
      "work not proven: \(rounded(least)) or more is above what the machine itself reaches, "
        + "\(rounded(ceiling)) at most"
    case .instrumented(let name): "built with \(name); build without it"
    case .unoptimizedClosures:
      "the closures of this test were built without optimization: run swift test -c release"
    case .unoptimizedVariants(let names, let kernel):
      "\(list(names)) of \(kernel) was built without optimization: run swift test -c release"
    case .unoptimizedTargets(let names, let target): unoptimized(names, of: target)
    case .unknownOptimization(let why):
      "it is not known whether what it calls was built with optimization (\(why)); "
        + "run swift test -c release"
    case .noBaselines, .noBaseline, .otherQuantity, .firstSession, .otherKindOfSessions,
      .budgetIsZero, .budgetTooSmall, .callsTooLong, .unknownKernel, .unknownVariant,
      .unknownExecutor, .sameName,
      .measuredBefore, .outOfReach, .emptyCall, .inputsTooLarge, .inputsTooShort:
      sentenceOfPlan(reason)
    case .noRounds, .oneRound, .spent, .cutShort, .confirmationCutShort, .notConfirmed,
      .sessionCutShort, .impossibleValue, .fewSessions, .sessionsDiffer,
      .countsDiffer, .told:
      sentenceOfRounds(reason)
    }
  }

  private static func notCounted(_ why: Reason.NotCounted) -> String {
    switch why {
    case .unknownSystem: "allocations are counted on Linux with glibc, on x86-64 and arm64 only"
    case .noReferences:
      "retains are counted on x86-64 only, with Swift's library apart from the program"
    case .otherAllocator(let file):
      "\(file) is loaded instead of the allocator of the system, and asks it for other amounts; run "
        + "without it"
    case .elsewhere(let name):
      "\(name) runs in other processes, or in another program"
    case .noInstructionCounter(let refusal):
      "\(noInstructionCounter(refusal)), or count under valgrind (by: .valgrind)"
    case .noValgrind(let why): why
    case .unreadable: "the processor's counter could not be read: others use it; try again"
    }
  }

  /// Why the processor's counter cannot be had, and what would make it so.
  private static func noInstructionCounter(_ refusal: Reason.CounterRefusal) -> String {
    switch refusal {
    case .forbidden(let paranoid?) where paranoid > 2:
      "kernel.perf_event_paranoid is \(paranoid), which forbids to count instructions: set it to 2 "
        + "(sysctl kernel.perf_event_paranoid=2)"
    case .forbidden:
      "perf_event_open is forbidden here, as in many containers: allow it (--cap-add=PERFMON, and a "
        + "seccomp profile that has it)"
    case .noPerfEvents: "the kernel has no perf_event_open: use one that has"
    case .taken: "others use all counters of the processor: end them"
    case .noCounter(let error):
      "this machine shows no counter of instructions (error \(error)), as most virtual machines: give "
        + "the guest a PMU, use a machine of your own"
    }
  }

  /// Reasons known before any round: baselines, the budget, mistakes.
  private static func sentenceOfPlan(_ reason: Reason) -> String {
    switch reason {
    case .noBaselines: "no baselines were given"
    case .noBaseline(let missing): noBaseline(missing)
    case .otherQuantity(let stored, let current, let command):
      "the stored sessions are of the \(stored), this claim is about the \(current); "
        + "record new ones: \(command)"
    case .firstSession: "nothing is stored yet"
    case .otherKindOfSessions(let count, let isOfStarts):
      isOfStarts
        ? "the \(count) stored sessions are of one process each, today's rounds of many; store new ones"
        : "the \(count) stored sessions are of many processes each, today's rounds of one"
    case .budgetIsZero: "skipped: the budget is 0"
    case .budgetTooSmall(let cost, let setting):
      "a round takes \(shortened(cost.roundSeconds)) s, \(affordable(cost)); raise \(setting)"
    case .callsTooLong(let calls, let budget): callsTooLong(calls, budget)
    case .unknownKernel(let name, let known):
      "there is no kernel \(name): expected \(list(known))"
    case .unknownVariant(let name, let kernel, let known):
      "kernel \(kernel) has no variant \(name): expected \(list(known))"
    case .unknownExecutor(let name, let known):
      "there is no executor \(name): expected \(list(known))"
    case .sameName(let id): "another claim is called \(id); rename one"
    case .measuredBefore(let series):
      "\(series) was measured before in this record; judge in a new one"
    case .outOfReach(let tasks, nil, let workers, let kind, let most):
      "\(tasks) equal tasks on \(workers) workers reach at most \(kind) \(rounded(most))"
    case .outOfReach(let tasks, let kernel?, let workers, let kind, let most):
      "\(tasks) tasks of \(kernel) on \(workers) workers reach at most \(kind) \(rounded(most)); "
        + "use a smaller size"
    case .emptyCall(let name, let times):
      "\(name): a call takes \(rounded(times)) times as long as one that does nothing: the "
        + "optimizer removed its work (return its result), or it is too short (do more in a call)"
    case .inputsTooLarge(let cost, let needed):
      "\(inputs(cost)), \(needed) calls are needed; make the input smaller"
    case .inputsTooShort(let cost, let calls, let closure, let seconds, let needed):
      "\(inputs(cost)), and \(calls) calls of \(ClosureCalls.words(closure)) last "
        + "\(Format.callTime(seconds)), \(Format.callTime(needed)) are needed; make the input "
        + "smaller, or do more in a call"
    default: "\(reason)"
    }
  }

  /// Reasons why the measured rounds do not decide.
  private static func sentenceOfRounds(_ reason: Reason) -> String {
    switch reason {
    case .oneRound: "1 round"
    case .spent(let rounds, let needed): "\(rounds) rounds are spent, \(wouldDecide(needed))"
    case .cutShort(let rounds, let most, let needed, _):
      "\(measured(rounds, of: most)), \(wouldDecide(needed))"
    case .confirmationCutShort(let rounds, let most, _):
      "not confirmed: \(measured(rounds, of: most)) to confirm it"
    case .notConfirmed: "not confirmed by a second sequence of rounds"
    case .sessionCutShort(let rounds, let most, let least, _):
      "\(measured(rounds, of: most)), a session needs \(least)"
    case .impossibleValue(let value): "its value is \(value)"
    case .fewSessions(let count, let advice): fewSessions(count, advice)
    case .countsDiffer(let least, let most, let stored):
      "calls differ, \(least) to \(most), and not all starts are above the stored \(stored); claim a "
        + "number, or store again"
    case .sessionsDiffer(let count, let deviation):
      "\(count) stored sessions that differ by \((deviation * 1000).rounded() / 10) % do not decide "
        + "it; record more"
    case .told(let text, _): text
    case .noRounds: "no rounds were measured"
    default: "\(reason)"
    }
  }
}

// MARK: - Remarks

extension ReasonText {
  /// The sentence of a remark.
  package static func sentence(_ remark: Remark) -> String {
    switch remark {
    case .better(let change, let command):
      "better than its baseline by \(percent(change)): renew it, so that the gain is kept "
        + "(\(command))"
    case .otherToolchain(let stored, let current):
      "the baseline was recorded with \(stored), this is \(current)"
    case .storedLimit(let date, let machine):
      "the limit was stored on \(date.prefix(10))" + (machine.map { " on \($0)" } ?? "")
    case .creep(let change): "worse than the pinned session by \(percent(change))"
    case .imbalance(let isSubjectFast):
      "\(isSubjectFast ? "the side that is judged" : "the side it is compared with") takes less than "
        + "a hundredth of the other's time: as a rule its result is cached, or its work was moved out "
        + "of the call; see that each call does the work"
    case .told(let text): text
    }
  }

  /// The sentences that go into a record's JSON.
  static let sentences = Sentences(
    reason: { sentence($0) }, remark: { sentence($0) })
}

extension ClaimResult {
  /// The sentence that says why the claim is not decided; `nil` if it is decided.
  package var sentence: String? { reason.map { ReasonText.sentence($0) } }

  /// The sentences of all remarks; `nil` if there are none.
  package var note: String? {
    remarks.isEmpty ? nil : remarks.map(ReasonText.sentence).joined(separator: "; ")
  }
}

// MARK: - Parts of sentences

extension ReasonText {
  private static func machineReaches(_ value: Double, _ workers: Int) -> String {
    "the machine itself reaches \(rounded(value)) at \(workers) workers"
  }

  private static func discarded(
    _ dropped: Int, _ kept: Int, _ stage: Stage, _ common: Reason.CommonCause?
  ) -> String {
    let rounds = stage == .first ? "rounds" : "rounds of the confirmation"
    let cause = common.map { ", \($0.count) times as in: \($0.example)" } ?? ""
    return "\(dropped) of \(dropped &+ kept) \(rounds) were discarded\(cause)"
  }

  private static func waits(
    _ cost: Reason.RoundCost, _ delay: Double, _ neighbors: [String]
  ) -> String {
    let who = neighbors.isEmpty ? "others" : list(neighbors)
    return "a round takes \(shortened(cost.roundSeconds)) s, \(shortened(delay)) s of it waiting "
      + "for CPUs that others use, so \(affordable(cost)); busy now: \(who); end them, or wait "
      + "until they end"
  }

  private static func affordable(_ cost: Reason.RoundCost) -> String {
    "the budget of \(cost.budgetSeconds) s allows \(counted(cost.rounds)), 16 are needed"
  }

  private static func unoptimized(_ names: [String], of target: String) -> String {
    let more = names.count > 5 ? " and \(names.count - 5) more" : ""
    return "\(target) uses targets that were built without optimization: "
      + "\(list(Array(names.prefix(5))))\(more); run swift test -c release"
  }

  private static func noBaseline(_ missing: Reason.MissingBaseline) -> String {
    if let renaming = missing.renaming { return "no baseline for \(missing.key): \(renaming)" }
    let other = missing.nearest.map { " (nearest: \($0), not used)" } ?? ""
    return "no baseline for \(missing.key)\(other), built for \(missing.configuration); "
      + "record one: \(missing.recordCommand)"
  }

  private static func callsTooLong(_ calls: [Reason.CallTime], _ budget: Double) -> String {
    let each = calls.map {
      "one of \(ClosureCalls.words($0.closure)) takes \(Format.callTime($0.seconds))"
    }
    let round = calls.reduce(0) { $0 + $1.seconds }
    return "a call is too long: \(list(each)); the budget of \(budget) s allows "
      + "\(counted(Reason.wholeNumber(budget / max(round, 1e-9)))) of one call each, 16 are needed; do less in a "
      + "call, or raise PERFGATE_BUDGET"
  }

  private static func inputs(_ cost: Reason.CallInputsCost) -> String {
    "an input of setUp takes \(byteText(cost.inputBytes)), the inputs of an arm may take "
      + byteText(cost.budgetBytes)
  }

  private static func fewSessions(_ count: Int, _ advice: Reason.Advice) -> String {
    let finding =
      switch advice {
      case .holds: "within the limit"
      case .violated: "beyond the limit"
      case .inconclusive: "not decided"
      }
    return "advice only, \(count) of \(BaselineUpdate.fewestSessions) sessions "
      + "\(count == 1 ? "is" : "are") stored: \(finding)"
  }

  private static func wouldDecide(_ needed: Int?) -> String {
    needed.map { "about \($0) would decide" } ?? "no number of rounds would decide"
  }

  private static func counted(_ rounds: Int) -> String {
    rounds == 1 ? "1 round" : "\(rounds) rounds"
  }

  private static func measured(_ rounds: Int, of most: Int) -> String {
    "only \(rounds) of \(most) rounds were measured"
  }

  private static func list(_ words: [String]) -> String { words.joined(separator: ", ") }

  private static func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }

  private static func shortened(_ seconds: Double) -> Double {
    let scale = seconds < 1 ? 1000.0 : 10
    return (seconds * scale).rounded() / scale
  }

  private static func percent(_ change: Double) -> String {
    "\((abs(change) * 1000).rounded() / 10) %"
  }
}
