import PerfGateModel

/// The text of a record for the terminal.
package enum ConsoleReport {
  /// Machine, build and placement, which are known before anything is measured.
  package static func header(_ record: Record) -> [String] {
    let machine = record.machine
    let nodes = machine.memoryNodes == 1 ? "1 memory node" : "\(machine.memoryNodes) memory nodes"
    let quota = machine.quota.map { " · quota \(Format.fixed($0, 1)) CPUs" } ?? ""
    let cores = machine.cores == 1 ? "1 core" : "\(machine.cores) cores"
    var line =
      "machine    \(machine.cpu) · \(cores) (cpus \(machine.allowedCPUs)), \(nodes)\(quota)"
    // Records of published tables do not have these.
    if !record.tool.swift.isEmpty {
      line += " · Swift \(record.tool.swift) \(record.tool.configuration)"
    }
    if !machine.libnuma.isEmpty { line += " · libnuma \(machine.libnuma)" }
    return
      ([line, plan(record.plan, isComplete: record.complete)] + revisions(record)).map(
        VisibleText.logLine)
  }

  package static func tasks(_ record: Record) -> [String] { record.workloads.map(describe) }

  /// - Parameter isComplete: whether the workers were checked at the end of the run, too.
  private static func plan(_ plan: Record.Plan, isComplete: Bool) -> String {
    let most = plan.cpus.count
    let cpus = Format.cpus(plan.cpus)
    let pinned =
      most == 0
      ? "workers not pinned" : "\(most == 1 ? "1 worker" : "\(most) workers"): cpu \(cpus)"
    let start =
      plan.threadStartupSeconds > 0
      ? " · threads started in \(Format.seconds(plan.threadStartupSeconds))" : ""
    let seen = plan.verification.map { " · \(isComplete ? $0.text : $0.textAtStart)" } ?? ""
    return "plan       \(pinned) · \(plan.places), \(plan.bind)\(seen)\(start)"
      + (plan.notes.isEmpty ? "" : " · " + plan.notes.joined(separator: "; "))
  }

  private static func describe(_ workload: Record.Workload) -> String {
    let name = workload.kernel
    let tasks =
      Format.count(workload.tasks) + (workload.tasks == 1 ? " task" : " tasks")
      + " of \(Format.count(workload.size)) " + workload.unit + (workload.size == 1 ? "" : "s")
    var text = "task       \(name): \(tasks)"
    if let wanted = workload.wantedTaskSeconds, let found = workload.calibratedTaskSeconds {
      text += ", found so that one lasts \(Format.seconds(wanted)) (\(Format.seconds(found)))"
    }
    if workload.inputSeconds >= 0.001 {
      text += ", input made in \(Format.seconds(workload.inputSeconds))"
    }
    return text
  }

  /// Everything after the header: tasks, tables, notes, claims and their count.
  ///
  /// - Parameters:
  ///   - hasTables: whether to include the tables of measured times.
  ///   - width: the width of the terminal in characters. If the table is wider, the reasons are on
  ///     separate lines; `nil`: each claim has one line, as in a log.
  package static func body(
    _ record: Record, hasTables: Bool = true, width: Int? = nil
  ) -> [String] {
    styledBody(record, hasTables: hasTables, width: width).map(\.text)
  }

  /// The same lines with colors.
  package static func styledBody(
    _ record: Record, hasTables: Bool = true, width: Int? = nil
  ) -> [StyledLine] {
    var lines = tasks(record)
    if hasTables {
      lines += peers(record)
      lines += scaling(record) + singleThread(record) + comparisons(record)
      lines += Self.lines(executorTable(record))
      lines += handoff(record) + constantCost(record)
      lines += Self.lines(firstMessageTable(record))
    }
    let dropped = hasTables ? disturbances(record) : []
    let last = dropped + misplaced(record) + changes(record) + unproven(record) + notes(record)
    if !last.isEmpty { lines += [""] + last }
    return (lines.map { StyledLine($0) } + styledClaims(record, width: width)).map(\.harmless)
  }

  /// All tables of the record except the claims, in the order in which they are printed.
  static func allTables(_ record: Record) -> [TextTable] {
    peerTables(record) + scalingTables(record) + singleThreadTables(record)
      + [
        comparisonTable(record), executorTable(record), handoffTable(record),
        flatnessTable(record), firstMessageTable(record),
      ].compactMap { $0 }
  }

  /// Where workers ran at another place than planned; empty if all were in place.
  static func misplaced(_ record: Record) -> [String] {
    guard let seen = record.plan.verification, !seen.isVerified else { return [] }
    return ["misplaced  \(seen.text); the times above do not belong to the planned placement"]
  }

  /// Variants whose time is not shown, and why.
  package static func unproven(_ record: Record) -> [String] {
    record.unproven.map { "not proven \($0.kernel)/\($0.variant): \($0.reason)" }
  }

  /// The notes of the record.
  package static func notes(_ record: Record) -> [String] {
    record.notes.map { "note       \($0.text)" }
  }
}
