import Foundation
import PerfGate
import PerfGateReport
import PerfGateTestSupport
import Testing

/// Tables as functions of series that were made up.
@Suite struct TablesTests {
  private func arm(
    _ variant: String, workers: Int = 1, tasks: Int = 50, size: Int = 10, isSpecial: Bool = false
  ) -> Arm {
    Arm(
      kernel: "made-up", variant: variant, workers: workers, tasks: tasks, size: size,
      isSpecial: isSpecial)
  }

  @Test func onlyRoundsThatBothWereInArePairs() throws {
    let subject = Series.madeUp(arm("swift.a"), seconds: [2, 40, 3], rounds: [0, 1, 4])
    let reference = Series.madeUp(arm("c.a"), seconds: [2, 90, 1], rounds: [0, 2, 4])
    let found = try #require(Tables().comparison(of: subject, to: reference))
    // Round 0: 2/2. Round 4: 3/1. Rounds 1 and 2 have no partner.
    #expect(found.rounds == 2 && found.ratio == 2 && found.interval == [1, 3])
    #expect(found.coverage == 0.5)
    #expect(found.subject == "made-up/swift.a/pool/1" && found.reference == "made-up/c.a/pool/1")
  }

  @Test func nothingIsComparedWithoutACommonRound() {
    let subject = Series.madeUp(arm("swift.a"), seconds: [1], rounds: [0])
    let reference = Series.madeUp(arm("c.a"), seconds: [1], rounds: [1])
    #expect(Tables().comparison(of: subject, to: reference) == nil)
    #expect(Tables().comparison(of: .madeUp(arm("swift.a"), seconds: []), to: reference) == nil)
  }

  /// 10 tasks in 30 s against 40 in 60 s: 3 s against 1.5 s a task.
  @Test func timesAreComparedPerTask() throws {
    let subject = Series.madeUp(arm("swift.a", tasks: 10), seconds: [30, 30])
    let reference = Series.madeUp(arm("c.a", tasks: 40), seconds: [60, 60])
    #expect(try #require(Tables().comparison(of: subject, to: reference)).ratio == 2)
    #expect(Tables.secondsPerTask(subject) == 3)
  }

  @Test func driftThatBothShareIsNotInTheRatio() throws {
    let drift = [1, 1.5, 0.7, 3, 1, 1.2, 0.9, 2, 5, 1]
    let subject = Series.madeUp(arm("swift.a"), seconds: drift.map { $0 * 1.25 })
    let reference = Series.madeUp(arm("c.a"), seconds: drift)
    let found = try #require(Tables().comparison(of: subject, to: reference))
    #expect(found.ratio == 1.25 && found.rounds == 10)
    // Ten rounds: the second smallest to the second largest covers 97.9 %.
    #expect(abs(found.interval[0] - 1.25) < 1e-12 && abs(found.interval[1] - 1.25) < 1e-12)
    #expect(abs(found.coverage - (1 - 22.0 / 1024)) < 1e-12)
  }

