import Foundation
import PerfGate
import PerfGateTestSupport
import Testing

@testable import PerfGateReport

/// Pages of records that no ordinary run writes.
@Suite struct HTMLReportTests {
  /// Every picture is XML that another parser reads, every place in it is a number, and nothing else in
  /// the page is none.
  private func check(_ page: String, _ comment: String = "") throws {
    for picture in page.components(separatedBy: "<svg ").dropFirst().prefix(300) {
      let text = "<svg " + picture.components(separatedBy: "</svg>")[0] + "</svg>"
      try checkPlaces(XMLElementRead.parse(text), comment)
    }
    for word in [
      "NaN", ">nan", " nan", "\"nan", "[nan", ">inf", " inf ", "\"inf", ">-inf", "Infinity",
    ] {
      #expect(!page.contains(word), "\(comment): \(word)")
    }
    #expect(page.hasPrefix("<!DOCTYPE html>\n") && page.hasSuffix("</body>\n</html>\n"))
  }

  private func checkPlaces(_ element: XMLElementRead, _ comment: String) {
    for name in ["x", "y", "x1", "x2", "y1", "y2", "width", "height"] {
      guard let text = element.attributes[name] else { continue }
      let isNumber = Double(text).map { $0.isFinite && abs($0) < 100_000 } ?? false
      #expect(isNumber, "\(comment): \(name) is \(text)")
    }
    let outline = element.attributes["d"] ?? ""
    #expect(outline.allSatisfy { "MLZQCSHVaAclmshv-., 0123456789".contains($0) }, "\(outline)")
    for child in element.children { checkPlaces(child, comment) }
  }

  // MARK: - Text

