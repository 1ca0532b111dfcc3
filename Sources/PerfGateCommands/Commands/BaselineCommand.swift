import Foundation
import PerfGate
import PerfGateMachine
import PerfGateReport

/// Stores new sessions, shows the stored ones, lists their machines, and checks their files.
struct BaselineCommand {
  private let invocation: Invocation
  private let catalog: Catalog
  private let claims: [Claim]
  private let output: CommandOutput
  private let store: BaselineStore
  private let environment: MeasurementEnvironment
  /// The key of this machine.
  private var key: String { environment.machine.key.text }
  private var options: Options { invocation.options }

  init(
    _ invocation: Invocation, catalog: Catalog, claims: [Claim], output: CommandOutput
  ) throws(CommandError) {
    self.invocation = invocation
    self.catalog = catalog
    self.claims = claims
    self.output = output
    environment = try MeasurementEnvironment(options: invocation.options)
    store = BaselineFolder(invocation.options, environment.machine).store
  }

  func execute() throws(CommandError) -> Int32 {
    switch options.action {
    case .update: return try measure()
    case .show: return try show()
    case .list: return try list()
    case .check: return try check()
    case nil: return ExitCode.usage.rawValue
    }
  }

  private func measure() throws(CommandError) -> Int32 {
    try MeasuringCommand(invocation, catalog: catalog, claims: claims, output: output).execute()
  }

  private func show() throws(CommandError) -> Int32 {
    _ = try ReportFiles(options)
    let today = try record(of: key)
    guard let baseline = try read(key) else {
      if let path = options.reports[Report.html.option] {
        throw .usage(
          "cannot write \(path): nothing is stored for this machine, \(key); record sessions first: "
            + "baseline update")
      }
      output.show(try listLines())
      return ExitCode.success.rawValue
    }
    if let path = options.reports[Report.html.option] {
      let page = HTMLReport.page(baseline, today: today.record)
      guard path != "-" else {
        output.out(page)
        return ExitCode.success.rawValue
      }
      try OutputFile.write(page, to: path, output)
    }
    var lines = ["machine    \(key)", today.line, ""]
    lines += BaselineReport.show(baseline, today: today.record, width: output.columns)
    output.show(lines)
    return ExitCode.success.rawValue
  }

  private func list() throws(CommandError) -> Int32 {
    output.show(try listLines())
    return ExitCode.success.rawValue
  }

  private func listLines() throws(CommandError) -> [String] {
    let (baselines, notes) = try all()
    return notes + listLines(baselines)
  }

  private func listLines(_ baselines: [Baseline]) -> [String] {
    BaselineReport.list(baselines, key: key, width: output.columns, renaming: store.renaming())
  }

  /// Checks the files first, then the claims of this machine; with a budget of 0 only the files.
  private func check() throws(CommandError) -> Int32 {
    var (baselines, lines) = try all()
    for baseline in baselines {
      lines += baseline.staleness(
        claims: claims.map(\.id), toolchain: Record.Tool.current.toolchain, now: .now
      ).map { "note       \($0)" }
    }
    let files = baselines.count == 1 ? "1 file is" : "\(baselines.count) files are"
    lines.append("\(files) sound in \(store.folder)")
    if try outputFiles().takeStandardOutput {
      for line in lines { output.complain(line) }
    } else {
      output.show(lines)
    }
    let isStored = baselines.contains { $0.machine.key == key }
    guard options.budget > 0, isStored else {
      return try checkNothing(isStored ? [] : listLines(baselines))
    }
    return try measure()
  }

  /// Ends a check that measures nothing. Each claim says why, and `--strict` and `--require` apply
  /// as usual.
  ///
  /// - Parameter lines: printed before the claims.
  private func checkNothing(_ lines: [String]) throws(CommandError) -> Int32 {
    let plan = try environment.requestedPlan(workers: 1)
    var record = environment.record(command: "baseline", seed: options.seed, plan: plan)
    var gate = environment.gateOptions(budget: options.budget)
    gate.baselines = try BaselineFolder(options, environment.machine).context(
      environment, isRecording: false, program: output.program)
    record.add(try selectedClaims(), catalog: catalog, options: gate)
    let files = try outputFiles()
    try files.write(record, to: output)
    if !files.takeStandardOutput {
      let claims =
        record.claims.isEmpty
        ? [] : ConsoleReport.styledBody(record, hasTables: false, width: output.columns)
      output.show(lines.map { StyledLine($0) } + claims)
    }
    return ClaimExit(record, options: options).end(output)
  }

  /// The files of a check.
  private func outputFiles() throws(CommandError) -> OutputFiles {
    let file = try options.json.map { request throws(CommandError) in
      try RecordFile(request: request, command: .baseline)
    }
    return OutputFiles(record: file, reports: try ReportFiles(options))
  }

  private func selectedClaims() throws(CommandError) -> [Claim] {
    let kernels =
      catalog.kernels.isEmpty ? [] : try MeasuringCommand.selectedKernels(invocation, catalog)
    return try MeasuringCommand.selectedClaims(invocation, claims, kernels, catalog)
  }

  private func read(_ key: String) throws(CommandError) -> Baseline? {
    do { return try store.read(key) } catch { throw CommandError(error) }
  }

  /// All stored baselines, and a note for each file that cannot be used.
  ///
  /// - Throws: if the file of this machine cannot be used. Files of other machines only cause a
  ///   note.
  private func all() throws(CommandError) -> (baselines: [Baseline], notes: [String]) {
    let names: [String]
    do { names = try store.keys() } catch { throw CommandError(error) }
    var found: [Baseline] = []
    var notes: [String] = []
    for name in names {
      do throws(BaselineError) {
        if let one = try store.read(name) { found.append(one) }
      } catch {
        guard name != key else { throw CommandError(error) }
        notes.append("note       \(error.description); skipped")
      }
    }
    return (found, notes)
  }

  /// The record named on the command line, or the newest of this package and machine with claims.
  private func record(of key: String) throws(CommandError) -> (record: Record?, line: String) {
    if let path = options.path {
      let record = try RecordInput.read(path)
      guard record.machine.key == key else {
        throw CommandError(
          .badData,
          "cannot show record \(path): it is from machine \(record.machine.key), this is \(key)")
      }
      return (record, "today      \(path), \(record.started)")
    }
    let folder = RecordFile.defaultFolder()
    let files = FileManager.default
    let names =
      RecordFile.defaultFolderIsTrusted
      ? ((try? files.contentsOfDirectory(atPath: folder)) ?? [])
        .filter { $0.hasPrefix("run-") || $0.hasPrefix("baseline-") } : []
    let paths = names.map { "\(folder)/\($0)" }.sorted { Self.date($0) > Self.date($1) }
    for path in paths.prefix(20) {
      guard let record = try? Record.read(path: path), record.machine.key == key,
        !record.claims.isEmpty
      else { continue }
      return (record, "today      \(path), \(record.started)")
    }
    return (nil, "today      no record of this machine with claims in \(folder); make one: run")
  }

  private static func date(_ path: String) -> Date {
    let values = try? FileManager.default.attributesOfItem(atPath: path)
    return values?[.modificationDate] as? Date ?? .distantPast
  }
}
