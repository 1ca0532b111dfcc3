import Foundation
import PerfGate

/// The git repository around a package. Nothing is written into it.
struct GitRepository {
  /// The folder of the work tree.
  let top: String
  /// The package's folder in it; empty for the top.
  let package: String
  private let program: String
  private let environment: [String: String]

  /// How long a command may take, in seconds: a checkout may fetch large files.
  private static let seconds = 600.0
  /// The most bytes of output that are read.
  private static let mostOutput = 64 << 20

  /// The repository of a package.
  ///
  /// - Parameters:
  ///   - revision: what the user wants to compare with, for messages.
  ///   - environment: with the path of programs; what names another repository is left out.
  init(
    around folder: String, for revision: String, _ environment: [String: String]
  ) throws(RevisionFailure) {
    guard let program = OutsideProgram.find("git", in: OutsideProgram.searchPath(environment))
    else {
      throw RevisionFailure(
        .unavailable, "cannot compare with \(revision): git is not here: apt-get install git")
    }
    self.program = program
    self.environment = Self.withoutRepository(environment).merging([
      "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C",
      // A partial clone of the user gets nothing that it does not have.
      "GIT_NO_LAZY_FETCH": "1",
    ]) { $1 }
    let outcome = Self.run(
      program, ["-C", folder, "rev-parse", "--show-toplevel", "--show-prefix"], self.environment)
    let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
    if let signal = outcome.interrupted { throw .interrupted(signal) }
    guard outcome.failure == nil, let top = lines.first, !top.isEmpty else {
      let why = outcome.lastError.map { ": \($0)" } ?? ""
      if outcome.errors.contains(where: { $0.contains("dubious ownership") }) {
        throw RevisionFailure(
          .unknown,
          "cannot compare with \(revision): another user owns \(folder); trust it with: git config "
            + "--global --add safe.directory \(folder)")
      }
      throw RevisionFailure(
        outcome.saysDiskFull ? .diskFull : .unknown,
        "cannot compare with \(revision): \(folder) is not in the work tree of a git "
          + "repository\(why); run git init and commit, or run this in the repository")
    }
    self.top = String(top)
    package = lines.count > 1 ? String(lines[1].drop { $0 == "/" }.trimmed("/")) : ""
  }

  /// How a command ended.
  struct Outcome {
    /// What it wrote, without its errors.
    var output: String
    /// The last lines of its errors and warnings.
    var errors: [String]
    /// What went wrong; `nil`: nothing.
    var failure: String?
    var status: Int32?
    var interrupted: Int32?

    /// The last line of its output that says something.
    var lastLine: String? {
      output.split(separator: "\n").last { !$0.allSatisfy(\.isWhitespace) }.map(String.init)
    }

    /// The last line of its errors that says something.
    var lastError: String? {
      errors.last { !$0.allSatisfy(\.isWhitespace) }.map { String($0.prefix(300)) }
    }

    var saysDiskFull: Bool { errors.contains(where: \.saysDiskFull) }
  }

  /// Runs git in the work tree.
  func git(_ arguments: [String]) -> Outcome { git(arguments, in: top) }

  /// Variables without those that name a repository, as a hook has them: it is not that of a package, or
  /// of a folder of ours.
  static func withoutRepository(_ environment: [String: String]) -> [String: String] {
    let names = [
      "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY",
      "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_NAMESPACE", "GIT_PREFIX", "GIT_SHALLOW_FILE",
    ]
    return environment.filter { !names.contains($0.key) && !$0.key.hasPrefix("GIT_TRACE") }
  }

  /// Runs git in another folder of the user.
  func git(_ arguments: [String], in folder: String) -> Outcome {
    Self.run(program, ["-C", folder] + arguments, environment)
  }

  /// Runs git in a repository of ours, and never in one around it: without its own, git would take the
  /// user's.
  func gitOfOurs(_ arguments: [String], in folder: String) -> Outcome {
    var environment = environment
    environment["GIT_CEILING_DIRECTORIES"] = (folder as NSString).deletingLastPathComponent
    environment["GIT_DIR"] = "\(folder)/.git"
    environment["GIT_WORK_TREE"] = folder
    environment["GIT_NO_LAZY_FETCH"] = nil
    // No hook of the user may run there.
    return Self.run(
      program,
      [
        "-C", folder, "-c", "core.hooksPath=/dev/null", "-c", "gc.auto=0", "-c",
        "maintenance.auto=false",
      ]
        + arguments, environment)
  }

  /// Runs git, which must succeed.
  ///
  /// - Parameter what: what fails if it does not: `check out 1a2b3c`.
  func need(
    _ arguments: [String], in folder: String, isOurs: Bool = false, to what: String
  ) throws(RevisionFailure) -> String {
    let outcome = isOurs ? gitOfOurs(arguments, in: folder) : git(arguments, in: folder)
    if let signal = outcome.interrupted { throw .interrupted(signal) }
    guard outcome.failure == nil else {
      throw RevisionFailure(
        outcome.saysDiskFull ? .diskFull : .unavailable,
        "cannot \(what): git \(outcome.failure ?? "")\(outcome.lastError.map { ": \($0)" } ?? "")")
    }
    return outcome.output
  }

