import Foundation
import PerfGate
import PerfGateStatistics

/// Links the program of each side anew, with every function elsewhere each time.
///
/// Only the link runs again, as `swift build` has written it down.
final class LayoutLinker: LayoutSource {
  /// The variable that asks for one layout of each side for all rounds, which shows what drawing is for.
  static let variable = "PERFGATE_LAYOUTS"

  var isDrawn: Bool { !commands.isEmpty && !isOne }
  let isOne: Bool
  /// Why layouts are not drawn.
  var whyOne: String {
    if isOne { return "\(Self.variable)=1" }
    return build.drawsLayouts
      ? "how swift build links it was not found in \(folder.build(.new))/release.yaml"
      : "a linker that can draw them (ld.lld) is not here"
  }
  private let folder: RevisionFolder
  private let build: RevisionBuild
  private let seed: UInt64
  private let commands: [RevisionFolder.Side: [String]]
  private let say: (String) -> Void
  /// How many layouts of each side are there.
  private var count = 0

  /// Enough for a warm-up and the first look, so that most kernels need no more.
  private static let first = 10
  /// How many of a side are linked together later.
  private static let batch = 8
  /// How long a link may take, in seconds.
  private static let seconds = 600.0
  /// The end of the names of linked programs.
  private static let mark = ".layout-"

  /// - Parameters:
  ///   - seed: of the drawn layouts.
  ///   - say: called with a line about something that takes long.
  init(
    _ folder: RevisionFolder, _ build: RevisionBuild, seed: UInt64,
    say: @escaping (String) -> Void
  ) {
    self.folder = folder
    self.build = build
    self.seed = seed
    self.say = say
    var commands: [RevisionFolder.Side: [String]] = [:]
    if build.drawsLayouts {
      for side in RevisionFolder.Side.allCases {
        commands[side] = Self.command(folder.build(side), build.product)
      }
    }
    self.commands = commands.count == RevisionFolder.Side.allCases.count ? commands : [:]
    isOne = build.environment[Self.variable] == "1"
    clear()
  }

  func programs(_ number: Int) throws(MeasurementError) -> RevisionPair<String> {
    guard !commands.isEmpty else {
      return RevisionPair(old: build.program(folder, .old), new: build.program(folder, .new))
    }
    let number = isOne ? 0 : number
    if isOne, count == 0 { try link(until: 1) }
    if number >= count { try link(until: number < Self.first ? Self.first : number + Self.batch) }
    return RevisionPair(old: path(.old, number), new: path(.new, number))
  }

  /// Removes all that were linked, also by an earlier run that was interrupted.
  func clear() {
    count = 0
    for side in RevisionFolder.Side.allCases {
      let program = build.program(folder, side)
      let parent = (program as NSString).deletingLastPathComponent
      let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
      for name in names where name.hasPrefix(build.product + Self.mark) {
        unlink("\(parent)/\(name)")
      }
    }
  }

  deinit { clear() }

  /// Beside the program as it was built, because that is where it looks for its libraries and files.
  private func path(_ side: RevisionFolder.Side, _ number: Int) -> String {
    build.program(folder, side) + "\(Self.mark)\(number)"
  }

  private func link(until wanted: Int) throws(MeasurementError) {
    var jobs: [OutsideProgram.Job] = []
    var logs: [String] = []
    for number in count..<wanted {
      for side in RevisionFolder.Side.allCases {
        guard let command = commands[side], let program = command.first else { continue }
        let log = path(side, number) + ".log"
        logs.append(log)
        jobs.append(
          OutsideProgram.Job(
            program: program,
            arguments: Self.arguments(
              command, output: path(side, number), seed: layoutSeed(side, number)),
            environment: build.environment, output: log, seconds: Self.seconds))
      }
    }
    say("linking \(jobs.count) layouts")
    var failure: MeasurementError?
    let cpus = max(1, ProcessInfo.processInfo.activeProcessorCount)
    OutsideProgram.run(jobs, atOnce: cpus) { index, outcome in
      guard failure == nil, let why = outcome.failure else { return }
      if let signal = outcome.interrupted {
        failure = .worker(.interrupted(signal: signal))
        return
      }
      let text = (try? String(contentsOfFile: logs[index], encoding: .utf8)) ?? ""
      let lines = text.split(separator: "\n").map(String.init)
      let first = lines.first { $0.contains("error") } ?? lines.first ?? ""
      failure = .revision(
        text.saysDiskFull
          ? RevisionFailure(.diskFull, "cannot link \(build.product): the disk is full; make room")
          : RevisionFailure(
            .unavailable, "cannot link \(build.product): the linker \(why): \(first.prefix(400))"))
    }
    for log in logs { unlink(log) }
    if let failure { throw failure }
    count = wanted
  }

  /// Another one for each side and number.
  private func layoutSeed(_ side: RevisionFolder.Side, _ number: Int) -> UInt64 {
    var random = SplitMix64(seed: seed, stream: 2 * number + (side == .new ? 1 : 0))
    // The linker takes 32 bits, and treats the largest one as the reverse order.
    return 1 + random.next() % 0x7fff_ffff
  }

  // MARK: - The command

  /// The command that links the program, from the build's own description; `nil`: not found there.
  static func command(_ scratch: String, _ product: String) -> [String]? {
    guard let text = try? String(contentsOfFile: "\(scratch)/release.yaml", encoding: .utf8) else {
      return nil
    }
    for line in text.split(separator: "\n") where line.contains("\"-emit-executable\"") {
      guard let start = line.firstIndex(of: "["),
        let words = try? JSONDecoder().decode([String].self, from: Data(line[start...].utf8)),
        let output = words.firstIndex(of: "-o"), output + 1 < words.count,
        (words[output + 1] as NSString).lastPathComponent == product,
        words.contains(where: { $0.hasPrefix(RevisionBuild.shuffle) })
      else { continue }
      return words
    }
    return nil
  }

  /// The arguments of that command for another layout: without the program, and with another output and
  /// seed. What debuggers need is left out, which makes the file small and moves no function.
  static func arguments(_ command: [String], output: String, seed: UInt64) -> [String] {
    var words = Array(command.dropFirst())
    if let index = words.firstIndex(of: "-o"), index + 1 < words.count { words[index + 1] = output }
    for index in words.indices where words[index].hasPrefix(RevisionBuild.shuffle) {
      words[index] = "\(RevisionBuild.shuffle)\(seed)"
    }
    return words + ["-Xlinker", "--strip-debug"]
  }
}
