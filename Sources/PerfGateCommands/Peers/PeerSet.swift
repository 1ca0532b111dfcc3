import Foundation
import PerfGate
import PerfGateMachine

/// The programs in other languages of one run: found, built, started.
final class PeerSet {
  /// What is known about one of them.
  struct Member {
    var runtime: PeerRuntime
    var found: PeerSearch.Found?
    /// Whether it is not installed.
    var isMissing = false
    /// Why it is installed and does not work; `nil`: it works.
    var failure: String?
    var version = ""
    var startupSeconds: Double?
    var compileSeconds: Double?

    /// Why it cannot run, after its name.
    fileprivate var refusal: String? {
      isMissing ? "is not here: \(runtime.remedy)" : failure.map { "does not work: \($0)" }
    }
  }

  /// The kernels, with the variants of these programs.
  private(set) var catalog: Catalog
  /// The programs in the order of the table: those that have a part in one of the kernels.
  private(set) var members: [Member]
  /// Why a program that was asked for by name cannot be measured.
  private(set) var failure: String?
  private let options: Options
  private let own: Catalog
  private let search: PeerSearch
  private let environment: [String: String]

  /// How long a program may take to start, in seconds: some load a whole compiler.
  private static let startSeconds = 120.0
  /// How long an arm of unknown length may take, in seconds: a hundred million characters through a
  /// pipe, fifty times.
  private static let armSeconds = 120.0

  /// Looks at no program yet.
  ///
  /// - Parameter variables: the environment, with the path of programs.
  init(
    _ options: Options, _ catalog: Catalog,
    variables: [String: String] = ProcessInfo.processInfo.environment
  ) throws(CommandError) {
    self.options = options
    own = catalog
    environment = ArmProgram.environment(from: variables)
    search = try PeerSearch(python: options.python, environment: environment)
    let kernels = catalog.kernels.filter { kernel in
      options.kernels.isEmpty || options.kernels.contains { matchesGlob($0, kernel.name) }
    }
    members = (options.runtimes ?? PeerRuntime.allCases).filter { runtime in
      kernels.contains { !runtime.techniques(of: $0.name, asWritten: false).isEmpty }
    }.map { Member(runtime: $0) }
    self.catalog = catalog
    if let idle = options.runtimes?.first(where: { one in !members.contains { $0.runtime == one } })
    {
      let names = kernels.map(\.name).joined(separator: ", ")
      throw .usage("\(idle.rawValue) does nothing of \(names): leave it out of --runtimes")
    }
    self.catalog = try extended()
  }

  /// Finds what is installed.
  ///
  /// - Throws: what was named and is not here.
  func find() throws(CommandError) {
    for index in members.indices {
      let found = try search.find(members[index].runtime)
      members[index].isMissing = found == nil
      members[index].failure = found?.problem
      members[index].found = found?.problem == nil ? found : nil
      members[index].version = found?.version ?? ""
    }
    if options.runtimes != nil {
      for member in members {
        guard let refusal = member.refusal else { continue }
        throw CommandError(.unavailable, "\(member.runtime.rawValue) \(refusal)")
      }
    }
    catalog = try extended()
  }

  /// The program of a variant.
  func member(of variant: AnyKernel.VariantInfo) -> Member? {
    members.first { $0.runtime.rawValue == variant.peer?.program }
  }

  /// Builds and starts the programs, and makes a session in which they run beside this one.
  ///
  /// - Parameters:
  ///   - isWatched: whether arms that other programs disturbed are dropped.
  ///   - say: called with a line about something that takes long.
  func session(
    beside own: Session, _ environment: MeasurementEnvironment, _ plan: PlacementPlan,
    isWatched: Bool, say: @escaping (String) -> Void
  ) throws(MeasurementError) -> PeersSession {
    let build = PeerBuild(folder: try folder(), environment: self.environment, announce: say)
    var peers: [Peer] = []
    for index in members.indices {
      guard let found = members[index].found else { continue }
      do throws(MeasurementError) {
        if let peer = try start(
          found, &members[index], build, own, environment, plan, isWatched)
        {
          peers.append(peer)
        }
      } catch {
        for peer in peers { peer.end() }
        throw error
      }
    }
    do { catalog = try extended() } catch { throw .cannotStart(error.description) }
    return PeersSession(own, peers: peers, catalog: catalog)
  }

