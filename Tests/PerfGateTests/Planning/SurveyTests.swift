import PerfGate
import PerfGateKernels
import PerfGateTestSupport
import Testing

/// What is measured of a kernel, and in how many rounds.
@Suite struct SurveyTests {
  private let kernel = MadeUpKernel(
    variants: [
      ("swift.simd", "c.simd"), ("swift.loop", "c.loop"), ("c.loop", nil), ("c.simd", nil),
    ]
  ).erased

  private func survey(
    _ seconds: [String: Double], workers: [Int] = [1, 2], tasks: Int = 50, rounds: Int = 10
  ) -> Survey {
    Survey(
      kernel: kernel, variants: kernel.variants, workers: workers, tasks: tasks, size: 100,
      rounds: rounds, taskSeconds: seconds)
  }

  @Test func everythingQuickIsOneGroup() throws {
    let all = survey(["swift.simd": 0.001, "swift.loop": 0.002, "c.loop": 0.002, "c.simd": 0.001])
    let groups = all.groups(.compare)
    #expect(groups.map(\.id) == ["compare made-up"])
    let group = try #require(groups.first)
    #expect(group.rounds == 10 && group.warmups == 2)
    #expect(group.arms.count == 8)
    #expect(Set(group.arms).count == 8)
    #expect(group.arms.allSatisfy { $0.tasks == 50 && $0.size == 100 && !$0.isSpecial })
    #expect(group.arms.map(\.workers) == [1, 1, 1, 1, 2, 2, 2, 2])
  }

  /// Byte loops beside their vector twins: few tasks, five rounds, a group of their own.
  @Test func slowVariantsDoNotOwnTheClock() throws {
    let seconds = ["swift.simd": 0.004, "swift.loop": 0.4, "c.loop": 0.2, "c.simd": 0.004]
    let groups = survey(seconds).groups(.scale)
    #expect(groups.map(\.id) == ["scale made-up", "scale made-up (slow)"])
    #expect(Set(groups[0].arms.map(\.variant)) == ["swift.simd", "c.simd"])
    #expect(groups[0].rounds == 10 && groups[0].arms.allSatisfy { $0.tasks == 50 })
    #expect(groups[1].rounds == 5)
    #expect(Set(groups[1].arms.map(\.variant)) == ["swift.loop", "c.loop"])
    #expect(groups[1].arms.allSatisfy { $0.tasks == 2 })
    // The fast rounds take 0.8 s with two workers, the slow ones 3.6 s: not 60 s.
    let total = survey(seconds).estimatedSeconds(groups, cpus: 2)
    let fast: Double = 12 * 2 * (50 + 25) * 0.004
    let slow: Double = 7 * (2 + 1) * 0.6
    #expect(abs(total - fast - slow) < 1e-9)
  }

  @Test func aSlowVariantTakesItsFastTwinAlong() throws {
    let kernel = MadeUpKernel(variants: [("swift.stdlib", "c.simd"), ("c.simd", nil)]).erased
    let survey = Survey(
      kernel: kernel, variants: kernel.variants, workers: [1, 4], tasks: 50, size: 100, rounds: 3,
      taskSeconds: ["swift.stdlib": 1, "c.simd": 0.01])
    let slow = try #require(survey.groups(.compare).last)
    #expect(slow.rounds == 3)
    #expect(
      slow.arms.map(\.id) == [
        "made-up/swift.stdlib/pool/1", "made-up/c.simd/pool/1@100x4",
        "made-up/swift.stdlib/pool/4", "made-up/c.simd/pool/4@100x4",
      ])
  }

  @Test func aSlowVariantThatIsQuickAnywayStaysWithTheOthers() {
    let seconds = ["swift.simd": 1e-6, "swift.loop": 1e-3, "c.loop": 1e-3, "c.simd": 1e-6]
    #expect(survey(seconds).groups(.compare).count == 1)
  }

  @Test func longRoundsHaveNoWarmUp() {
    let seconds = ["swift.simd": 2, "swift.loop": 2, "c.loop": 2, "c.simd": 2.0]
    #expect(survey(seconds).groups(.scale)[0].warmups == 0)
    #expect(survey(seconds, tasks: 1).groups(.scale)[0].warmups == 0)
    #expect(survey(seconds.mapValues { $0 / 1000 }).groups(.scale)[0].warmups == 2)
  }

  @Test func theEstimateKnowsHowManyCPUsThereAre() {
    let seconds = ["swift.simd": 1, "swift.loop": 1, "c.loop": 1, "c.simd": 1.0]
    let all = survey(seconds, workers: [1, 2, 12], tasks: 50, rounds: 1)
    let groups = all.groups(.scale)
    // Twelve workers on two CPUs are no faster than two.
    #expect(all.estimatedSeconds(groups, cpus: 2) == 4.0 * (50 + 25 + 25))
    #expect(all.estimatedSeconds(groups, cpus: 64) == 4.0 * (50 + 25 + 5))
  }
}