  /// The law is fitted to a curve with a worker on each core of one memory node, whose coefficients
  /// can be told apart, and to no other.
  @Test func theScalabilityLawIsToldWhereItCanBeFitted() throws {
    func time(_ workers: Int, _ round: Int) -> Double {
      let w = Double(workers)
      let drift = 1 + 0.01 * Double(round % 3)
      // 240 tasks are divided evenly by all of these counts.
      return drift * (1 + 0.05 * (w - 1) + 0.01 * w * (w - 1)) / w
    }
    func curve(
      _ counts: [Int], rounds: Int = 12, cores: Int = 8, nodes: Int = 1
    ) throws -> ScalingCurve {
      var record = VirtualRun.emptyRecord(seed: 1)
      (record.machine.cores, record.machine.memoryNodes) = (cores, nodes)
      record.series = counts.map { workers in
        Series.madeUp(
          arm("c.a", workers: workers, tasks: 240),
          seconds: (0..<rounds).map { time(workers, $0) })
      }
      return try #require(Tables(record).curve(record.series))
    }
    let found = try curve([1, 2, 3, 4, 6, 8])
    let law = try #require(found.usl)
    #expect(abs(law.sigma - 0.05) < 1e-9 && abs(law.kappa - 0.01) < 1e-9)
    #expect(abs(try #require(law.peakWorkers) - 9.747) < 0.01)
    // The same each time.
    #expect(try curve([1, 2, 3, 4, 6, 8]) == found)
    for other in [
      try curve([1, 2, 4, 8]), try curve([2, 3, 4, 6, 8]),
      try curve([1, 2, 3, 4, 6, 8], rounds: 7),
      try curve([1, 2, 3, 4, 6, 8], cores: 6), try curve([1, 2, 3, 4, 6, 8], nodes: 2),
    ] {
      #expect(other.usl == nil)
    }
    var record = VirtualRun.emptyRecord(seed: 1)
    record.scaling = [found]
    let line = try #require(ConsoleReport.findings(record).last)
    #expect(
      line.hasPrefix("made-up/c.a: contention 5.000 % [5.000 %, 5.000 %], coherency 1.000 %"),
      "\(line)")
    #expect(line.hasSuffix("(Universal Scalability Law), greatest speedup at 9.7 workers"))
  }

  /// Each worker brings its own tasks: what counts is the work done in a time.
  @Test func weakScalingIsOfWorkInATime() throws {
    let series = [(1, 1.0), (2, 1.25), (4, 1.6)].map { workers, seconds in
      Series.madeUp(
        arm("c.a", workers: workers, tasks: 10 * workers), seconds: [seconds, seconds, seconds])
    }
    let curve = try #require(Tables().curve(series))
    #expect(curve.isWeak && curve.usl == nil)
    #expect(curve.points.map(\.speedup) == [1, 1.6, 2.5])
    #expect(curve.points.map(\.efficiency) == [1, 0.8, 0.625])
    #expect(curve.points.allSatisfy { $0.improvementPercent == nil && $0.karpFlatt == nil })
    var record = VirtualRun.emptyRecord(seed: 1)
    record.scaling = [curve]
    #expect(ConsoleReport.body(record).contains { $0.contains("scaled speedup") })
    #expect(ConsoleReport.findings(record).isEmpty)
    let again = try Record.decode(Data(record.json().utf8))
    #expect(again.scaling == [curve])
    // Other numbers of tasks are a slow variant's few.
    let few = [series[0], .madeUp(arm("c.a", workers: 2, tasks: 7), seconds: [1])]
    #expect(try #require(Tables().curve(few)).isWeak == false)
  }

  /// What is sent again, and what is kept.
  @Test func theFirstMessageIsSetAgainstTheRest() throws {
    let times = (0..<10).map { start in [4, 1, 1 + Double(start) * 0.01, 3] }
    let row = try #require(
      FirstMessageRow(case: "swift.shared", executor: "process", size: 5, messages: times))
    #expect(row.firstSeconds == 4 && row.starts == 10)
    #expect(abs(row.restSeconds - 1.045) < 1e-9 && abs(row.ratio - 4 / 1.045) < 0.01)
    let interval = try #require(row.interval)
    #expect(interval[0] < row.ratio && row.ratio < interval[1])
    #expect(
      try #require(
        FirstMessageRow(case: "a", executor: "b", size: 1, messages: Array(times.prefix(3)))
      ).interval == nil)
    #expect(FirstMessageRow(case: "a", executor: "b", size: 1, messages: [[1], []]) == nil)
    var record = VirtualRun.emptyRecord(seed: 1)
    record.firstMessages = [row]
    record.executors = [ExecutorRow(executor: "process", workers: 2, startupSeconds: 0.0141)]
    let lines = ConsoleReport.body(record)
    #expect(
      lines.contains { $0.contains("swift.shared") && $0.contains("4.00 s") && $0.contains("3.8") })
    #expect(lines.contains { $0.contains(/process +2 +14.1 ms/) })
    let again = try Record.decode(Data(record.json().utf8))
    #expect(again.firstMessages == [row] && again.executors == record.executors)
  }

  /// The Go column of the article's second table, with its own improvements.
  @Test func theArticlesCurve() throws {
    let seconds = [
      102.75, 51.85, 35.40, 27.19, 21.47, 22.07, 21.78, 19.97, 20.38, 20.00, 19.70, 20.56,
    ]
    let series = seconds.enumerated().map { index, seconds in
      Series.madeUp(arm("c.a", workers: index + 1), seconds: [seconds])
    }
    // Series in any order give the same curve.
    let curve = try #require(Tables().curve(series.reversed()))
    #expect(curve.kernel == "made-up" && curve.variant == "c.a" && curve.executor == "pool")
    #expect(curve.points.map(\.workers) == Array(1...12))
    #expect(curve.points.map(\.seconds) == seconds)
    let improvements = curve.points.map(\.improvementPercent)
    #expect(improvements[0] == nil)
    #expect(abs(try #require(improvements[2]) - 31.7261) < 0.00005)
    #expect(abs(try #require(improvements[5]) - -2.7946) < 0.00005)
    for (point, seconds) in zip(curve.points, seconds) {
      let speedup = try #require(point.speedup)
      #expect(abs(speedup - 102.75 / seconds) < 1e-12)
      #expect(abs(try #require(point.efficiency) - speedup / Double(point.workers)) < 1e-12)
      #expect(point.cpus == Array(0..<point.workers))
    }
    #expect(curve.points[0].karpFlatt == nil && curve.points[0].interval == nil)
    // 4.786 on 5 workers.
    let serial = try #require(curve.points[4].karpFlatt)
    #expect(abs(serial - (21.47 / 102.75 - 0.2) / 0.8) < 1e-12)
  }

  @Test func aCurveThatBeginsLaterIsRelativeToItsFirstPoint() throws {
    let series = [2, 4].map {
      Series.madeUp(arm("c.a", workers: $0), seconds: [8.0 / Double($0), 8.0 / Double($0)])
    }
    let curve = try #require(Tables().curve(series))
    #expect(curve.points.map(\.speedup) == [1, 2] && curve.points.map(\.efficiency) == [1, 1])
    // A serial part is one against a single worker.
    #expect(curve.points.allSatisfy { $0.karpFlatt == nil })
  }

  @Test func speedupsArePairedByRound() throws {
    let drift = [1, 2, 4, 8, 1.0]
    let series = [
      Series.madeUp(arm("c.a", workers: 1), seconds: drift.map { 10 * $0 }),
      Series.madeUp(
        arm("c.a", workers: 2), seconds: (drift.dropFirst() + [16]).map { 6 * $0 },
        rounds: [1, 2, 3, 4, 5]),
    ]
    let curve = try #require(Tables().curve(series))
    #expect(curve.points[1].speedup == 10.0 / 6)
    #expect(curve.points[1].interval == [10.0 / 6, 10.0 / 6])
  }

  /// All rounds that two points would share were disturbed: their times are known, no speedup is.
  @Test func pointsThatShareNoRoundHaveNoSpeedup() throws {
    let series = [
      Series.madeUp(arm("c.a", workers: 1), seconds: [6, 6], rounds: [0, 1]),
      Series.madeUp(arm("c.a", workers: 2), seconds: [3, 3], rounds: [2, 3]),
      Series.madeUp(arm("c.a", workers: 3), seconds: [2, 2], rounds: [1, 2]),
    ]
    let curve = try #require(Tables().curve(series))
    #expect(curve.points.map(\.speedup) == [1, nil, 3])
    #expect(curve.points.map(\.efficiency) == [1, nil, 1])
    #expect(curve.points.map(\.seconds) == [6, 3, 2])
    let unknown = curve.points[1]
    #expect(unknown.karpFlatt == nil && unknown.interval == nil && curve.usl == nil)
    var record = madeUpRecord()
    record.scaling = [curve]
    let row = try #require(
      ConsoleReport.body(record).first { $0.contains("c.a") && $0.contains("0,1") })
    #expect(row.split(separator: " ").suffix(4) == ["-", "-", "-", "0,1"], "\(row)")
    let json = try record.json()
    #expect(
      json.contains(#""speedup" : null"#) && json.contains(#""efficiency" : null"#), "\(json)")
    #expect(try Record.decode(Data(json.utf8)).scaling == [curve])
  }

  @Test func seriesWithoutRoundsMakeNoCurve() {
    #expect(Tables().curve([]) == nil)
    #expect(Tables().curve([.madeUp(arm("c.a"), seconds: [])]) == nil)
  }

  @Test func twinsAreFoundInTheSameGroupAtTheSameWorkers() {
    let kernel = MadeUpKernel(
      variants: [("swift.a", "c.a"), ("swift.slow", "c.a"), ("swift.own", nil), ("c.a", nil)]
    ).erased
    let series = [
      Series.madeUp(arm("swift.a"), seconds: [2], group: "fast"),
      Series.madeUp(arm("swift.a", workers: 2), seconds: [4], group: "fast"),
      Series.madeUp(arm("swift.own"), seconds: [4], group: "fast"),
      Series.madeUp(arm("c.a"), seconds: [1], group: "fast"),
      Series.madeUp(arm("c.a", workers: 2), seconds: [1], group: "fast"),
      Series.madeUp(arm("swift.slow", tasks: 2), seconds: [90], group: "slow"),
      Series.madeUp(arm("c.a", tasks: 2, isSpecial: true), seconds: [3], group: "slow"),
    ]
    let found = Tables().variantComparisons(series, of: kernel)
    #expect(
      found.map(\.subject) == [
        "made-up/swift.a/pool/1", "made-up/swift.a/pool/2", "made-up/swift.slow/pool/1",
      ])
    #expect(
      found.map(\.reference) == [
        "made-up/c.a/pool/1", "made-up/c.a/pool/2", "made-up/c.a/pool/1@10x2",
      ])
    #expect(found.map(\.ratio) == [2, 4, 30])
    // Series of another kernel are none of its business.
    #expect(Tables().variantComparisons(series, of: MadeUpKernel(name: "other").erased).isEmpty)
  }

  /// A variant with a limit is compared with its twin, the limit and the reference, each once.
  @Test func limitsAndTheReferenceAreComparedToo() throws {
    let kernel = AnyKernel(Limited.self)
    func series(_ variant: String, _ seconds: Double) -> Series {
      .madeUp(
        Arm(kernel: Limited.name, variant: variant, workers: 1, tasks: 10, size: 1),
        seconds: [seconds])
    }
    let all = [
      series("c.one", 8), series("swift.two", 2), series("c.two", 2), series("c.least", 1),
    ]
    let found = Tables().variantComparisons(all, of: kernel)
    let rows = found.map { "\($0.subject.variant) \($0.reference.variant) \($0.ratio)" }
    #expect(
      rows == [
        "swift.two c.two 1.0", "swift.two c.least 2.0", "swift.two c.one 0.25",
        "c.two c.least 2.0", "c.two c.one 0.25",
      ])
    #expect(found.map { $0.isOfLimit == true } == [false, true, false, true, false])
    // Only a limit is marked in the JSON, and it stays one when tables are made again.
    let data = try JSONEncoder().encode(found)
    #expect(try JSONDecoder().decode([Comparison].self, from: data) == found)
    #expect(String(decoding: data, as: UTF8.self).components(separatedBy: "isOfLimit").count == 3)
    var record = madeUpRecord()
    (record.series, record.comparisons) = (all, found)
    record.remakeTables()
    #expect(record.comparisons == found)
  }

  private enum Limited: Kernel {
    static let name = "made-up.limited"
    static let work = Work(unit: "step", growth: .linear)
    static let variants: [Variant<Int>] = [
      Variant("c.one", isReference: true) { _, _ in 0 },
      Variant("swift.two", twin: "c.two") { _, _ in 0 }.limited(by: "c.least"),
      Variant("c.two") { _, _ in 0 }.limited(by: "c.least"),
      Variant("c.least") { _, _ in 1 }.asLimit(),
    ]
    static func makeInput(size: Int, seed: UInt64) throws -> Int { size }
  }

  /// Fresh rounds after a suspicion belong to the verdict; beside the first ones they would be a second
  /// row, of pairs that never ran together.
  @Test func aConfirmationIsNoRowOfATable() {
    let kernel = MadeUpKernel(variants: [("swift.a", "c.a"), ("c.a", nil)]).erased
    var series = [
      Series.madeUp(arm("swift.a"), seconds: [2, 2]), Series.madeUp(arm("c.a"), seconds: [1, 1]),
    ]
    for one in series {
      var fresh = one
      fresh.key = one.key.at(.confirmation)
      fresh.seconds = one.seconds.map { $0 * 3 }
      series.append(fresh)
    }
    let found = Tables().variantComparisons(series, of: kernel)
    #expect(found.map(\.ratio) == [2] && found[0].subject.stage == .first)
  }

  @Test func aCurveIsOfOneGroup() {
    let kernel = MadeUpKernel().erased
    let series = [
      Series.madeUp(arm("c.a"), seconds: [2]),
      Series.madeUp(arm("c.a", workers: 2), seconds: [1]),
      Series.madeUp(arm("c.a", workers: 2, isSpecial: true), seconds: [100], group: "another"),
    ]
    let found = Tables().curves(series, of: kernel, group: "made-up")
    #expect(found.count == 1 && found[0].points.map(\.seconds) == [2, 1])
  }

  @Test func anExecutorIsPricedAgainstTheBareCounter() {
    let kernel = MadeUpKernel(growth: .constant).erased
    var counter = arm("counter", workers: 2, tasks: 1000)
    counter.executor = ExecutorName.tickets
    let series = [
      Series.madeUp(arm("c.a", workers: 2, tasks: 1000), seconds: [3]),
      Series.madeUp(arm("c.a", workers: 1, tasks: 1000), seconds: [3]),
      Series.madeUp(counter, seconds: [2]),
    ]
    let found = Tables().executorCosts(series, of: kernel)
    #expect(found.map(\.ratio) == [1.5])
    #expect(found.first?.reference == "made-up/counter/tickets/2")
  }
}
