import Foundation
import PerfGate
import PerfGateMachine

/// How the targets of a package were built, read from SwiftPM's own files beside the test program.
///
/// `swift test` builds without optimization. A test target, or a target with a kernel, may set `-O`
/// itself, but the code that it calls in other targets and packages is still unoptimized.
struct BuiltTargets: Sendable {
  /// All direct and indirect dependencies of each target.
  private let dependencies: [String: [String]]
  /// Whether each target was built with optimization. Targets that were not compiled here are
  /// missing.
  private let isOptimized: [String: Bool]
  /// The source files of each Swift target, as JSON.
  private let sources: [(target: String, files: String)]

  /// Why nothing is known about the build, in one line.
  struct Unknown: Error, Hashable, Sendable, CustomStringConvertible {
    var description: String
  }

  /// The targets of this process, read once, when the first claim needs them.
  static let current: Result<BuiltTargets, Unknown> = {
    do throws(Unknown) {
      guard let program = OwnProgram.path else {
        throw Unknown(description: "cannot find the test program")
      }
      return .success(
        try BuiltTargets(folder: URL(fileURLWithPath: program).deletingLastPathComponent().path))
    } catch { return .failure(error) }
  }()

  /// Reads SwiftPM's files for a build folder, such as `.build/x86_64-unknown-linux-gnu/debug`: the
  /// dependencies in its `description.json`, and the compiler's arguments in `.build/debug.yaml`.
  init(folder: String) throws(Unknown) {
    let url = URL(fileURLWithPath: folder)
    let manifest = url.deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("\(url.lastPathComponent).yaml").path
    let description = "\(folder)/description.json"
    func read(_ path: String) throws(Unknown) -> Data {
      guard let data = FileManager.default.contents(atPath: path) else {
        throw Unknown(description: "\(path) of SwiftPM's build is missing")
      }
      return data
    }
    try self.init(
      description: try read(description),
      manifest: String(decoding: try read(manifest), as: UTF8.self))
  }

  /// Reads the text of both files.
  init(description: Data, manifest: String) throws(Unknown) {
    guard let plan = try? JSONDecoder().decode(Plan.self, from: description) else {
      throw Unknown(description: "description.json of SwiftPM's build has an unknown format")
    }
    dependencies = plan.targetDependencyMap
    let targets = Set(dependencies.keys).union(dependencies.values.joined())
    var isOptimized: [String: Bool] = [:]
    var sources: [(target: String, files: String)] = []
    for command in Self.commands(in: manifest) {
      guard let target = Self.target(of: command, among: targets),
        let optimized = Self.isOptimized(command)
      else { continue }
      // A C target is compiled file by file.
      isOptimized[target] = isOptimized[target, default: true] && optimized
      sources.append((target, command.inputs))
    }
    guard !isOptimized.isEmpty else {
      throw Unknown(description: "the files of SwiftPM's build contain no compiled target")
    }
    self.isOptimized = isOptimized
    self.sources = sources
  }

  private struct Plan: Decodable {
    var targetDependencyMap: [String: [String]]
  }
}

// MARK: - What was built without optimization

extension BuiltTargets {
  /// The target that contains a Swift file.
  func target(ofFile path: String) -> String? {
    guard let data = try? JSONEncoder().encode(path) else { return nil }
    let quoted = String(decoding: data, as: UTF8.self).replacingOccurrences(of: "\\/", with: "/")
    return sources.first { $0.files.contains(quoted) }?.target
  }

  /// The dependencies of a target that were built without optimization, sorted by name; `nil`: the
  /// target is not in the build.
  ///
  /// Targets of PerfGate do not count: their code between two clock readings is always optimized,
  /// the rest never.
  func unoptimized(below target: String) -> [String]? {
    guard let all = dependencies[target] else { return nil }
    let own = Self.libraries.union(Self.libraries.flatMap { dependencies[$0] ?? [] })
    return Set(all).subtracting(own).filter { isOptimized[$0] == false }.sorted()
  }

  /// The names of PerfGate's libraries.
  private static let libraries: Set = ["PerfGate", "PerfGateTesting", "PerfGateCommands"]

  /// Why the measured code may have run without optimization; `nil`: it was optimized.
  ///
  /// - Parameters:
  ///   - built: the targets of the build.
  ///   - target: the target whose code is measured.
  static func refusal(
    _ built: Result<BuiltTargets, Unknown>,
    isDebug: Bool = Record.Tool.current.configuration == "debug",
    target: (BuiltTargets) -> String?
  ) -> Reason? {
    do {
      let targets = try built.get()
      guard let target = target(targets), let names = targets.unoptimized(below: target) else {
        throw Unknown(description: "the files of SwiftPM's build do not contain the target")
      }
      guard !names.isEmpty else { return nil }
      return .unoptimizedTargets(names, of: target)
    } catch {
      // A release build is optimized unless its flags say otherwise.
      guard isDebug else { return nil }
      return .unknownOptimization("\(error)")
    }
  }
}

// MARK: - SwiftPM's manifest for llbuild

extension BuiltTargets {
  /// One command, with its lists as JSON.
  private struct Command {
    var inputs = ""
    var outputs = ""
    var arguments = ""
  }

  private static func commands(in manifest: String) -> [Command] {
    var commands: [Command] = []
    var command = Command()
    for line in manifest.utf8.split(separator: UInt8(ascii: "\n")) {
      guard line.starts(with: "    ".utf8) else {
        command = Command()
        continue
      }
      let text = line.dropFirst(4)
      func list(_ key: String) -> String? {
        guard text.starts(with: "\(key): [".utf8) else { return nil }
        return String(Substring(text.dropFirst(key.utf8.count + 2)))
      }
      if let inputs = list("inputs") { command.inputs = inputs }
      if let outputs = list("outputs") { command.outputs = outputs }
      guard let arguments = list("args") else { continue }
      command.arguments = arguments
      commands.append(command)
    }
    return commands
  }

  private static func words(_ list: String) -> [String] {
    (try? JSONDecoder().decode([String].self, from: Data(list.utf8))) ?? []
  }

  /// The target whose object folder, `Name.build`, a command writes into.
  private static func target(of command: Command, among targets: Set<String>) -> String? {
    guard command.arguments.contains("\"-c\""), let output = words(command.outputs).first else {
      return nil
    }
    return output.split(separator: "/").lazy.filter { $0.hasSuffix(".build") }
      .map { String($0.dropLast(6)) }.first(where: targets.contains)
  }

  /// Whether the compiler's arguments enable optimization: the last such option counts. `nil`:
  /// there is none.
  private static func isOptimized(_ command: Command) -> Bool? {
    var isOptimized: Bool?
    var isForAnother = false
    for word in words(command.arguments) {
      // The next argument is for a tool that the compiler calls.
      if isForAnother {
        isForAnother = false
      } else if ["-Xcc", "-Xfrontend", "-Xlinker", "-Xclang", "-Xllvm"].contains(word) {
        isForAnother = true
      } else if ["-Onone", "-O0"].contains(word) {
        isOptimized = false
      } else if word.hasPrefix("-O") {
        isOptimized = true
      }
    }
    return isOptimized
  }
}
