import CPerfGateTrustPlants
import PerfGate

/// The commands of the program.
struct Program {
  let arguments: Arguments

  /// Returns the exit status.
  func run() throws -> Int32 {
    switch arguments.request {
    case .list:
      say("\(Spread.cell) quiet \(Spread.starts)")
      for cell in Cell.all { say("\(cell.name) \(cell.environment.rawValue) \(cell.count)") }
      say("\(RivalReport.cell) quiet \(RivalReport.count)")
      return 0
    case .neighbor(let environment, let parent): return be(environment, parent)
    case .spread(let starts): return try spread(starts)
    case .cell(let cell, let count): return try measure(cell, count ?? cell.count)
    case .rivals(let count): return try rivals(count)
    case .check: return try check() == 0 ? checkPages() : 70
    case .summary(let output): return try summarize(output)
    }
  }

  /// Opens the file of a cell.
  private func file<Line>(
    _ cell: String, of laboratory: Laboratory
  ) throws -> ResultFile<Line> {
    let commit = WorkTree.packageFolder().map { WorkTree.commit(of: $0) } ?? "unknown"
    return try ResultFile(
      folder: arguments.results,
      header: StudyHeader(
        cell: cell, settings: arguments.settings, laboratory: laboratory, commit: commit))
  }

  private func measure(_ cell: Cell, _ count: Int) throws -> Int32 {
    let laboratory = try Laboratory(arguments.settings)
    var file: ResultFile<Batch> = try file(cell.name, of: laboratory)
    let seeds = missing(cell.name, file.lines.map(\.seed), count)
    if !seeds.isEmpty {
      let counter = try GateCounter(cell, laboratory)
      for (index, seed) in seeds.enumerated() {
        let (gates, seconds) = try timed { try counter.outcomes(seed: seed) }
        try file.append(Batch(seed: seed, seconds: seconds, gates: gates))
        tell(cell.name, index, seeds.count, seconds)
      }
    }
    return show([CellReport(cell, file.header, file.lines)])
  }

  private func rivals(_ count: Int) throws -> Int32 {
    guard check() == 0 else { return 70 }
    let laboratory = try Laboratory(arguments.settings)
    var file: ResultFile<RivalBatch> = try file(RivalReport.cell, of: laboratory)
    let seeds = missing(RivalReport.cell, file.lines.map(\.seed), count)
    if !seeds.isEmpty {
      let recorder = try RivalRecorder(laboratory)
      for (index, seed) in seeds.enumerated() {
        let (runs, seconds) = try timed { try recorder.runs(seed: seed) }
        try file.append(RivalBatch(seed: seed, seconds: seconds, runs: runs))
        tell(RivalReport.cell, index, seeds.count, seconds)
      }
    }
    for report in RivalReport.all(file.lines) { say(report.line) }
    return 0
  }

  private func check() -> Int32 {
    let wrong = wrongStatistics()
    for line in wrong { complain("trust: a known value is wrong: \(line)") }
    return wrong.isEmpty ? 0 : 70
  }

  /// The seeds of a cell that are still to be measured.
  private func missing(_ cell: String, _ known: [UInt64], _ count: Int) -> [UInt64] {
    let known = Set(known)
    let seeds = (0..<UInt64(count)).filter { !known.contains($0) }
    say("\(cell): \(known.count) known, \(seeds.count) to go")
    return seeds
  }

  private func tell(_ cell: String, _ index: Int, _ count: Int, _ seconds: Double) {
    guard (index + 1).isMultiple(of: 20) else { return }
    say("\(cell): \(index + 1) of \(count), the last took \(seconds) s")
  }

  private func timed<Result>(_ body: () throws -> Result) rethrows -> (Result, seconds: Double) {
    let begin = ContinuousClock.now
    let result = try body()
    return (result, ((ContinuousClock.now - begin) / .milliseconds(1) / 1000).rounded(digits: 3))
  }

  private func spread(_ starts: Int) throws -> Int32 {
    let laboratory = try Laboratory(arguments.settings)
    var file: ResultFile<Spread> = try file(Spread.cell, of: laboratory)
    if file.lines.isEmpty {
      for spread in try laboratory.spreads(starts: starts) { try file.append(spread) }
    }
    for spread in file.lines { say(spread.line) }
    let off = file.lines.filter { !Spread.wanted.contains($0.deviation) }
    for spread in off { say("BROKEN: \(spread.work) varies by \(spread.deviation)") }
    return off.isEmpty ? 0 : 1
  }

  private func show(_ reports: [CellReport]) -> Int32 {
    for line in reports.flatMap(\.lines) { say(line) }
    return reports.allSatisfy(\.broken.isEmpty) ? 0 : 1
  }

  private func summarize(_ output: String?) throws -> Int32 {
    let folder = arguments.results
    var study = Study()
    for cell in Cell.all {
      if let (header, batches) = try ResultFile<Batch>.stored(folder: folder, cell: cell.name) {
        if !batches.isEmpty { study.cells.append(CellReport(cell, header, batches)) }
      }
    }
    if let (_, spreads) = try ResultFile<Spread>.stored(folder: folder, cell: Spread.cell) {
      study.spreads = spreads
    }
    if let (_, batches) = try ResultFile<RivalBatch>.stored(folder: folder, cell: RivalReport.cell)
    {
      study.rivals = RivalReport.all(batches)
    }
    for line in study.spreads.map(\.line) + study.rivals.map(\.line) { say(line) }
    if let output {
      try study.write(to: output)
      try Page(study: study).write()
    }
    return show(study.cells)
  }

  /// Whether the documents show what is published.
  private func checkPages() throws -> Int32 {
    let outdated = try Page(study: try Study(path: Study.published)).outdated()
    for path in outdated { complain("trust: \(path) does not show \(Study.published)") }
    return outdated.isEmpty ? 0 : 70
  }

  private func be(_ environment: Cell.Environment, _ parent: Int32) -> Int32 {
    switch environment {
    case .quiet: return 64
    case .busy: pgt_burn_cpu(parent)
    case .hog:
      guard pgt_hog_memory(512 << 20, parent) else { return 70 }
    }
    return 0
  }
}