@Suite struct HandoffSurveyTests {
  private let kernel = MadeUpKernel(
    growth: .constant,
    variants: [
      ("swift.utf8", "c.length"), ("swift.utf8.reference", "c.length.reference"),
      ("c.length.reference", nil), ("c.length", nil),
    ]
  ).erased

  private var survey: HandoffSurvey {
    HandoffSurvey(
      kernel: kernel, variants: kernel.variants, workers: [1, 2], tasks: 50, size: 5_000_000,
      rounds: 3)
  }

  @Test func theTableHasTheArticlesCases() throws {
    let arms = survey.tables.flatMap(\.arms)
    #expect(Set(arms.map(\.id)).count == arms.count)
    let series = arms.map { Series.madeUp($0, seconds: [0.003, 0.001, 0.002]) }
    let rows = survey.rows(series, startupSeconds: 0.5)
    #expect(
      rows.map { "\($0.case) \($0.workers)" } == [
        "swift.sp 0", "c.sp 0",
        "swift.value 1", "swift.reference 1", "c.reference 1", "c.value 1",
        "swift.value 2", "swift.reference 2", "c.reference 2", "c.value 2",
      ])
    #expect(rows.allSatisfy { $0.taskSeconds == 0.002 && $0.startupSeconds == 0.5 })
    #expect(rows.allSatisfy { $0.totalSeconds == 0.502 })
    #expect(survey.rows(arms.map { .madeUp($0, seconds: []) }, startupSeconds: 1).isEmpty)
  }

  /// Processes are sent messages, which in one process would only be copies.
  @Test func messagesGoToProcessesOnly() throws {
    let kernel = AnyKernel(TextLength.self)
    let survey = HandoffSurvey(
      kernel: kernel, variants: kernel.variants, executors: ["pool", "process"], workers: [1, 2],
      tasks: 50, size: 5_000_000, rounds: 10)
    let tables = survey.tables
    #expect(tables.map(\.rounds) == [10, 3])
    #expect(
      tables[1].arms.map(\.id).map { $0.prefix { $0 != "@" } } == [
        "text.length/swift.utf8.serialized/process/1", "text.length/c.length.serialized/process/1",
        "text.length/swift.utf8.serialized/process/2", "text.length/c.length.serialized/process/2",
      ])
    let onProcesses = tables[0].arms.filter { $0.executor == "process" }
    #expect(Set(onProcesses.map(\.variant)) == ["swift.utf8.shared", "c.length.shared"])
    #expect(
      tables[0].arms.allSatisfy { $0.executor == "process" || !$0.variant.hasSuffix("shared") })
    #expect(survey.constantCost.arms.allSatisfy { !$0.variant.hasSuffix("serialized") })
    let rows = survey.rows(
      tables.flatMap(\.arms).map { .madeUp($0, seconds: [1]) }, startupSeconds: 0)
    #expect(
      Set(rows.map(\.case)) == [
        "swift.sp", "c.sp", "swift.value", "c.value", "swift.reference", "c.reference",
        "swift.pointer", "c.pointer", "swift.serialized", "c.serialized", "swift.shared",
        "c.shared",
      ])
    #expect(survey.estimatedSeconds(ofCopiesIn: tables[0]) == 0)
    #expect(survey.estimatedSeconds(ofCopiesIn: tables[1]) > 0.1)
  }

  @Test func theLongStringIsComparedWithTheShortOne() {
    let arms = survey.constantCost.arms
    #expect(Set(arms.map(\.size)) == [1000, 5_000_000])
    #expect(arms.count == 2 * 4 * 2 && Set(arms.map(\.id)).count == arms.count)
    let series = arms.map { arm in
      Series.madeUp(arm, seconds: [arm.size == 1000 ? 1 : arm.variant == "c.length" ? 3 : 1])
    }
    let found = survey.comparisons(series)
    #expect(found.count == 8)
    for one in found {
      #expect(one.ratio == (one.subject.variant == "c.length" ? 3 : 1), "\(one)")
      var short = one.subject
      short.amount?.size = 1000
      #expect(one.reference == short && one.reference != one.subject)
    }
  }
}