  @Test func nobodysTextIsMarkup() throws {
    let planted = "<script>alert(1)</script>\"'&\u{202E}\u{1B}]]>--><img src=x onerror=y>"
    #expect(
      HTMLText.content("<a href=\"b\">&'\u{202E}")
        == "&lt;a href=&quot;b&quot;&gt;&amp;&#39;\\u{202E}")
    var record = madeUpRecord()
    record.command = planted
    record.machine.cpu = planted
    record.plan.memory = [planted, planted]
    record.notes = [Record.Note(code: planted, text: planted)]
    let arm = Arm(kernel: planted, variant: planted, workers: 1, tasks: 1, size: 1)
    var series = Series.madeUp(arm, seconds: [1, 2, 3])
    series.group = GroupKey(.compare, planted)
    record.series = [series]
    record.workloads = [
      Record.Workload(
        kernel: planted, work: Work(unit: planted, growth: .linear), size: 1, tasks: 1,
        calibration: nil,
        inputSeconds: 0)
    ]
    record.handoff = [
      HandoffRow(
        case: planted, workers: 1, startupSeconds: 1, totalSeconds: 1, taskSeconds: 1)
    ]
    let page = HTMLReport.page([record])
    #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;\\u{202E}"))
    #expect(!page.contains("<script") && !page.contains("<img") && !page.contains("onerror=y>"))
    #expect(VisibleTextTests.isQuiet(page))
    try check(page)
  }

  /// A page of ours runs nothing, and forbids a browser to.
  @Test func nothingIsRunOrAskedFor() throws {
    let page = HTMLReport.page([try GoldenReportTests.record("everything")])
    #expect(page.contains("default-src 'none'"))
    for word in ["<script", "http:", "https:", "@import", "url("] {
      #expect(!page.contains(word), "\(word)")
    }
    let sources = page.matches(of: /(?:src|href)="([^"]*)"/).map { String($0.1) }
    #expect(sources == ["data:,"])
  }

  // MARK: - Claims

  /// Who unfolds a verdict sees the rounds it rests on, and where each sequence stopped.
  @Test func aVerdictShowsItsRounds() throws {
    var record = try Record.decode(Data(VirtualRun.record([.violated, .holds]).utf8))
    record.claims = Judge.results(record)
    #expect(record.claims.map(\.verdict) == [.violated, .holds])
    let key = try #require(record.claimPlans[0].subject)
    let stage = try #require(record.stages.firstIndex { $0.stage == .first })
    // A round between two that were kept.
    for index in record.series.indices where record.series[index].key.stage == .first {
      record.series[index].rounds = record.series[index].rounds.map { $0 < 3 ? $0 : $0 + 1 }
    }
    record.stages[stage].discards = [key, record.claimPlans[0].reference].compactMap { $0 }.map {
      Discard(round: 3, series: $0, causes: [DropCause(kind: "steal", text: "stolen: <3> ticks")])
    }
    record.claims = Judge.results(record)
    let page = HTMLReport.page([record])
    try check(page)
    for text in [
      "Path of the test, confirmation</p>", ">fails: must be confirmed<", ">fails: confirmed<",
      "is at or below -8, so it fails.", "is at or above 8, so it holds.",
      "<title>round 3 dropped: stolen: &lt;3&gt; ticks</title>",
      "<li>dropped in round 3: stolen: &lt;3&gt; ticks</li>", "dropped: disturbed</li>",
    ] {
      #expect(page.contains(text), "\(text)")
    }
    #expect(page.components(separatedBy: "<details class=\"claim bad\">").count == 2)
  }

  // MARK: - The machine

  @Test func workersAreDrawnOnTheirCPUs() throws {
    var record = madeUpRecord()
    record.machine.layout = (0..<2).map { node in
      Record.MachineSummary.NodeCPUs(
        node: node, cores: (0..<2).map { [4 * node + $0, 4 * node + $0 + 2] })
    }
    record.plan.cpus = [0, 4, 4]
    record.plan.memory = ["node 0", "node 1", "node 1"]
    let page = HTMLReport.page([record])
    #expect(page.contains(">memory node 0<") && page.contains(">memory node 1<"))
    #expect(page.contains("<title>cpu 0: worker 0, node 0</title>"))
    #expect(page.contains("<title>cpu 4: worker 1, node 1; worker 2, node 1</title>"))
    #expect(page.contains("<title>cpu 7: no worker</title>") && page.contains(">2×<"))
    #expect(page.components(separatedBy: "class=\"cpu used\"").count == 4)
    #expect(page.components(separatedBy: "class=\"core\"").count == 5)
    // Without a layout only the CPUs are known.
    record.machine.layout = nil
    record.machine.allowedCPUs = "0-1000000"
    let plain = HTMLReport.page([record])
    record.machine.allowedCPUs = "0-9223372036854775807,0-9223372036854775807"
    try check(HTMLReport.page([record]))
    #expect(plain.contains("The record does not tell which CPUs share a core."))
    #expect(plain.contains("999745 of 1000001 CPUs are left out."))
    try check(plain)
  }

  // MARK: - Bars

  /// What dwarfs the others is left out of a second chart, and only that.
  @Test(arguments: [
    ([1, 1.1, 1.2], nil), ([1, 10], nil), ([1, 2, 100], "without the slowest"),
    ([1, 100, 101, 102], nil), ([1, 50, 60, 1000], "Without case 3."),
    ([1, 2, 10, 100], "Without case 3."), ([1e-6, 1, 5, 5, 5], "Without case 2, case 3, case 4."),
  ])
  func theLargestAreLeftOut(times: [Double], says: String?) {
    var record = madeUpRecord()
    record.handoff = times.enumerated().map { index, time in
      HandoffRow(
        case: "case \(index)", workers: 0, startupSeconds: 1, totalSeconds: 1, taskSeconds: time)
    }
    let page = HTMLReport.page([record])
    #expect(page.contains("without the slowest") == (says != nil))
    if let says { #expect(page.contains(says)) }
  }

  /// Each record that a report is laid beside is there, whether or not another one has the same value.
  @Test func severalOthersAreAllShown() throws {
    func record(_ machine: String, _ times: [(String, Double)]) -> Record {
      var record = madeUpRecord()
      record.machine.cpu = machine
      record.handoff = times.map { name, time in
        HandoffRow(
          case: name, workers: 0, startupSeconds: 1, totalSeconds: 1, taskSeconds: time)
      }
      return record
    }
    let others = [
      record("Second", [("one", 0.002), ("two", 0.003)]),
      record("Third", [("one", 0.005), ("four", 0.007)]),
      record("Fourth", [("four", 0.009)]),
    ]
    let page = HTMLReport.page([record("First", [("one", 0.001)])], against: others)
    for text in [
      "1.00 ms", "2.00 ms", "3.00 ms", "5.00 ms", "7.00 ms", "9.00 ms", "one · Third",
      "four · Third", "four · Fourth",
    ] { #expect(page.contains(text), "\(text)") }
    try check(page)
  }

  /// Stored counts are whole numbers, also 0.
  @Test func storedCountsAreWhole() throws {
    var baseline = Baseline(
      machine: Baseline.Machine(key: "made-up", cpu: "Made up", cores: 2, memoryNodes: 1))
    for (name, counts) in [("none", 0...0), ("same", 75032...75032), ("spread", 3...5)] {
      var entry = Baseline.Entry(
        text: name, quantity: name, isHigherBetter: false, counter: .allocations)
      entry.add(.madeUp(counts), pin: false)
      baseline.claims[name] = entry
    }
    let page = HTMLReport.page(baseline, today: nil)
    for text in [": 0</title>", ": 75,032</title>", ": 3 to 5</title>", ">75,032</td>"] {
      #expect(page.contains(text), "\(text)")
    }
    #expect(!page.contains(".00"))
    try check(page)
  }

  // MARK: - Extremes

  private func record(_ times: [[Double]]) -> Record {
    var record = madeUpRecord()
    record.series = times.enumerated().map { index, seconds in
      let arm = Arm(kernel: "k", variant: "v\(index)", workers: 1, tasks: 1, size: 1000)
      var series = Series.madeUp(arm, seconds: seconds)
      series.group = GroupKey(.compare, "k")
      return series
    }
    record.workloads = [
      Record.Workload(
        kernel: "k", work: Work(unit: "step", growth: .linear), size: 1000, tasks: 1,
        calibration: nil,
        inputSeconds: 0)
    ]
    record.scaling = times.compactMap { seconds in
      let points = seconds.enumerated().map { index, time in
        ScalingPoint(
          workers: index + 1, seconds: time, speedup: seconds[0] / time,
          interval: [seconds[0] / time / 2, .greatestFiniteMagnitude], efficiency: 1,
          improvementPercent: index == 0 ? nil : 100 * (1 - time / seconds[index - 1]),
          karpFlatt: index == 0 ? nil : 0.5, cpus: [])
      }
      return ScalingCurve(kernel: "k", variant: "v", executor: "pool", points: points)
    }
    record.handoff = times.compactMap(\.first).enumerated().map { index, time in
      HandoffRow(
        case: "case \(index)", workers: index, startupSeconds: time, totalSeconds: time,
        taskSeconds: time, peakBytes: index)
    }
    return record
  }

  @Test(arguments: [
    [[]], [[1]], [[1e-12]], [[1e6]], [[1e-12], [1e6]], [[1, 1, 1, 1]], [[0.1], [0.1], [0.1]],
    [[1e-12, 1e6, 1e-12]], [[5], [5e-9], [5e9], []], [[0]],
  ])
  func extremesAreDrawn(times: [[Double]]) throws {
    let page = HTMLReport.page([record(times)])
    try check(page, "\(times)")
    if times.contains(where: { !$0.isEmpty && $0 != [0] }) {
      #expect(page.contains("k: one thread"))
    }
  }

  /// A point without a speedup has a time, and no mark in the picture of speedups.
  @Test func anUnknownSpeedupIsNotDrawn() throws {
    var record = record([[4, 2, 1]])
    let marks = { (page: String) in page.components(separatedBy: ", efficiency 100 %").count - 1 }
    #expect(marks(HTMLReport.page([record])) == 3)
    record.scaling[0].points[1].speedup = nil
    record.scaling[0].points[1].interval = nil
    record.scaling[0].points[1].efficiency = nil
    let page = HTMLReport.page([record])
    try check(page)
    #expect(marks(page) == 2 && page.contains("up to 4.00 at up to 3 workers"))
    #expect(page.contains("v, 2 workers: 2.00 s"))
  }

  @Test func nothingIsAPageToo() throws {
    for name in ["empty", "refused"] {
      try check(HTMLReport.page([try GoldenReportTests.record(name)]), name)
    }
    try check(HTMLReport.page([]))
  }

  /// The same numbers in a claim: an interval without an end, a limit far away, no value at all.
  @Test func claimsAtTheExtremesAreDrawn() throws {
    var record = try GoldenReportTests.record("revisions")
    record.claims = Judge.results(record)
    var claims = record.claims
    for (index, values) in [
      (1e-12, [0, 1e6]), (1e6, [1e-12, Double.greatestFiniteMagnitude]), (0, [0, 0]),
    ].enumerated() {
      claims[index].estimate = values.0
      claims[index].interval = values.1
    }
    record.claims = claims
    let page = HTMLReport.page([record])
    try check(page)
    #expect(page.contains("class=\"arrow"))
  }

  // MARK: - Many

  /// - Returns: the CPU time of the body in seconds, which other programs and tests do not lengthen.
  private func cpuSeconds(_ body: () throws -> Void) rethrows -> Double {
    func now() -> Double {
      var time = timespec()
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
      return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
    let before = now()
    try body()
    return now() - before
  }

  @Test(arguments: ["variants", "kernels", "workers", "claims", "groups"])
  func tenThousandSeriesAreFast(kind: String) throws {
    var record = try Self.many(kind)
    let page = HTMLReport.page([record])
    // Once more: the first page also loads code.
    let seconds = cpuSeconds { record.seconds = Double(HTMLReport.page([record]).utf8.count) }
    #expect(seconds < 2, "\(kind): \(seconds) s")
    #expect(page.utf8.count < 5_000_000, "\(kind): \(page.utf8.count) bytes")
    #expect(page.contains(" are left out"), "\(kind)")
    try check(page, kind)
  }

  private static func many(_ kind: String) throws -> Record {
    let count = 10_000
    var record = madeUpRecord()
    func series(_ index: Int, _ kernel: String, _ variant: String, _ workers: Int) -> Series {
      let arm = Arm(kernel: kernel, variant: variant, workers: workers, tasks: 50, size: 1000)
      var series = Series.madeUp(
        arm, seconds: (0..<8).map { 1 + 0.001 * Double(($0 * 7 + index) % 11) })
      series.group = GroupKey(.compare, kernel)
      return series
    }
    switch kind {
    case "variants": record.series = (0..<count).map { series($0, "k", "v\($0)", 1) }
    case "kernels": record.series = (0..<count).map { series($0, "k\($0)", "v", 1) }
    case "workers":
      record.series = (0..<count).map { series($0, "k", "v\($0 / 100)", $0 % 100 + 1) }
    default:
      record.series = (0..<count).map { series($0, "k", "v\($0)", 1) }
      // Claims that share their rounds, or each with rounds of its own.
      func group(_ index: Int) -> GroupKey {
        GroupKey(.claims, kind == "groups" ? "k\(index / 2)" : "k")
      }
      for index in record.series.indices { record.series[index].group = group(index) }
      record.stages = Set(record.series.map(\.group)).map {
        StageRecord(group: $0, stage: .first, seed: 1)
      }
      record.claimPlans = try (0..<count / 2).map { index in
        let claim = try Claim(
          id: "claim \(index)", text: "", kernel: "k",
          .ratio(subject: "v\(2 * index)", reference: "v\(2 * index + 1)", atMost: 1.05, workers: 1)
        )
        var plan = ClaimPlan(claim, workers: 1, alpha: 0.02)
        plan.subject = record.series[2 * index].key
        plan.reference = record.series[2 * index + 1].key
        plan.group = group(2 * index)
        plan.maximumRounds = 40
        return plan
      }
      record.claims = Judge.results(record)
    }
    record.workloads = Set(record.series.map(\.kernel)).sorted().map {
      Record.Workload(
        kernel: $0, work: Work(unit: "step", growth: .linear), size: 1000, tasks: 50,
        calibration: nil,
        inputSeconds: 0)
    }
    let tables = Tables()
    record.scaling = Dictionary(grouping: record.series, by: \.variant).values
      .sorted { $0[0].variant < $1[0].variant }.compactMap { tables.curve($0) }
    record.comparisons = record.series.prefix(2000).dropFirst().compactMap {
      tables.comparison(of: $0, to: record.series[0])
    }
    return record
  }
}