  private static func run(
    _ program: String, _ arguments: [String], _ environment: [String: String]
  ) -> Outcome {
    let file =
      FileManager.default.temporaryDirectory.path
      + "/perfgate-git-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
    defer { unlink(file) }
    let outcome = OutsideProgram.run(
      OutsideProgram.Job(
        program: program, arguments: arguments, environment: environment, output: file,
        keepsErrors: true, seconds: seconds))
    let bytes = FileHandle(forReadingAtPath: file)?.readData(ofLength: mostOutput) ?? Data()
    return Outcome(
      output: String(decoding: bytes, as: UTF8.self), errors: outcome.lines,
      failure: outcome.failure, status: outcome.status, interrupted: outcome.interrupted)
  }

  // MARK: - Revisions

  /// The commit of a revision.
  ///
  /// - Throws: ``RevisionFailure`` with the command that fetches one that this clone does not have.
  func commit(of revision: String) throws(RevisionFailure) -> String {
    let outcome = git([
      "rev-parse", "--verify", "--quiet", "--end-of-options", "\(revision)^{commit}",
    ])
    if let signal = outcome.interrupted { throw .interrupted(signal) }
    if outcome.failure == nil, let commit = outcome.lastLine { return commit }
    throw unknown(revision)
  }

  /// The newest commit that both HEAD and a revision come from.
  func mergeBase(with revision: String) throws(RevisionFailure) -> String {
    let other = try commit(of: revision)
    let outcome = git(["merge-base", "HEAD", other])
    if let signal = outcome.interrupted { throw .interrupted(signal) }
    if outcome.failure == nil, let commit = outcome.lastLine { return commit }
    throw RevisionFailure(
      .unknown,
      "cannot find the merge base of HEAD and \(revision): "
        + (isShallow
          ? "this clone is shallow; fetch the rest with: git fetch --unshallow"
          : "they have no commit in common; compare with a commit"))
  }

  private var isShallow: Bool {
    git(["rev-parse", "--is-shallow-repository"]).lastLine == "true"
  }

  private func unknown(_ revision: String) -> RevisionFailure {
    guard isKnown("HEAD") else {
      return RevisionFailure(
        .unknown, "unknown revision \(revision): this repository has no commits; commit first")
    }
    let remotes = git(["remote"]).output.split(separator: "\n").map(String.init)
    let remote = remotes.first { revision.hasPrefix("\($0)/") } ?? remotes.first
    if isShallow {
      let fetch = "git fetch --unshallow" + (remote.map { " \($0)" } ?? "")
      return RevisionFailure(
        .unknown, "unknown revision \(revision): this clone is shallow; fetch it with: \(fetch)")
    }
    // What follows a name, as in HEAD~50.
    let base = revision.prefix { !"~^:@".contains($0) }
    if base.count < revision.count, !base.isEmpty, isKnown(String(base)) {
      return RevisionFailure(
        .unknown,
        "unknown revision \(revision): \(base) has no such ancestor; expected a commit of its history"
      )
    }
    let names = git(["for-each-ref", "--format=%(refname:short)"]).output
      .split(separator: "\n").map(String.init)
    return RevisionFailure(
      .unknown,
      "unknown revision \(revision)"
        + Suggestion.text(
          revision, among: names,
          else: remote.flatMap { Self.fetch(String(base), from: $0) }.map { "fetch it with: \($0)" }
            ?? "expected a branch, a tag or a commit of this repository"))
  }

  /// The command after which a name is known here, also in a clone of a single branch; `nil`: it is no
  /// name.
  private static func fetch(_ name: String, from remote: String) -> String? {
    guard !name.isEmpty, !name.hasPrefix("-") else { return nil }
    let prefix = "\(remote)/"
    if name.hasPrefix(prefix) {
      let branch = name.dropFirst(prefix.count)
      return "git fetch \(remote) \(branch):refs/remotes/\(remote)/\(branch)"
    }
    let isCommit = (7...64).contains(name.count) && name.allSatisfy(\.isHexDigit)
    return isCommit ? "git fetch \(remote) \(name)" : "git fetch \(remote) \(name):\(name)"
  }

  private func isKnown(_ revision: String) -> Bool {
    git(["rev-parse", "--verify", "--quiet", "--end-of-options", "\(revision)^{commit}"]).failure
      == nil
  }

  /// Whether no file of the work tree differs from HEAD.
  var isClean: Bool {
    let outcome = git([
      "status", "--porcelain", "--no-renames", "--untracked-files=normal",
    ])
    return outcome.failure == nil && outcome.output.isEmpty
  }

