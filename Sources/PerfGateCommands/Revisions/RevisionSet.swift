import Foundation
import PerfGate
import PerfGateMachine

/// The two revisions of one run: found, built, started.
final class RevisionSet {
  /// What is compared.
  private(set) var revisions: Revisions
  /// The old revision's program in series: its commit.
  let oldProgram: String
  private let options: Options
  private let product: String
  private let environment: [String: String]
  private let repository: GitRepository
  private let commit: String
  /// What both take from the working tree, from the top of the repository.
  private let kept: [String]
  private var folder: RevisionFolder?
  private var build: RevisionBuild?
  private var layouts: LayoutLinker?
  /// Which side could not be built.
  private var failedSide: RevisionFolder.Side?

  /// How often a build that takes long says so, in seconds.
  private static let pause = 20.0

  /// Finds the revision. Builds nothing yet.
  ///
  /// - Parameters:
  ///   - revision: what to compare with.
  ///   - product: the name of this program in its package.
  init(
    _ options: Options, against revision: String, product: String,
    _ environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(RevisionFailure) {
    self.options = options
    self.product = product
    self.environment = environment
    guard let package = WorkTree.packageFolder() else {
      throw RevisionFailure(
        .unknown,
        "cannot compare with \(revision): no folder from here upwards has a Package.swift; "
          + "change to the package")
    }
    repository = try GitRepository(around: package, for: revision, environment)
    commit =
      options.mergeBase
      ? try repository.mergeBase(with: revision) : try repository.commit(of: revision)
    oldProgram = String(commit.prefix(12))
    let head = try? repository.commit(of: "HEAD")
    let isClean = repository.isClean
    let name = options.mergeBase ? "merge base with \(revision)" : revision
    revisions = Revisions(
      old: Revisions.Revision(name: name, commit: commit),
      new: Revisions.Revision(name: "working tree", commit: isClean ? head : nil))
    kept = try Self.keptPaths(options.keep, repository)
    revisions.kept = kept
  }

  /// The paths to keep, from the top of the repository.
  private static func keptPaths(
    _ paths: [String], _ repository: GitRepository
  ) throws(RevisionFailure) -> [String] {
    let top = URL(fileURLWithPath: repository.top).resolvingSymlinksInPath().path
    var kept: [String] = []
    for path in paths {
      guard !["", ".."].contains((path as NSString).lastPathComponent) else {
        throw RevisionFailure(.unknown, "cannot keep \(path): name a file or folder")
      }
      let url = URL(fileURLWithPath: path).standardizedFileURL
      let full =
        url.deletingLastPathComponent().resolvingSymlinksInPath().path + "/" + url.lastPathComponent
      var status = stat()
      guard lstat(full, &status) == 0 else {
        throw RevisionFailure(.unknown, "cannot keep \(path): it is not in the working tree")
      }
      guard full.hasPrefix(top + "/"), !full.hasPrefix(top + "/.git/"), full != top + "/.git" else {
        throw RevisionFailure(
          .unknown, "cannot keep \(path): it is not a file or folder inside of \(top)")
      }
      kept.append(String(full.dropFirst(top.count + 1)))
    }
    return kept
  }

  /// The statement about each variant of these kernels.
  func claims(_ kernels: [AnyKernel]) throws(CommandError) -> [Claim] {
    let margin = options.worseByAtMost ?? Options.defaultMargin
    let percent = (margin * 1000).rounded() / 10
    let more = percent == percent.rounded() ? "\(Int(percent))" : "\(percent)"
    var claims: [Claim] = []
    for kernel in kernels {
      for variant in MeasuringCommand.selectedVariants(kernel, options)
      // A limit is no code that anybody makes faster, unless somebody asks for it.
      where variant.messageWay == nil && (!variant.isLimit || !options.variants.isEmpty) {
        do {
          claims.append(
            try Claim(
              id: "\(kernel.name)/\(variant.name)",
              text: "at most \(more) % slower than \(revisions.old.name)", kernel: kernel.name,
              .revision(
                variant: variant.name, against: oldProgram, atMost: 1 + margin,
                workers: options.workers?.first ?? 1)))
        } catch { throw .usage(error.description) }
      }
    }
    return claims
  }

  // MARK: - Building

  /// Checks out and builds both revisions, unless they are built.
  ///
  /// - Parameter say: called with a line about something that takes long.
  func prepare(say: @escaping (String) -> Void) throws(RevisionFailure) {
    let parent = RecordFile.defaultFolder()
    let folder = try RevisionFolder(
      "\(parent)/revisions", name: (repository.top as NSString).lastPathComponent)
    let build = try RevisionBuild(product: product, package: repository.package, environment)
    (self.folder, self.build) = (folder, build)
    var files = try repository.files()
    let resolved =
      repository.package.isEmpty ? "Package.resolved" : "\(repository.package)/Package.resolved"
    for path in kept + [resolved] {
      let known = Set(files)
      files += try workingFiles(path).filter { !known.contains($0) }
    }
    var keptFiles: [String] = []
    for path in kept { keptFiles += try workingFiles(path) }
    let keys = RevisionPair(
      old:
        "\(folder.path) \(commit) \(kept) \(try RevisionFolder.key(of: keptFiles, in: repository.top)) \(build.key)",
      new: "\(folder.path) \(try RevisionFolder.key(of: files, in: repository.top)) \(build.key)")
    for side in RevisionFolder.Side.allCases { try folder.removeForeign(side) }
    var changed: [RevisionFolder.Side] = []
    if !isBuilt(.old, keys.old) {
      try folder.setBuilt(.old, nil)
      try folder.checkOut(commit, of: repository, .old, named: revisions.old.name, say: say)
      try folder.keep(kept, of: repository.top, .old)
      changed.append(.old)
    }
    if !isBuilt(.new, keys.new) {
      try folder.setBuilt(.new, nil)
      try folder.copy(files, of: repository.top, .new)
      changed.append(.new)
    }
    try runAgainIfDamaged(changed, keys, say)
    revisions.dependencies = PackagePins.differences(
      between: build.packageFolder(folder, .old), and: build.packageFolder(folder, .new))
    layouts = LayoutLinker(folder, build, seed: options.seed, say: say)
  }

  private func workingFiles(_ path: String) throws(RevisionFailure) -> [String] {
    guard let folder else { return [] }
    var isFolder: ObjCBool = false
    let full = "\(repository.top)/\(path)"
    guard FileManager.default.fileExists(atPath: full, isDirectory: &isFolder) else { return [] }
    return isFolder.boolValue ? try folder.allFiles(full).map { "\(path)/\($0)" } : [path]
  }

  private func isBuilt(_ side: RevisionFolder.Side, _ key: String) -> Bool {
    guard let folder, let build else { return false }
    return folder.built(side) == key
      && FileManager.default.isExecutableFile(atPath: build.program(folder, side))
  }

  private func job(_ side: RevisionFolder.Side) throws(RevisionFailure) -> OutsideProgram.Job {
    guard let folder, let build else { throw RevisionFailure(.unavailable, "nothing is prepared") }
    let manifest = "\(build.packageFolder(folder, side))/Package.swift"
    guard FileManager.default.fileExists(atPath: manifest) else {
      throw build.noProgram(in: name(side), side)
    }
    return build.job(folder, side)
  }

  /// Builds both sides; once more without what an earlier run has left of one, if that may be damaged.
  private func runAgainIfDamaged(
    _ changed: [RevisionFolder.Side], _ keys: RevisionPair<String>, _ say: (String) -> Void
  ) throws(RevisionFailure) {
    guard let folder else { return }
    var old = Set(
      RevisionFolder.Side.allCases.filter { folder.files.fileExists(atPath: folder.build($0)) })
    while true {
      do throws(RevisionFailure) { return try run(changed, keys, say) } catch {
        guard error.kind == .unavailable, let side = failedSide, old.remove(side) != nil,
          RevisionBuild.mayBeDamaged(log: folder.log(side))
        else { throw error }
        say("building \(name(side)) anew: what an earlier run left may be damaged")
        try folder.setBuilt(side, nil)
        try folder.remove(folder.build(side))
      }
    }
  }

  /// Builds both sides. Of those that did not change only what else they are built from is looked at:
  /// packages beside the repository, system libraries.
  private func run(
    _ changed: [RevisionFolder.Side], _ keys: RevisionPair<String>, _ say: (String) -> Void
  ) throws(RevisionFailure) {
    guard let folder, let build else { return }
    let sides = RevisionFolder.Side.allCases
    var jobs: [OutsideProgram.Job] = []
    for side in sides { jobs.append(try job(side)) }
    if !changed.isEmpty { say("building \(changed.map(name).joined(separator: " and "))") }
    let begin = ContinuousClock.now
    var said = 0.0
    func elapsed() -> Double { MeasuringCommand.seconds(ContinuousClock.now - begin) }
    var failure: RevisionFailure?
    OutsideProgram.run(
      jobs, atOnce: jobs.count,
      waiting: {
        guard elapsed() - said >= Self.pause else { return }
        said = elapsed()
        say("building for \(Int(said)) s")
      }
    ) { index, outcome in
      let side = sides[index]
      let isMade = FileManager.default.isExecutableFile(atPath: build.program(folder, side))
      guard outcome.failure != nil || !isMade else {
        guard !folder.incomplete.contains(side) else { return }
        do throws(RevisionFailure) {
          try folder.setBuilt(side, side == .old ? keys.old : keys.new)
        } catch { failure = failure ?? error }
        return
      }
      if failure == nil { failedSide = side }
      // The other one is ended then, which is no failure of its own.
      failure = failure ?? build.failure(outcome, log: folder.log(side), of: name(side), side)
    }
    if let failure { throw failure }
    if !changed.isEmpty { say("built in \(Int(elapsed().rounded())) s") }
  }

  /// What a side is called in messages.
  private func name(_ side: RevisionFolder.Side) -> String {
    side == .old ? "\(revisions.old.name) (\(oldProgram))" : "the \(revisions.new.name)"
  }

  // MARK: - Running

  /// Starts both programs.
  func session(
    _ record: Record, _ environment: MeasurementEnvironment, _ plan: PlacementPlan,
    _ catalog: Catalog
  ) throws(MeasurementError) -> RevisionSession {
    guard let folder, let build, let layouts else {
      throw .revision(RevisionFailure(.unavailable, "nothing is prepared"))
    }
    func side(_ side: RevisionFolder.Side) -> RevisionSession.Side {
      RevisionSession.Side(
        name: name(side),
        program: ArmProgram(
          name: name(side), path: build.program(folder, side), arguments: ["arm"],
          environment: ArmProgram.environment(from: self.environment), socket: .standardStreams,
          mustGreet: true))
    }
    var record = record
    record.revisions = revisions
    // What was measured, however the program that compares was built.
    record.tool.configuration = "release"
    record.tool.flags = build.flags
    if !layouts.isDrawn {
      record.notes.append(
        Record.Note(
          code: "one-layout",
          text:
            "each revision has one layout, because \(layouts.whyOne): a difference of some percent "
            + "may be where functions lie"))
    }
    do throws(MeasurementError) {
      return try environment.session(
        record, catalog: catalog, plan: plan, executors: options.executors,
        sides: RevisionPair(old: side(.old), new: side(.new)), oldProgram: oldProgram,
        layouts: layouts, timeout: options.budget)
    } catch {
      guard case .program(let failure) = error, failure.request.isGreeting else { throw error }
      throw .revision(
        RevisionFailure(
          .unavailable,
          "the program \(product) of \(failure.program) does not speak the arm protocol (it "
            + "\(failure.finding)); take a newer one from the working tree on both sides with --keep"
        ))
    }
  }
}

extension CommandError {
  /// The error of a revision that cannot be had.
  init(_ failure: RevisionFailure) {
    switch failure.kind {
    case .unknown: self.init(.usage, failure.description)
    case .unavailable: self.init(.unavailable, failure.description)
    case .diskFull: self.init(.cannotWrite, failure.description)
    case .locked: self.init(.notNow, failure.description)
    case .interrupted(let signal): self.init(ExitCode(signal: signal), "interrupted")
    }
  }
}
