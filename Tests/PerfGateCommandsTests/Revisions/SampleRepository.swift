import Foundation
import PerfGateTestSupport

/// A git repository with a package whose program `perfgate` speaks the arm protocol by itself, so that a
/// build takes seconds. Its kernel is `viete`, with whatever a test makes of it.
final class SampleRepository {
  let folder: TemporaryFolder
  let root: String

  /// - Parameters:
  ///   - other: the folder that it lies in; `nil`: one of its own.
  ///   - objectFormat: how git names its objects.
  init(
    named name: String = "repository", in other: TemporaryFolder? = nil,
    objectFormat: String = "sha1"
  ) throws {
    folder = try other ?? TemporaryFolder()
    root = folder.path(name)
    try git(
      "init", "--quiet", "--initial-branch=main", "--object-format=\(objectFormat)", root,
      in: folder.root)
    try git("config", "user.name", "a")
    try git("config", "user.email", "a@b.example")
    try write(Self.manifest, "Package.swift")
    try write(Self.program(), "Sources/perfgate/main.swift")
    try write(".build\n", ".gitignore")
    try commit("first")
  }

  func path(_ name: String) -> String { "\(root)/\(name)" }

  func write(_ text: String, _ name: String) throws {
    let url = URL(fileURLWithPath: path(name))
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path(name)) }

  @discardableResult func commit(_ message: String) throws -> String {
    try git("add", "-A")
    try git("commit", "--quiet", "--allow-empty", "-m", message)
    return try git("rev-parse", "HEAD")
  }

  @discardableResult func git(_ arguments: String..., in other: String? = nil) throws -> String {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      ["git", "-C", other ?? root, "-c", "protocol.file.allow=always"] + arguments
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
    return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// What a comparison must not change: every file with its content, the index, the branches, the
  /// stashes, and what git knows of objects.
  func state() throws -> [String] {
    var lines = [
      try git("status", "--porcelain"), try git("for-each-ref"), try git("stash", "list"),
      try git("rev-parse", "HEAD"), try git("count-objects", "-v"), try git("worktree", "list"),
    ]
    for name in try FileManager.default.subpathsOfDirectory(atPath: root).sorted()
    where !name.hasPrefix(".build") {
      let data = FileManager.default.contents(atPath: path(name))
      lines.append("\(name) \(data?.hashValue ?? 0)")
    }
    return lines
  }

  static let manifest = """
    // swift-tools-version: 5.9
    import PackageDescription
    let package = Package(
      name: "sample", targets: [.executableTarget(name: "perfgate")])
    """

  /// The program's source.
  ///
  /// - Parameters:
  ///   - extra: how much more work a task does, in percent, without other results.
  ///   - offset: what is added to the results.
  ///   - variants: its variants; all do the same.
  ///   - inRun: Swift that runs before each run.
  static func program(
    extra: Int = 0, offset: Int = 0, variants: [String] = ["swift.scalar", "c.scalar"],
    inRun: String = ""
  ) -> String {
    """
    import Foundation

    setvbuf(stdout, nil, _IOLBF, 0)
    let variants = \(variants)

    @inline(never) func work(_ size: Int) -> UInt64 {
      var (root, product, waste) = (0.0, 1.0, 1.0)
      for _ in 0..<size {
        root = (2 + root).squareRoot()
        product *= root / 2
      }
      for _ in 0..<size * \(extra) / 100 {
        waste = (2 + waste).squareRoot()
        root = waste / 2
      }
      return (2 / product + 0 * waste).bitPattern &+ \(offset)
    }

    func now() -> UInt64 {
      var time = timespec()
      clock_gettime(CLOCK_MONOTONIC, &time)
      return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    var results: [UInt64] = []
    while let line = readLine() {
      let words = line.split(separator: " ").map(String.init)
      switch words.first ?? "" {
      case "hello": print("hello perfgate.arm/1 sample 1")
      case "catalog":
        print("catalog \\(variants.count)")
        for variant in variants { print("viete/\\(variant)/pool") }
      case "place": print("placed \\(words[1])")
      case "prepare": print("ready 1")
      case "run":
        \(inRun)
        let (tasks, size) = (Int(words[5])!, Int(words[6])!)
        results = []
        let start = now()
        for _ in 0..<tasks { results.append(work(size)) }
        let time = now() - start
        var sum: UInt64 = 0xcbf29ce484222325
        for result in results { sum = (sum ^ result) &* 0x100000001b3 }
        print("ran \\(time) \\(time) \\(hex(sum))")
      case "results":
        let (first, count) = (Int(words[1])!, Int(words[2])!)
        print("results \\(count)")
        for result in results[first..<first + count] { print(hex(result)) }
      case "quit": exit(0)
      default: print("error unknown request")
      }
    }

    func hex(_ word: UInt64) -> String {
      let text = String(word, radix: 16)
      return String(repeating: "0", count: 16 - text.count) + text
    }
    """
  }
}
