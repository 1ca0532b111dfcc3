import PerfGateModel

/// The top of a record's page: what was found, where, when, with what.
enum SummarySection {
  /// More workloads than this are not named at the top.
  private static let mostTasks = 12

  static func add(_ pair: ReportedPair, isFirst: Bool, to page: inout HTMLPage) {
    let record = pair.own.record
    let command = record.command.isEmpty ? "perfgate" : "perfgate \(record.command)"
    page.add("<header>")
    page.add("p", "\(command) · \(when(record))", class: "eyebrow")
    page.add(isFirst ? "h1" : "h2", headline(record))
    addCounts(record, to: &page)
    if !record.complete {
      page.add(list: ["The run ended early; this is what was measured before."], class: "alert")
    }
    page.add(list: ConsoleReport.unproven(record), class: "alert")
    page.add(list: ConsoleReport.misplaced(record), class: "alert")
    page.add("<dl class=\"facts\">")
    for (name, text) in facts(pair) {
      page.add("<dt>\(HTMLText.content(name))</dt><dd>\(HTMLText.content(text))</dd>")
    }
    page.add("</dl>")
    // What is found in curves and revisions takes as long as there are series, for each of them.
    let found =
      record.series.count <= HTMLReport.mostSeries
      ? ConsoleReport.changesFirst(RecordIndex(record)) + ConsoleReport.findings(record) : []
    let published = ConsoleReport.published(RecordIndex(record))
    page.add(list: published + found + record.notes.map(\.text), class: "notes")
    page.add("</header>")
  }

  static func headline(_ record: Record) -> String {
    if !record.claims.isEmpty { return ConsoleReport.summary(record) }
    var seen: Set<String> = []
    let kernels = record.workloads.map(\.kernel).filter { seen.insert($0).inserted }
    if kernels.isEmpty { return "Nothing was claimed" }
    return kernels.prefix(6).joined(separator: ", ") + (kernels.count > 6 ? " …" : "")
  }

  private static func addCounts(_ record: Record, to page: inout HTMLPage) {
    guard !record.claims.isEmpty else { return }
    page.add("<ul class=\"counts\">")
    for word in Verdict.Word.allCases {
      let count = record.claims.count { $0.verdict.word == word }
      guard count > 0 || word == .violated else { continue }
      let name = word == .notCheckable ? "not checkable" : word.rawValue
      page.add("<li>\(VerdictMark(word).icon)\(count) \(name)</li>")
    }
    page.add("</ul>")
  }

  private static func when(_ record: Record) -> String {
    let time = record.started.replacing("T", with: " ").replacing("Z", with: " UTC")
    return record.seconds > 0 ? "\(time) · took \(Format.seconds(record.seconds))" : time
  }

  private static func facts(_ pair: ReportedPair) -> [(String, String)] {
    let record = pair.own.record
    let machine = record.machine
    let cores = machine.cores == 1 ? "1 core" : "\(machine.cores) cores"
    let nodes = machine.memoryNodes == 1 ? "1 memory node" : "\(machine.memoryNodes) memory nodes"
    var facts = [("machine", "\(machine.cpu) · \(cores) (cpus \(machine.allowedCPUs)), \(nodes)")]
    if let quota = machine.quota { facts.append(("quota", "\(Format.fixed(quota, 1)) CPUs")) }
    if !record.tool.swift.isEmpty {
      facts.append(
        (
          "build",
          "\(record.tool.toolchain), \(record.tool.configuration) · perfgate \(record.tool.version)"
        ))
    }
    if let both = record.revisions {
      func name(_ one: Revisions.Revision) -> String {
        one.commit.map { "\(one.name) (\($0.prefix(12)))" } ?? one.name
      }
      facts.append(("revisions", "\(name(both.old)) → \(name(both.new))"))
    }
    let lines = ConsoleReport.header(record)
    if lines.count > 1 { facts.append(("plan", String(lines[1].dropFirst(11)))) }
    let tasks = ConsoleReport.tasks(record).map { String($0.dropFirst(11)) }
    if !tasks.isEmpty {
      let more = tasks.count > mostTasks ? "; \(tasks.count - mostTasks) more" : ""
      facts.append(("tasks", tasks.prefix(mostTasks).joined(separator: "; ") + more))
    }
    facts.append(("seed", "\(record.seed)"))
    var besides: [String] = []
    for other in pair.others {
      let text = "\(other.record.machine.cpu), \(when(other.record))"
      if !besides.contains(text) { besides.append(text) }
    }
    facts += besides.map { ("beside", $0) }
    return facts
  }
}
