import PerfGateModel

/// The text of a record for the terminal.
package enum ConsoleReport {
  /// Machine, build and placement, which are known before anything is measured.
  ///
  /// - Parameter width: see ``body(_:hasTables:width:)``.
  package static func header(_ record: Record, width: Int? = nil) -> [String] {
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
      ([line, plan(record.plan, isComplete: record.complete)] + revisions(record)).flatMap {
        WrappedText.labelled(VisibleText.line($0), width: width)
      }.map(VisibleText.logLine)
  }

  package static func tasks(_ record: Record) -> [String] { record.workloads.map(describe) }

  /// - Parameter isComplete: whether the workers were checked at the end of the run, too.
  private static func plan(_ plan: Record.Plan, isComplete: Bool) -> String {
    let most = plan.cpus.count
    let cpus = Format.cpus(plan.cpus)
    let pinned =
      most == 0
      ? "workers not pinned" : "\(Format.workers(most)): cpu \(cpus)"
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
  ///   - width: the width of the terminal in columns. Longer lines are broken between words, and a
  ///     wider table has its reasons on separate lines, or lacks columns; `nil`: every line and every
  ///     table is whole, as in a log.
  package static func body(
    _ record: Record, hasTables: Bool = true, width: Int? = nil
  ) -> [String] {
    styledBody(record, hasTables: hasTables, width: width).map(\.text)
  }

  /// The same lines with colors.
  package static func styledBody(
    _ record: Record, hasTables: Bool = true, width: Int? = nil
  ) -> [StyledLine] {
    let index = RecordIndex(record)
    func block(_ lines: [String]) -> [StyledLine] {
      lines.isEmpty
        ? []
        : ([""] + lines).flatMap { WrappedText.labelled($0, width: width) }.map { StyledLine($0) }
    }
    func tables(_ tables: [TextTable]) -> [StyledLine] {
      tables.flatMap { [StyledLine("")] + $0.styledLines(width: width) }
    }
    var lines = Array(block(tasks(record)).dropFirst())
    if hasTables {
      lines += tables(peerTables(record) + scalingTables(index)) + block(findings(index))
      lines += tables(otherTables(index))
    }
    let dropped = hasTables ? disturbances(index) : []
    lines += block(
      incomplete(record) + dropped + misplaced(record) + changes(index) + unproven(record)
        + notes(record))
    lines += styledClaims(index, width: width)
    if hasTables { lines += block(published(index)) }
    return lines.map(\.harmless)
  }

  /// All tables of the record except the claims, in the order in which they are printed.
  static func allTables(_ index: RecordIndex) -> [TextTable] {
    peerTables(index.record) + scalingTables(index) + otherTables(index)
  }

  private static func otherTables(_ index: RecordIndex) -> [TextTable] {
    singleThreadTables(index)
      + [
        comparisonTable(index), executorTable(index.record), handoffTable(index.record),
        flatnessTable(index), firstMessageTable(index.record),
      ].compactMap { $0 }
  }

  /// Why there may be less than was asked for; empty for a whole run.
  static func incomplete(_ record: Record) -> [String] {
    record.complete ? [] : ["incomplete \(incompleteText)"]
  }

  /// The same in words, for all reports.
  static let incompleteText = "the run ended early; these results were measured before"

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
