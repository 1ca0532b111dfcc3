import Foundation
import PerfGate
import PerfGateTestSupport
import Testing

@testable import PerfGateCommands

/// Revisions are found and copied without a trace in the user's repository.
@Suite(.enabled(if: installed("git") != nil, "needs git"), .timeLimit(.minutes(15)))
struct RevisionSourceTests {
  private let environment = ProcessInfo.processInfo.environment

  private func repository(_ sample: SampleRepository) throws -> GitRepository {
    try GitRepository(around: sample.root, for: "main", environment)
  }

  private func failure(_ body: () throws -> Void) throws -> RevisionFailure {
    do { try body() } catch let failure as RevisionFailure { return failure }
    Issue.record("nothing failed")
    return RevisionFailure(.unknown, "")
  }

  @Test func revisionsAreCommits() throws {
    let sample = try SampleRepository()
    let first = try sample.git("rev-parse", "HEAD")
    try sample.git("tag", "-a", "v1", "-m", "v1")
    let second = try sample.commit("second")
    let repository = try repository(sample)
    #expect(try repository.commit(of: "main") == second)
    #expect(try repository.commit(of: "HEAD~1") == first)
    // An annotated tag is not its commit.
    #expect(try repository.commit(of: "v1") == first)
    #expect(try repository.commit(of: String(first.prefix(8))) == first)
    try sample.git("checkout", "--quiet", "-b", "other", "v1")
    let third = try sample.commit("third")
    #expect(try repository.commit(of: "HEAD") == third)
    #expect(try repository.mergeBase(with: "main") == first)
    // Detached.
    try sample.git("checkout", "--quiet", "--detach", "main")
    #expect(try repository.commit(of: "HEAD") == second)
  }

