import Foundation
import PerfGate

/// Checks a commit out into a repository of ours, which shares the objects of the user's.
extension RevisionFolder {
  /// Puts a commit into the sources of a side, submodules included.
  ///
  /// - Parameters:
  ///   - name: what the user calls it.
  ///   - say: called with a line about what is missing and may not be needed.
  func checkOut(
    _ commit: String, of repository: GitRepository, _ side: Side, named name: String,
    say: (String) -> Void = { _ in }
  ) throws(RevisionFailure) {
    let what = "check out \(name) (\(commit.prefix(12)))"
    let isThere = files.fileExists(atPath: "\(source(side))/.git")
    do throws(RevisionFailure) {
      try checkOut(commit, of: repository, side, what, say)
    } catch {
      // What is there may be damaged.
      guard isThere, error.kind == .unavailable else { throw error }
      try remove(source(side))
      try checkOut(commit, of: repository, side, what, say)
    }
  }

  private func checkOut(
    _ commit: String, of repository: GitRepository, _ side: Side, _ what: String,
    _ say: (String) -> Void
  ) throws(RevisionFailure) {
    let source = source(side)
    let storage = try repository.storage()
    // Damaged, of another run, or with other names of objects: it is made anew.
    let isWhole =
      repository.gitOfOurs(["rev-parse", "--show-object-format"], in: source).lastLine
      == storage.objectFormat && files.fileExists(atPath: "\(source)/.git/objects/info")
    if !isWhole {
      try remove(source)
      try make(source)
      // Its objects are those of the user's repository, which is not written to.
      _ = try repository.need(
        ["init", "--quiet", "--template=", "--object-format=\(storage.objectFormat)"], in: source,
        isOurs: true, to: what)
    }
    // An interrupted git leaves its locks.
    for lock in ["index.lock", "config.lock", "HEAD.lock"] { unlink("\(source)/.git/\(lock)") }
    try write("\(storage.objects)\n", "\(source)/.git/objects/info/alternates")
    try write(Self.configuration(storage), "\(source)/.git/config")
    unlink("\(source)/.git/shallow")
    if let shallow = storage.shallow {
      do { try files.copyItem(atPath: shallow, toPath: "\(source)/.git/shallow") } catch {
        throw Self.failed("copy \(shallow)", error)
      }
    }
    _ = try repository.need(
      ["checkout", "--quiet", "--force", "--detach", commit], in: source, isOurs: true, to: what)
    _ = try repository.need(["clean", "-ffdxq"], in: source, isOurs: true, to: what)
    try checkOutSubmodules(of: repository.top, into: source, repository, what, say)
  }

  /// The user's configuration, such as filters, line ends and where to get what a partial clone lacks,
  /// without what is about the user's work tree.
  private static func configuration(_ storage: GitRepository.Storage) -> String {
    let path = storage.configuration.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    let isOld = storage.objectFormat == "sha1"
    return """
      [include]
      \tpath = "\(path)"
      [core]
      \trepositoryFormatVersion = \(isOld ? 0 : 1)
      \tbare = false
      \tsparseCheckout = false
      \tfsmonitor = false
      [submodule]
      \trecurse = false

      """ + (isOld ? "" : "[extensions]\n\tobjectFormat = \(storage.objectFormat)\n")
  }

  /// Each comes from where the user's repository has it, and only otherwise from its own address. One that
  /// the user's repository does not have and that cannot be fetched stays empty, as it is there.
  ///
  /// - Parameters:
  ///   - folder: the user's repository.
  ///   - source: ours.
  private func checkOutSubmodules(
    of folder: String?, into source: String, _ repository: GitRepository, _ what: String,
    _ say: (String) -> Void
  ) throws(RevisionFailure) {
    guard files.fileExists(atPath: "\(source)/.gitmodules") else { return }
    let staged = try repository.need(
      ["ls-files", "-z", "--stage"], in: source, isOurs: true, to: what)
    let links = Set(
      staged.split(separator: "\0").filter { $0.hasPrefix("160000 ") }.compactMap {
        $0.split(separator: "\t", maxSplits: 1).last.map(String.init)
      })
    let list = repository.gitOfOurs(
      ["config", "-z", "-f", ".gitmodules", "--get-regexp", "^submodule\\..*\\.path$"], in: source)
    for entry in list.output.split(separator: "\0") {
      let fields = entry.split(separator: "\n", maxSplits: 1).map(String.init)
      guard fields.count == 2, links.contains(fields[1]) else { continue }
      let name = String(fields[0].dropFirst("submodule.".count).dropLast(".path".count))
      try checkOutSubmodule(name, at: fields[1], of: folder, into: source, repository, what, say)
    }
  }

  private func checkOutSubmodule(
    _ name: String, at path: String, of folder: String?, into source: String,
    _ repository: GitRepository, _ what: String, _ say: (String) -> Void
  ) throws(RevisionFailure) {
    func config(_ arguments: [String], in folder: String) -> GitRepository.Outcome {
      repository.gitOfOurs(["config"] + arguments, in: folder)
    }
    let inner = "\(source)/\(path)"
    _ = try repository.need(
      ["submodule", "--quiet", "init", "--", path], in: source, isOurs: true, to: what)
    let address = config(["--get", "submodule.\(name).url"], in: source).lastLine
    var known: String?
    if let folder { known = try repository.submodule(name, at: path, in: folder) }
    var outcome: GitRepository.Outcome?
    for place in [known, address].compactMap(\.self) {
      _ = config(["submodule.\(name).url", place], in: source)
      if files.fileExists(atPath: "\(inner)/.git") {
        _ = config(["remote.origin.url", place], in: inner)
      }
      let tried = repository.gitOfOurs(
        [
          "-c", "protocol.file.allow=always", "submodule", "--quiet", "update", "--init", "--force",
          "--", path,
        ], in: source)
      if let signal = tried.interrupted { throw .interrupted(signal) }
      outcome = tried
      if tried.failure == nil { break }
    }
    guard let outcome, outcome.failure == nil else {
      let why = outcome?.lastError ?? "it has no address"
      if let outcome, outcome.saysDiskFull {
        throw RevisionFailure(.diskFull, "cannot \(what): the disk is full; make room")
      }
      guard known == nil else {
        throw RevisionFailure(.unavailable, "cannot \(what): submodule \(path): \(why)")
      }
      say("submodule \(path) of \(what.dropFirst("check out ".count)) stays empty: \(why)")
      return
    }
    // The user may not want to have it.
    guard files.fileExists(atPath: "\(inner)/.git") else { return }
    // Addresses below it are relative to its own.
    if let address { _ = config(["remote.origin.url", address], in: inner) }
    _ = try repository.need(["clean", "-ffdxq"], in: inner, isOurs: true, to: what)
    try checkOutSubmodules(of: known, into: inner, repository, what, say)
  }
}
