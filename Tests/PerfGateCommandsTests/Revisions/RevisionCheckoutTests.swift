import Foundation
import PerfGate
import PerfGateTestSupport
import Testing

@testable import PerfGateCommands

/// A commit is checked out as git itself would, whatever kind of clone the user has.
@Suite(.enabled(if: installed("git") != nil, "needs git"), .timeLimit(.minutes(15)))
struct RevisionCheckoutTests {
  private let environment = ProcessInfo.processInfo.environment

  private func repository(_ sample: SampleRepository) throws -> GitRepository {
    try GitRepository(around: sample.root, for: "main", environment)
  }

  /// Checks a commit of a clone out, and returns where.
  @discardableResult private func checkOut(
    _ revision: String, _ clone: String, _ sample: SampleRepository,
    say: @escaping (String) -> Void = { _ in }
  ) throws -> String {
    let repository = try GitRepository(around: clone, for: revision, environment)
    let folder = try RevisionFolder(sample.folder.path("revisions"), name: "repository")
    try folder.checkOut(
      try repository.commit(of: revision), of: repository, .old, named: revision, say: say)
    return folder.source(.old)
  }

  private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  /// A commit is checked out from shared objects: dirty, detached, shallow, with a submodule.
  @Test func aCommitIsCheckedOut() throws {
    let inner = try SampleRepository()
    let sample = try SampleRepository()
    try sample.git("submodule", "--quiet", "add", "file://\(inner.root)", "deps/inner")
    let second = try sample.commit("second")
    try sample.write("changed", "Sources/perfgate/main.swift")
    try sample.write("new", "Sources/perfgate/new.swift")
    try sample.git("rm", "--quiet", "--cached", ".gitignore")
    // Where it came from is gone: its objects are in the user's repository.
    try FileManager.default.removeItem(atPath: inner.root)
    let before = try sample.state()
    let repository = try repository(sample)
    #expect(try repository.files().contains("deps/inner/Sources/perfgate/main.swift"))
    let folder = try RevisionFolder(sample.folder.path("revisions"), name: "repository")
    for revision in [second, second, try sample.git("rev-parse", "HEAD~1"), second] {
      try folder.checkOut(revision, of: repository, .old, named: "x")
      let source = folder.source(.old)
      let files = try folder.allFiles(source)
      let isSecond = revision == second
      #expect(
        files.contains("Sources/perfgate/main.swift") && !files.contains { $0.contains("new") })
      #expect(files.contains("deps/inner/Package.swift") == isSecond)
      #expect(
        try String(contentsOfFile: "\(source)/Sources/perfgate/main.swift", encoding: .utf8)
          == SampleRepository.program())
      // What a build leaves among the sources is no part of the next revision.
      try Data().write(to: URL(fileURLWithPath: "\(source)/left"))
      // What an interrupted one leaves does not stop the next.
      try Data().write(to: URL(fileURLWithPath: "\(source)/.git/index.lock"))
    }
    #expect(try sample.state() == before)
  }

  /// A damaged copy inside of the user's work tree is made anew: git must not take the user's repository for
  /// it, where a checkout would destroy what is not committed.
  @Test(arguments: [".git", ".git/refs", ".git/HEAD", ".git/objects", ""])
  func theUsersWorkTreeIsNotTakenForACopy(missing: String) throws {
    let sample = try SampleRepository()
    let first = try sample.commit("second")
    try sample.commit("third")
    try sample.write("changed, and not committed", "Sources/perfgate/main.swift")
    let before = try sample.state()
    let repository = try repository(sample)
    let folder = try RevisionFolder(sample.path(".build/revisions"), name: "repository")
    for _ in 0..<2 {
      try folder.checkOut(first, of: repository, .old, named: "x")
      let source = folder.source(.old)
      #expect(try folder.allFiles(source).contains("Package.swift"))
      #expect(try sample.git("rev-parse", "HEAD", in: source) == first)
      #expect(try sample.state() == before)
      try FileManager.default.removeItem(
        atPath: missing.isEmpty ? source : "\(source)/\(missing)")
    }
  }

  @Test func aShallowCloneIsEnoughForItsOwnCommit() throws {
    let sample = try SampleRepository()
    try sample.commit("second")
    let clone = sample.folder.path("clone")
    try sample.git("clone", "--quiet", "--depth", "1", "file://\(sample.root)", clone)
    let repository = try GitRepository(around: clone, for: "HEAD", environment)
    let folder = try RevisionFolder(sample.folder.path("revisions"), name: "repository")
    try folder.checkOut(
      try repository.commit(of: "HEAD"), of: repository, .old, named: "HEAD")
    #expect(try folder.allFiles(folder.source(.old)).contains("Package.swift"))
  }

  /// Submodules of submodules, with addresses that are relative, in folders with spaces; and a commit that
  /// the user's copy of a submodule does not have comes from where that came from.
  @Test func submodulesHaveSubmodules() throws {
    let deepest = try SampleRepository(named: "deepest in", in: nil)
    let middle = try SampleRepository(named: "middle", in: deepest.folder)
    try middle.git("submodule", "--quiet", "add", "../deepest in", "the deepest")
    try middle.commit("with a submodule")
    let sample = try SampleRepository(named: "outer", in: deepest.folder)
    try sample.git("remote", "add", "origin", sample.root)
    try sample.git("submodule", "--quiet", "add", "../middle", "a middle")
    try sample.git("submodule", "--quiet", "update", "--init", "--recursive")
    try sample.commit("with a submodule")
    let before = try sample.state()
    let source = try checkOut("HEAD", sample.root, sample)
    #expect(exists("\(source)/a middle/the deepest/Package.swift"))
    #expect(try sample.state() == before)

    // A newer commit, which the user has not fetched.
    try middle.write("new", "new")
    let newer = try middle.commit("newer")
    try sample.git("update-index", "--cacheinfo", "160000,\(newer),a middle")
    try sample.git("commit", "--quiet", "-m", "a newer submodule")
    try checkOut("HEAD", sample.root, sample)
    #expect(exists("\(source)/a middle/new") && exists("\(source)/a middle/the deepest/.git"))
    try checkOut("HEAD~1", sample.root, sample)
    #expect(!exists("\(source)/a middle/new") && exists("\(source)/a middle/Package.swift"))
    // What was damaged is made anew.
    try FileManager.default.removeItem(atPath: "\(source)/a middle/.git/objects")
    try checkOut("HEAD", sample.root, sample)
    #expect(exists("\(source)/a middle/new"))
  }

  /// Submodules that the working tree does not have any more, and that say how git is to update them.
  @Test func submodulesThatAreGone() throws {
    let deepest = try SampleRepository(named: "deepest", in: nil)
    let middle = try SampleRepository(named: "middle", in: deepest.folder)
    try middle.git("submodule", "--quiet", "add", "../deepest", "deepest")
    let first = try middle.commit("with a submodule")
    let sample = try SampleRepository(named: "outer", in: deepest.folder)
    try sample.git("remote", "add", "origin", sample.root)
    try sample.git("submodule", "--quiet", "add", "../middle", "middle")
    try sample.git("config", "-f", ".gitmodules", "submodule.middle.update", "merge")
    try sample.git("submodule", "--quiet", "update", "--init", "--recursive")
    try sample.commit("with a submodule")
    try middle.write("new", "new")
    let second = try middle.commit("newer")
    try sample.git("-C", "middle", "fetch", "--quiet")
    try sample.git("-C", "middle", "checkout", "--quiet", second)
    try sample.commit("with a newer submodule")
    try sample.git("rm", "--quiet", "-f", "middle")
    try sample.commit("without submodules")
    // Where they came from is gone.
    try FileManager.default.removeItem(atPath: deepest.root)
    try FileManager.default.removeItem(atPath: middle.root)
    let before = try sample.state()
    for (revision, commit) in [("HEAD~1", second), ("HEAD~2", first), ("HEAD~1", second)] {
      let source = try checkOut(revision, sample.root, sample)
      #expect(try sample.git("-C", "middle", "rev-parse", "HEAD", in: source) == commit)
      #expect(exists("\(source)/middle/new") == (commit == second))
      #expect(exists("\(source)/middle/deepest/Package.swift"))
    }
    let source = try checkOut("HEAD", sample.root, sample)
    #expect(!exists("\(source)/middle"))
    #expect(try sample.state() == before)
  }

  /// Submodules of a partial clone, an old commit of which needs what was not fetched.
  @Test func aPartialCloneOfASubmodule() throws {
    let inner = try SampleRepository(named: "inner", in: nil)
    try inner.git("config", "uploadpack.allowFilter", "true")
    try inner.git("config", "uploadpack.allowAnySHA1InWant", "true")
    try inner.write("old", "old.txt")
    try inner.commit("old")
    let sample = try SampleRepository(named: "outer", in: inner.folder)
    try sample.git("config", "uploadpack.allowFilter", "true")
    try sample.git("submodule", "--quiet", "add", "file://\(inner.root)", "inner")
    try sample.commit("with a submodule")
    try inner.remove("old.txt")
    try inner.commit("new")
    try sample.git("-C", "inner", "pull", "--quiet", "origin", "main")
    try sample.commit("with a newer submodule")
    let clone = sample.folder.path("clone")
    try sample.git(
      "clone", "--quiet", "--filter=blob:none", "--also-filter-submodules", "--recurse-submodules",
      "file://\(sample.root)", clone)
    let source = try checkOut("HEAD~1", clone, sample)
    #expect(try String(contentsOfFile: "\(source)/inner/old.txt", encoding: .utf8) == "old")
  }

  /// Who never fetched a submodule builds without it, and so does the old revision.
  @Test func aSubmoduleThatIsNowhereStaysEmpty() throws {
    let inner = try SampleRepository()
    let sample = try SampleRepository()
    try sample.git("submodule", "--quiet", "add", "file://\(inner.root)", "deps/inner")
    try sample.commit("second")
    let clone = sample.folder.path("clone")
    try sample.git("clone", "--quiet", sample.root, clone)
    var said: [String] = []
    var source = try checkOut("HEAD", clone, sample) { said.append($0) }
    #expect(exists("\(source)/deps/inner/Package.swift") && said.isEmpty)
    try FileManager.default.removeItem(atPath: source)
    try FileManager.default.removeItem(atPath: inner.root)
    source = try checkOut("HEAD", clone, sample) { said.append($0) }
    #expect(exists("\(source)/Package.swift") && !exists("\(source)/deps/inner/Package.swift"))
    #expect(said.count == 1)
    #expect(
      said.first?.hasPrefix("submodule deps/inner of HEAD (") == true
        && said.first?.contains("stays empty: ") == true, "\(said)")
  }

  /// A clone without old contents gets them into our repository, and not into its own.
  @Test func aPartialClone() throws {
    let sample = try SampleRepository()
    try sample.git("config", "uploadpack.allowFilter", "true")
    try sample.git("config", "uploadpack.allowAnySHA1InWant", "true")
    try sample.write("old content", "old.txt")
    try sample.commit("second")
    try sample.remove("old.txt")
    try sample.commit("third")
    let clone = sample.folder.path("clone")
    try sample.git("clone", "--quiet", "--filter=blob:none", "file://\(sample.root)", clone)
    let before = try sample.git("count-objects", "-v", in: clone)
    let source = try checkOut("HEAD~1", clone, sample)
    #expect(try String(contentsOfFile: "\(source)/old.txt", encoding: .utf8) == "old content")
    #expect(try sample.git("count-objects", "-v", in: clone) == before)
  }

  /// Filters and line ends are those of the user's repository; what is about its work tree is not taken.
  @Test func theConfigurationIsTheUsers() throws {
    let sample = try SampleRepository()
    try sample.write("one\ntwo\n", "text.txt")
    try sample.write("*.upper filter=upper\n", ".gitattributes")
    try sample.write("text\n", "some.upper")
    try sample.commit("second")
    try sample.git("config", "core.autocrlf", "true")
    try sample.git("config", "filter.upper.smudge", "tr a-z A-Z")
    try sample.git("config", "core.sparseCheckout", "true")
    try sample.write("/Package.swift\n", ".git/info/sparse-checkout")
    try sample.write("Package.swift -text\n", ".git/info/attributes")
    let source = try checkOut("HEAD", sample.root, sample)
    #expect(try String(contentsOfFile: "\(source)/text.txt", encoding: .utf8) == "one\r\ntwo\r\n")
    #expect(try String(contentsOfFile: "\(source)/some.upper", encoding: .utf8) == "TEXT\r\n")
    #expect(exists("\(source)/Sources/perfgate/main.swift"))
    #expect(
      try String(contentsOfFile: "\(source)/Package.swift", encoding: .utf8)
        == SampleRepository.manifest)
  }

  /// Another way to name objects, and a folder that was used for a repository with the usual one.
  @Test func objectsMayHaveLongNames() throws {
    let usual = try SampleRepository()
    try checkOut("HEAD", usual.root, usual)
    let sample = try SampleRepository(named: "long", in: usual.folder, objectFormat: "sha256")
    let head = try sample.git("rev-parse", "HEAD")
    #expect(head.count == 64)
    let source = try checkOut("HEAD", sample.root, sample)
    #expect(try sample.git("rev-parse", "HEAD", in: source) == head)
    #expect(exists("\(source)/Package.swift"))
  }

  /// A linked work tree, whose repository is elsewhere.
  @Test func aLinkedWorkTree() throws {
    let sample = try SampleRepository()
    try sample.commit("second")
    let tree = sample.folder.path("tree")
    try sample.git("worktree", "add", "--quiet", "--detach", tree, "HEAD~1")
    let before = try sample.state()
    let source = try checkOut("main", tree, sample)
    #expect(exists("\(source)/Package.swift"))
    #expect(try sample.state() == before)
  }
}