  @Test func whatIsNotThereIsToldWithWhatToDo() throws {
    let sample = try SampleRepository()
    try sample.commit("second")
    let repository = try repository(sample)
    var found = try failure { _ = try repository.commit(of: "mian") }
    #expect(found.kind == .unknown)
    #expect(found.description == "unknown revision mian: did you mean main?")
    found = try failure { _ = try repository.commit(of: "--help") }
    #expect(found.description.hasPrefix("unknown revision --help: expected a branch"))
    let clone = sample.folder.path("clone")
    try sample.git("clone", "--quiet", "--depth", "1", "file://\(sample.root)", clone)
    let shallow = try GitRepository(around: clone, for: "HEAD~1", environment)
    found = try failure { _ = try shallow.commit(of: "HEAD~1") }
    #expect(
      found.description
        == "unknown revision HEAD~1: this clone is shallow; fetch it with: git fetch --unshallow origin"
    )
    let whole = sample.folder.path("whole")
    try sample.git("clone", "--quiet", sample.root, whole)
    found = try failure {
      _ = try GitRepository(around: whole, for: "x", environment).commit(of: "origin/feature")
    }
    #expect(
      found.description
        == "unknown revision origin/feature: fetch it with: git fetch origin "
        + "feature:refs/remotes/origin/feature")
    for (name, told) in [
      ("feature~2", "fetch it with: git fetch origin feature:feature"),
      ("1234567890abcdef", "fetch it with: git fetch origin 1234567890abcdef"),
      ("HEAD~50", "HEAD has no such ancestor; expected a commit of its history"),
      ("--help", "expected a branch, a tag or a commit of this repository"),
    ] {
      found = try failure {
        _ = try GitRepository(around: whole, for: "x", environment).commit(of: name)
      }
      #expect(found.description == "unknown revision \(name): \(told)")
    }
    found = try failure { _ = try GitRepository(around: "/", for: "main", environment) }
    #expect(found.description.contains("is not in the work tree of a git repository"))
    let empty = sample.folder.path("empty")
    try sample.git("init", "--quiet", empty)
    found = try failure {
      _ = try GitRepository(around: empty, for: "main", environment).commit(of: "main")
    }
    #expect(found.description.contains("this repository has no commits"))
    found = try failure {
      _ = try GitRepository(around: empty, for: "main", ["PATH": sample.folder.root])
    }
    #expect(found.description.contains("git is not here: apt-get install git"))
  }

  /// The working tree is copied as it is, without what git ignores; files that did not change keep their
  /// times.
  @Test func theWorkingTreeIsCopied() throws {
    let sample = try SampleRepository()
    try sample.write("ignored", ".build/x")
    try sample.write("new", "Sources/perfgate/new.swift")
    try sample.write("#!/bin/sh", "tool.sh")
    chmod(sample.path("tool.sh"), 0o755)
    try FileManager.default.createSymbolicLink(
      atPath: sample.path("link"), withDestinationPath: "tool.sh")
    // Nothing tells git to ignore `.build`.
    try sample.remove(".gitignore")
    let repository = try repository(sample)
    let folder = try RevisionFolder(sample.folder.path("revisions"), name: "repository")
    let names = try repository.files()
    #expect(
      names == [
        "Package.swift", "Sources/perfgate/main.swift", "Sources/perfgate/new.swift", "link",
        "tool.sh",
      ])
    #expect(!repository.isClean)
    try folder.copy(names, of: sample.root, .new)
    let source = folder.source(.new)
    #expect(try folder.allFiles(source) == names)
    #expect(FileManager.default.isExecutableFile(atPath: "\(source)/tool.sh"))
    #expect(
      try FileManager.default.destinationOfSymbolicLink(atPath: "\(source)/link") == "tool.sh")
    func modified(_ name: String) throws -> Date? {
      try FileManager.default.attributesOfItem(atPath: "\(source)/\(name)")[.modificationDate]
        as? Date
    }
    let time = try modified("Package.swift")
    let key = try RevisionFolder.key(of: names, in: sample.root)
    usleep(20_000)
    try sample.write("newer", "Sources/perfgate/new.swift")
    try sample.remove("tool.sh")
    let later = try repository.files()
    try folder.copy(later, of: sample.root, .new)
    #expect(try modified("Package.swift") == time)
    #expect(try folder.allFiles(source) == later && !later.contains("tool.sh"))
    #expect(
      try String(contentsOfFile: "\(source)/Sources/perfgate/new.swift", encoding: .utf8)
        == "newer")
    #expect(try RevisionFolder.key(of: later, in: sample.root) != key)
  }

  /// What is kept goes where its path says, also where an old revision has a link to elsewhere.
  @Test func linksAreNotFollowed() throws {
    let sample = try SampleRepository()
    let elsewhere = sample.folder.path("elsewhere")
    try FileManager.default.createDirectory(
      atPath: elsewhere, withIntermediateDirectories: true)
    try sample.write("x", "tools/deep/a.swift")
    let folder = try RevisionFolder(sample.folder.path("revisions"), name: "repository")
    let source = folder.source(.old)
    for kept in ["tools/deep", "tools/deep/a.swift", "tools"] {
      try folder.remove(source)
      try folder.make(source)
      try FileManager.default.createSymbolicLink(
        atPath: "\(source)/tools", withDestinationPath: elsewhere)
      try folder.keep([kept], of: sample.root, .old)
      #expect(try FileManager.default.contentsOfDirectory(atPath: elsewhere).isEmpty)
      #expect(
        try String(contentsOfFile: "\(source)/tools/deep/a.swift", encoding: .utf8) == "x")
    }
  }

  /// Versions of packages come from both files, whichever format they have.
  @Test func otherVersionsAreFound() throws {
    let folder = try TemporaryFolder()
    func pins(_ name: String, _ text: String) throws -> String {
      let path = folder.path(name)
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/Package.resolved"))
      return path
    }
    let new = try pins(
      "new",
      """
      {"pins":[{"identity":"a","state":{"revision":"1","version":"1.1.0"}},
      {"identity":"b","state":{"revision":"0123456789abcdef","branch":"main"}},
      {"identity":"c","state":{"revision":"1","version":"2.0.0"}}],"version":3}
      """)
    let old = try pins(
      "old",
      """
      {"object":{"pins":[{"package":"A","state":{"branch":null,"revision":"2","version":"1.0.0"}},
      {"package":"c","state":{"branch":null,"revision":"1","version":"2.0.0"}}]},"version":1}
      """)
    #expect(
      PackagePins.differences(between: old, and: new) == [
        Revisions.Dependency(name: "a", old: "1.0.0", new: "1.1.0"),
        Revisions.Dependency(name: "b", old: nil, new: "main 0123456789ab"),
      ])
    #expect(PackagePins.differences(between: new, and: new).isEmpty)
    #expect(PackagePins.differences(between: folder.path("x"), and: folder.path("y")).isEmpty)
    #expect(PackagePins(package: try pins("bad", "{")) == nil)
  }

  /// Every change of a file is another key: its content, its name, its mode.
  @Test func contentsHaveKeys() throws {
    let folder = try TemporaryFolder()
    func key(_ files: [(String, String)]) throws -> String {
      for (name, text) in files {
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path(name)))
      }
      return try RevisionFolder.key(of: files.map(\.0), in: folder.root)
    }
    var keys: Set<String> = []
    keys.insert(try key([("a", "1"), ("b", "2")]))
    keys.insert(try key([("a", "2"), ("b", "1")]))
    keys.insert(try key([("a", "12"), ("b", "")]))
    keys.insert(try key([("a", ""), ("b", "12")]))
    keys.insert(try key([("a", "1"), ("c", "2")]))
    keys.insert(try key([("a", "1")]))
    chmod(folder.path("a"), 0o755)
    keys.insert(try RevisionFolder.key(of: ["a"], in: folder.root))
    #expect(keys.count == 7)
    #expect(try key([("x", "1")]) == key([("x", "1")]))
  }

  @Test func onlyOneRunUsesTheFolder() throws {
    let folder = try TemporaryFolder()
    let first = try RevisionFolder(folder.path("revisions"), name: "x")
    let found = try failure {
      _ = try RevisionFolder(folder.path("revisions"), name: "x", waitingAtMost: 0.1)
    }
    #expect(found.kind == .locked)
    #expect(found.description.contains("uses it; wait until it has ended"))
    try first.setBuilt(.old, "key")
    #expect(first.built(.old) == "key" && first.built(.new) == nil)
    try first.setBuilt(.old, nil)
    #expect(first.built(.old) == nil)
  }

  /// What was built in a folder that was copied or moved is not taken for this one's.
  @Test func aMovedFolderIsBuiltAnew() throws {
    let folder = try TemporaryFolder()
    var first: RevisionFolder? = try RevisionFolder(folder.path("a"), name: "x")
    try first?.setBuilt(.old, "\(folder.path("a")) key")
    try first?.removeForeign(.old)
    #expect(first?.built(.old) != nil)
    first = nil
    try FileManager.default.moveItem(atPath: folder.path("a"), toPath: folder.path("b"))
    let second = try RevisionFolder(folder.path("b"), name: "x")
    #expect(second.built(.old) != nil)
    try second.removeForeign(.old)
    #expect(second.built(.old) == nil)
  }

  // MARK: - The linker

  @Test func theLinkIsRepeatedWithAnotherSeed() throws {
    let folder = try TemporaryFolder()
    let words = [
      "/usr/bin/swiftc", "-o", "/x/release/perfgate", "-emit-executable", "-Xlinker",
      "--shuffle-sections=.text*=1", "@/x/Objects.LinkFileList",
    ]
    var other = words
    other[2] = "/x/release/tool"
    let json = { (words: [String]) in
      String(decoding: (try? JSONEncoder().encode(words)) ?? Data(), as: UTF8.self)
        .replacingOccurrences(of: "\\/", with: "/")
    }
    let text = "commands:\n    args: \(json(other))\n    args: \(json(words))\n"
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path("release.yaml")))
    #expect(LayoutLinker.command(folder.root, "perfgate") == words)
    #expect(LayoutLinker.command(folder.root, "other") == nil)
    #expect(LayoutLinker.command(folder.path("missing"), "perfgate") == nil)
    #expect(
      LayoutLinker.arguments(words, output: "/y/perfgate", seed: 7) == [
        "-o", "/y/perfgate", "-emit-executable", "-Xlinker", "--shuffle-sections=.text*=7",
        "@/x/Objects.LinkFileList", "-Xlinker", "--strip-debug",
      ])
  }
}
