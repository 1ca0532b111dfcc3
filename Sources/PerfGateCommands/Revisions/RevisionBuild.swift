import Foundation
import PerfGate
import PerfGateStatistics

/// Builds a program of a package in release, the same way for each revision.
struct RevisionBuild {
  /// The name of the executable product.
  let product: String
  /// The package's folder in the sources of each side; empty for the top.
  let package: String
  let environment: [String: String]
  /// Whether the linker can be asked for a layout.
  let drawsLayouts: Bool
  private let swift: String
  /// The compiler's version.
  private let toolchain: String

  /// How long a build may take, in seconds.
  static let seconds = 3600.0
  /// The place of the seed in the linker's option.
  static let shuffle = "--shuffle-sections=.text*="
  private static let linker = "ld.lld"

  init(
    product: String, package: String, _ environment: [String: String]
  ) throws(RevisionFailure) {
    self.product = product
    self.package = package
    let environment = GitRepository.withoutRepository(environment)
    self.environment = environment
    let folders = OutsideProgram.searchPath(environment)
    guard let swift = OutsideProgram.find("swift", in: folders) else {
      throw RevisionFailure(
        .unavailable, "cannot build revisions: swift is not in PATH; install the Swift toolchain")
    }
    self.swift = swift
    let version = OutsideProgram.run(swift, ["--version"], environment, atMost: 60)
    if let signal = version.interrupted { throw .interrupted(signal) }
    toolchain = version.lines.joined(separator: " ")
    #if os(Linux)
      let own = (URL(fileURLWithPath: swift).resolvingSymlinksInPath().path as NSString)
        .deletingLastPathComponent
      drawsLayouts = OutsideProgram.find(Self.linker, in: [own] + folders) != nil
    #else
      drawsLayouts = false
    #endif
  }

  /// What decides what is built besides the sources.
  var key: String { "\(product) \(package) \(toolchain) \(flags.joined(separator: " "))" }

  /// The options of `swift build` for both sides.
  var flags: [String] {
    guard drawsLayouts else { return [] }
    return [
      "-Xswiftc", "-use-ld=lld", "-Xlinker", "\(Self.shuffle)1",
      "-Xcc", "-ffunction-sections", "-Xswiftc", "-Xfrontend", "-Xswiftc", "-function-sections",
    ]
  }

  /// The build of a side.
  func job(_ folder: RevisionFolder, _ side: RevisionFolder.Side) -> OutsideProgram.Job {
    OutsideProgram.Job(
      program: swift,
      arguments: [
        "build", "-c", "release", "--product", product, "--package-path",
        packageFolder(folder, side),
        "--scratch-path", folder.build(side),
      ] + flags, environment: environment, output: folder.log(side), seconds: Self.seconds)
  }

  func packageFolder(_ folder: RevisionFolder, _ side: RevisionFolder.Side) -> String {
    package.isEmpty ? folder.source(side) : "\(folder.source(side))/\(package)"
  }

  /// The program that was built.
  func program(_ folder: RevisionFolder, _ side: RevisionFolder.Side) -> String {
    "\(folder.build(side))/release/\(product)"
  }

  /// The error of a build that failed, from what it said.
  ///
  /// - Parameter name: what the revision is called.
  func failure(
    _ outcome: OutsideProgram.Outcome, log: String, of name: String, _ side: RevisionFolder.Side
  ) -> RevisionFailure {
    if let signal = outcome.interrupted { return .interrupted(signal) }
    let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
    if text.saysDiskFull {
      return RevisionFailure(.diskFull, "cannot build \(name): the disk is full; make room")
    }
    let lines = text.split(separator: "\n").map(String.init)
    if lines.contains(where: { $0.contains("no product named") }) {
      return noProgram(in: name, side)
    }
    let first = lines.first { $0.contains("error:") } ?? lines.last { !$0.isEmpty } ?? ""
    return RevisionFailure(
      .unavailable,
      "cannot build \(name): swift build \(outcome.failure ?? "made no program"): "
        + "\(first.trimmingCharacters(in: .whitespaces).prefix(400)) (all of it: \(log))")
  }

  /// Whether a build may have failed because what an earlier one left is damaged: neither the code nor the
  /// link is at fault.
  static func mayBeDamaged(log: String) -> Bool {
    let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
    let isOfSources = text.contains(/:[0-9]+:[0-9]+: (fatal )?error:/)
    return !isOfSources && !text.contains("no product named")
      && !text.contains("link command failed")
  }

  /// The error for a revision that has no such program.
  func noProgram(in name: String, _ side: RevisionFolder.Side) -> RevisionFailure {
    RevisionFailure(
      .unavailable,
      side == .new
        ? "\(name) has no program \(product) in \(package.isEmpty ? "its top folder" : package); change "
          + "to the folder of the package that has it"
        : "\(name) has no program \(product); take it from the working tree on both sides: --keep "
          + "Package.swift --keep Sources/\(product)")
  }
}