  // MARK: - Files

  /// The files of the work tree, those in submodules included, and not those that git ignores.
  func files() throws(RevisionFailure) -> [String] {
    try files(in: top).sorted()
  }

  private func files(in folder: String) throws(RevisionFailure) -> [String] {
    let output = try need(
      ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], in: folder,
      to: "list the files of \(folder)")
    var files: Set<String> = []
    for name in output.split(separator: "\0").map(String.init) {
      // What was built is no source, even if nothing tells git to ignore it.
      if name.hasPrefix(".build/") || name.contains("/.build/") { continue }
      var status = stat()
      guard lstat("\(folder)/\(name)", &status) == 0 else { continue }
      guard status.st_mode & S_IFMT == S_IFDIR else {
        files.insert(name)
        continue
      }
      // A submodule, or another repository in this one.
      let isRepository = FileManager.default.fileExists(atPath: "\(folder)/\(name)/.git")
      guard isRepository else { continue }
      let inner = name.hasSuffix("/") ? String(name.dropLast()) : name
      for file in try self.files(in: "\(folder)/\(inner)") { files.insert("\(inner)/\(file)") }
    }
    return Array(files)
  }

  /// What a repository of ours takes from one of the user.
  struct Storage {
    /// The folder of its objects.
    var objects: String
    /// Its configuration: filters, line ends, where to get what a partial clone lacks.
    var configuration: String
    /// The file that lists where the history ends, if it is not whole; `nil`: it is whole.
    var shallow: String?
    /// Attributes of files that no commit has; `nil`: none.
    var attributes: String?
    /// How objects are named: `sha1`.
    var objectFormat: String
  }

  /// Where a repository of the user keeps what it has.
  ///
  /// - Parameter folder: its work tree, or the repository itself.
  func storage(of folder: String) throws(RevisionFailure) -> Storage {
    func existing(_ path: String) -> String? {
      FileManager.default.fileExists(atPath: path) ? path : nil
    }
    // The repository of a submodule whose work tree is gone: git would look for that.
    if existing("\(folder)/.git") == nil, existing("\(folder)/HEAD") != nil {
      let isLong =
        (try? String(contentsOfFile: "\(folder)/config", encoding: .utf8))?.lowercased()
        .contains("objectformat = sha256") == true
      return Storage(
        objects: "\(folder)/objects", configuration: "\(folder)/config",
        shallow: existing("\(folder)/shallow"), attributes: existing("\(folder)/info/attributes"),
        objectFormat: isLong ? "sha256" : "sha1")
    }
    let output = try need(
      [
        "rev-parse", "--show-object-format", "--git-path", "objects", "--git-path", "config",
        "--git-path", "shallow", "--git-path", "info/attributes",
      ], in: folder, to: "look at the repository \(folder)")
    let lines = output.split(separator: "\n").map(String.init)
    guard lines.count == 5 else {
      throw RevisionFailure(
        .unavailable, "cannot look at the repository \(folder): git is too old")
    }
    let paths = lines.dropFirst().map { Self.absolute($0, in: folder) }
    return Storage(
      objects: paths[0], configuration: paths[1], shallow: existing(paths[2]),
      attributes: existing(paths[3]), objectFormat: lines[0])
  }

  /// The repository of a submodule, by its name and its folder; `nil`: it was never fetched.
  ///
  /// - Parameter folder: the user's repository that has the submodule, or its work tree.
  func submodule(_ name: String, at path: String, in folder: String) -> String? {
    let files = FileManager.default
    var parents = [folder]
    if files.fileExists(atPath: "\(folder)/.git") {
      // That of a linked work tree, and the one that all work trees share.
      parents = ["--git-dir", "--git-common-dir"].compactMap {
        git(["rev-parse", $0], in: folder).lastLine.map { Self.absolute($0, in: folder) }
      }
    }
    let kept = parents.map { "\($0)/modules/\(name)" }
      .first { files.fileExists(atPath: "\($0)/HEAD") }
    let isThere = files.fileExists(atPath: "\(folder)/\(path)/.git")
    return kept ?? (isThere ? "\(folder)/\(path)" : nil)
  }

  private static func absolute(_ path: String, in folder: String) -> String {
    path.hasPrefix("/") ? path : "\(folder)/\(path)"
  }
}

extension RevisionFailure {
  /// The end that a signal asked for.
  static func interrupted(_ signal: Int32) -> RevisionFailure {
    RevisionFailure(.interrupted(signal), "interrupted")
  }
}

extension String {
  /// Whether the output of a program says that it could not write because the disk is full.
  var saysDiskFull: Bool {
    contains("No space left on device") || contains("Disk quota exceeded")
  }
}

extension Substring {
  fileprivate func trimmed(_ end: Character) -> Substring {
    var rest = self
    while rest.last == end { rest = rest.dropLast() }
    return rest
  }
}