  private func start(
    _ found: PeerSearch.Found, _ member: inout Member, _ build: PeerBuild, _ own: Session,
    _ environment: MeasurementEnvironment, _ plan: PlacementPlan, _ isWatched: Bool
  ) throws(MeasurementError) -> Peer? {
    let runtime = found.runtime
    let ready: PeerBuild.Ready
    do { ready = try build.ready(found) } catch {
      if let signal = error.interrupted { throw .worker(.interrupted(signal: signal)) }
      try refuse(&member, error.description)
      return nil
    }
    let peer = Peer(
      ArmProgram(
        name: runtime.rawValue, path: ready.program, arguments: ready.arguments,
        environment: self.environment.merging(["PYTHONDONTWRITEBYTECODE": "1"]) { $1 },
        socket: .standardStreams, startTimeout: Self.startSeconds, mustPlace: false),
      isKept: runtime.isKept, catalog: catalog, placement: plan, machine: environment.machine,
      seed: own.record.seed, timeout: max(Self.armSeconds, options.budget), isWatched: isWatched)
    do throws(MeasurementError) {
      try connect(peer, &member)
      if !runtime.compilesLate { member.compileSeconds = ready.compileSeconds }
    } catch {
      peer.end()
      if case .worker = error { throw error }
      if ready.cache != nil {
        // It worked when it was built, so it is damaged, or what it needs has changed.
        build.discard(ready)
        return try start(found, &member, build, own, environment, plan, isWatched)
      }
      try refuse(&member, error.description)
      return nil
    }
    return peer
  }

  /// Starts a program, and lets it compile what it compiles late.
  private func connect(_ peer: Peer, _ member: inout Member) throws(MeasurementError) {
    member.startupSeconds = try peer.connect()
    // A compiled program may not know what compiled it.
    let told = peer.greeting.split(separator: " ").dropFirst().first
    if let told, told.first?.isNumber == true { member.version = String(told) }
    if member.runtime.compilesLate, let arm = smallestArm(member.runtime) {
      member.compileSeconds = try peer.compileSeconds(of: arm)
    }
  }

  /// A program that does not work: an error if it was named, otherwise a row that says so.
  private func refuse(_ member: inout Member, _ why: String) throws(MeasurementError) {
    member.failure = why
    guard options.runtimes != nil else { return }
    failure = why
    throw .cannotStart(why)
  }

  /// The shortest arm of a program.
  private func smallestArm(_ runtime: PeerRuntime) -> Arm? {
    for kernel in catalog.kernels {
      for variant in kernel.variants where variant.peer?.program == runtime.rawValue {
        return Arm(
          kernel: kernel.name, variant: variant.name, workers: 1, tasks: 1, size: 1
        ).placed(variant)
      }
    }
    return nil
  }

  private func extended() throws(CommandError) -> Catalog {
    let kernels = own.kernels.map { kernel in
      kernel.adding(
        members.flatMap {
          $0.runtime.variants(
            of: kernel.name, asWritten: options.asWritten, refusal: $0.refusal)
        })
    }
    do { return try Catalog(kernels) } catch {
      throw CommandError(.software, error.description)
    }
  }

  /// Where the programs are kept: beside the records.
  private func folder() throws(MeasurementError) -> String {
    let folder = RecordFile.defaultFolder()
    if folder == OwnFolder.path {
      do throws(OwnFolderError) { try OwnFolder.make() } catch {
        throw .cannotStart(error.description)
      }
    }
    return "\(folder)/peers"
  }
}
