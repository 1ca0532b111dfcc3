import Foundation
import PerfGate
import PerfGateStatistics

/// Puts the programs of other languages into the build folder, and builds those that need it, once
/// for each source and version.
struct PeerBuild {
  /// A program that is ready to start.
  struct Ready {
    var program: String
    var arguments: [String]
    /// How long it took to build, in seconds; `nil` if nothing was built.
    var compileSeconds: Double?
    /// The folder of a program that an earlier run has built.
    var cache: String?
  }

  /// Why a program could not be built.
  struct Failure: Error {
    var description: String
    /// The signal that asked this program to stop.
    var interrupted: Int32?
  }

  /// Where the programs are kept.
  let folder: String
  let environment: [String: String]
  /// Called before a build.
  let announce: (String) -> Void

  /// How long a build may take, in seconds.
  private static let buildSeconds = 600.0

  /// The program of a runtime, built if it is not there yet.
  func ready(_ found: PeerSearch.Found) throws(Failure) -> Ready {
    switch found.runtime {
    case .go:
      let built = try built(found, "peer.go", PackageResources.peer_go) { source, output in
        (found.program, ["build", "-o", output, source])
      }
      return Ready(
        program: built.path, arguments: [], compileSeconds: built.seconds, cache: built.cache)
    case .mojo:
      let built = try built(found, "peer.mojo", PackageResources.peer_mojo) { source, output in
        (found.program, ["build", "-o", output, source])
      }
      return Ready(
        program: built.path, arguments: [], compileSeconds: built.seconds, cache: built.cache)
    case .nuitka:
      let built = try built(found, "peer.py", PackageResources.peer_py) { source, output in
        (
          found.program,
          [
            "-m", "nuitka", "--remove-output", "--quiet",
            "--output-dir=\(URL(fileURLWithPath: output).deletingLastPathComponent().path)",
            "--output-filename=peer", source,
          ]
        )
      }
      return Ready(
        program: built.path, arguments: ["nuitka"], compileSeconds: built.seconds,
        cache: built.cache)
    case .python, .pypy, .numba, .taichi:
      let script = try source("python", "peer.py", PackageResources.peer_py)
      return Ready(program: found.program, arguments: [script, found.runtime.rawValue])
    }
  }

  /// Removes a program that an earlier run has built, so that it is built again.
  func discard(_ ready: Ready) {
    if let cache = ready.cache { try? FileManager.default.removeItem(atPath: cache) }
  }

  /// The path of a built program, how long the build took, and its folder if it was there before.
  private func built(
    _ found: PeerSearch.Found, _ name: String, _ source: [UInt8],
    command: (_ source: String, _ output: String) -> (String, [String])
  ) throws(Failure) -> (path: String, seconds: Double?, cache: String?) {
    let key = Self.key(source + Array("\(found.version) \(found.program)".utf8))
    let folder = "\(folder)/\(found.runtime.rawValue)-\(key)"
    let program = "\(folder)/peer"
    let files = FileManager.default
    let isThere = files.isExecutableFile(atPath: program)
    if !isThere {
      announce("building \(found.runtime.rawValue) \(found.version)")
      let temporary = "\(folder).\(getpid())"
      defer { try? files.removeItem(atPath: temporary) }
      try write(source, "\(temporary)/\(name)")
      let (tool, arguments) = command("\(temporary)/\(name)", "\(temporary)/peer")
      let outcome = OutsideProgram.run(
        tool, arguments, buildEnvironment, atMost: Self.buildSeconds)
      let isMade = files.isExecutableFile(atPath: "\(temporary)/peer")
      if let failure = outcome.failure ?? (isMade ? nil : "made no program") {
        let last = outcome.lines.suffix(5).map { String($0.prefix(300)) }
        throw Failure(
          description: "cannot build \(found.runtime.rawValue) with \(tool): it \(failure)"
            + (last.isEmpty ? "" : "; its last lines: \(last.joined(separator: " | "))"),
          interrupted: outcome.interrupted)
      }
      try write(Array("\(outcome.seconds)".utf8), "\(temporary)/seconds")
      // Another program may have built the same meanwhile; what is there without a program is rubbish.
      if !files.isExecutableFile(atPath: program) { try? files.removeItem(atPath: folder) }
      if rename(temporary, folder) != 0, !files.isExecutableFile(atPath: program) {
        throw Failure(description: "cannot keep \(program): \(Self.lastError())")
      }
    }
    let seconds = (try? String(contentsOfFile: "\(folder)/seconds", encoding: .utf8))
      .flatMap { Double($0) }
    return (program, seconds, isThere ? folder : nil)
  }

  /// The path of a source that is run as it is.
  private func source(
    _ language: String, _ name: String, _ source: [UInt8]
  ) throws(Failure) -> String {
    let path = "\(folder)/\(language)-\(Self.key(source))/\(name)"
    if (try? Data(contentsOf: URL(fileURLWithPath: path))) != Data(source) {
      try write(source, path)
    }
    return path
  }

  private func write(_ bytes: [UInt8], _ path: String) throws(Failure) {
    let url = URL(fileURLWithPath: path)
    do {
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(bytes).write(to: url, options: .atomic)
    } catch {
      throw Failure(description: "cannot write \(path): \(error.localizedDescription)")
    }
  }

  /// Nothing is downloaded, and nothing is written elsewhere.
  private var buildEnvironment: [String: String] {
    var all = environment
    all["GOFLAGS"] = "-mod=mod"
    all["GOTOOLCHAIN"] = "local"
    all["GOPROXY"] = "off"
    all["CGO_ENABLED"] = "0"
    all["GOCACHE"] = "\(folder)/go-cache"
    all["GOPATH"] = "\(folder)/go-path"
    all["NUITKA_CACHE_DIR"] = "\(folder)/nuitka-cache"
    return all
  }

  /// A name that other sources and versions do not have.
  private static func key(_ bytes: [UInt8]) -> String { String(fnv1a(bytes), radix: 16) }

  private static func lastError() -> String { String(cString: strerror(errno)).lowercased() }
}
