import Foundation
import PerfGate
import PerfGateTestSupport
import Testing

/// The commit that stored sessions name.
@Suite struct WorkTreeTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func git(_ arguments: String...) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      ["git", "-C", folder.root, "-c", "user.name=a", "-c", "user.email=a@b.c"] + arguments
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(arguments)")
  }

  private func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path(name)))
  }

  @Test(.enabled(if: installed("git") != nil))
  func onlyChangesOutsideOfTheBaselinesCount() throws {
    try FileManager.default.createDirectory(
      atPath: folder.path("b*"), withIntermediateDirectories: true)
    try FileManager.default.createDirectory(
      atPath: folder.path("bc"), withIntermediateDirectories: true)
    for name in ["code", "b*/stored", "bc/code"] { try write(name, "old") }
    try git("init", "-q")
    try git("add", ".")
    try git("commit", "-q", "-m", "all")
    let clean = WorkTree.commit(of: folder.root)
    #expect(clean.count == 12 && !clean.hasSuffix("-dirty"))
    // A folder elsewhere is none of git's business.
    let elsewhere = try TemporaryFolder()
    #expect(WorkTree.commit(of: folder.root, ignoring: elsewhere.root) == clean)
    try write("b*/stored", "new")
    #expect(WorkTree.commit(of: folder.root) == "\(clean)-dirty")
    #expect(WorkTree.commit(of: folder.root, ignoring: folder.path("b*")) == clean)
    #expect(WorkTree.commit(of: folder.root, ignoring: elsewhere.root) == "\(clean)-dirty")
    // The name is no pattern.
    try write("bc/code", "new")
    #expect(WorkTree.commit(of: folder.root, ignoring: folder.path("b*")) == "\(clean)-dirty")
    #expect(WorkTree.commit(of: elsewhere.root) == "unknown")
  }
}
