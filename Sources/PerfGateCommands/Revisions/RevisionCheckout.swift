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
    say: @escaping (String) -> Void = { _ in }
  ) throws(RevisionFailure) {
    let what = "check out \(name) (\(commit.prefix(12)))"
    let say: (String) -> Void = { [weak self] line in
      self?.incomplete.insert(side)
      say(line)
    }
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
    _ say: @escaping (String) -> Void
  ) throws(RevisionFailure) {
    let checkout = Checkout(repository: repository, what: what, say: say)
    try put(commit, from: repository.top, address: nil, into: source(side), checkout)
  }

  /// What all parts of a checkout need.
  private struct Checkout {
    var repository: GitRepository
    /// What fails if it fails.
    var what: String
    var say: (String) -> Void
  }

  /// Puts a commit into a repository of ours, which shares the objects of the user's, if there is one.
  ///
  /// - Parameters:
  ///   - known: the user's repository; `nil`: there is none.
  ///   - address: where to fetch what that does not have.
  private func put(
    _ commit: String, from known: String?, address: String?, into source: String,
    _ checkout: Checkout
  ) throws(RevisionFailure) {
    let (repository, what) = (checkout.repository, checkout.what)
    var storage: GitRepository.Storage?
    if let known { storage = try repository.storage(of: known) }
    let format = storage?.objectFormat ?? (commit.count == 64 ? "sha256" : "sha1")
    // Damaged, of another run, or with other names of objects: it is made anew.
    let isWhole =
      repository.gitOfOurs(["rev-parse", "--show-object-format"], in: source).lastLine == format
      && files.fileExists(atPath: "\(source)/.git/objects/info")
    if !isWhole {
      try remove(source)
      try make(source)
      // Its objects are those of the user's repository, which is not written to.
      _ = try repository.need(
        ["init", "--quiet", "--template=", "--object-format=\(format)"], in: source, isOurs: true,
        to: what)
    }
    // An interrupted git leaves its locks.
    for lock in ["index.lock", "config.lock", "HEAD.lock"] { unlink("\(source)/.git/\(lock)") }
    try write(storage.map { "\($0.objects)\n" } ?? "", "\(source)/.git/objects/info/alternates")
    try write(Self.configuration(storage, address, format), "\(source)/.git/config")
    for (name, path) in [("shallow", storage?.shallow), ("info/attributes", storage?.attributes)] {
      unlink("\(source)/.git/\(name)")
      guard let path else { continue }
      try make(("\(source)/.git/\(name)" as NSString).deletingLastPathComponent)
      do { try files.copyItem(atPath: path, toPath: "\(source)/.git/\(name)") } catch {
        throw Self.failed("copy \(path)", error)
      }
    }
    func has(_ commit: String) -> Bool {
      repository.gitOfOurs(["cat-file", "-e", "\(commit)^{commit}"], in: source).failure == nil
    }
    if let address, !has(commit) {
      // Not every server gives what no branch names.
      for arguments in [[address, commit], [address, "+refs/*:refs/fetched/*"]] where !has(commit) {
        let outcome = repository.gitOfOurs(
          ["-c", "protocol.file.allow=always", "fetch", "--quiet", "--no-tags"] + arguments,
          in: source)
        if let signal = outcome.interrupted { throw .interrupted(signal) }
      }
    }
    _ = try repository.need(
      ["checkout", "--quiet", "--force", "--detach", commit], in: source, isOurs: true, to: what)
    _ = try repository.need(["clean", "-ffdxq"], in: source, isOurs: true, to: what)
    try putSubmodules(of: known, into: source, checkout)
  }

  /// The user's configuration, such as filters, line ends and where to get what a partial clone lacks,
  /// without what is about the user's work tree.
  ///
  /// - Parameter address: where it comes from if it is no repository of the user.
  private static func configuration(
    _ storage: GitRepository.Storage?, _ address: String?, _ format: String
  ) -> String {
    func quoted(_ text: String) -> String {
      "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }
    var text = ""
    if let storage {
      text = "[include]\n\tpath = \(quoted(storage.configuration))\n"
    } else if let address {
      text = "[remote \"origin\"]\n\turl = \(quoted(address))\n"
    }
    let isOld = format == "sha1"
    return text + """
      [core]
      \trepositoryFormatVersion = \(isOld ? 0 : 1)
      \tbare = false
      \tsparseCheckout = false
      \tfsmonitor = false
      [submodule]
      \trecurse = false

      """ + (isOld ? "" : "[extensions]\n\tobjectFormat = \(format)\n")
  }

  /// Each comes from where the user's repository has it, and only otherwise from its own address. One that
  /// the user's repository does not have and that cannot be fetched stays empty, as it is there.
  ///
  /// - Parameters:
  ///   - known: the user's repository; `nil`: there is none.
  ///   - source: ours.
  private func putSubmodules(
    of known: String?, into source: String, _ checkout: Checkout
  ) throws(RevisionFailure) {
    guard files.fileExists(atPath: "\(source)/.gitmodules") else { return }
    let repository = checkout.repository
    let staged = try repository.need(
      ["ls-files", "-z", "--stage"], in: source, isOurs: true, to: checkout.what)
    var commits: [String: String] = [:]
    for entry in staged.split(separator: "\0") where entry.hasPrefix("160000 ") {
      let fields = entry.split(separator: "\t", maxSplits: 1)
      let words = fields[0].split(separator: " ")
      guard fields.count == 2, words.count == 3 else { continue }
      commits[String(fields[1])] = String(words[1])
    }
    let list = repository.gitOfOurs(
      ["config", "-z", "-f", ".gitmodules", "--get-regexp", "^submodule\\..*\\.path$"], in: source)
    for entry in list.output.split(separator: "\0") {
      let fields = entry.split(separator: "\n", maxSplits: 1).map(String.init)
      guard fields.count == 2, let commit = commits[fields[1]] else { continue }
      let (name, path) = (
        String(fields[0].dropFirst("submodule.".count).dropLast(".path".count)), fields[1]
      )
      // As git itself, against names that lead elsewhere.
      guard !name.split(separator: "/").contains("..") else { continue }
      // Resolves an address that is relative to that of the repository.
      _ = repository.gitOfOurs(["submodule", "--quiet", "init", "--", path], in: source)
      let address = repository.gitOfOurs(
        ["config", "--get", "submodule.\(name).url"], in: source
      ).lastLine
      let inner = known.flatMap { repository.submodule(name, at: path, in: $0) }
      do throws(RevisionFailure) {
        try put(commit, from: inner, address: address, into: "\(source)/\(path)", checkout)
      } catch {
        guard error.kind == .unavailable else { throw error }
        guard inner == nil else {
          throw RevisionFailure(.unavailable, "\(error.description) (in submodule \(path))")
        }
        try remove("\(source)/\(path)")
        try make("\(source)/\(path)")
        checkout.say(
          "submodule \(path) of \(checkout.what.dropFirst("check out ".count)) stays empty: "
            + "\(address.map { "cannot fetch it from \($0)" } ?? "it has no address")")
      }
    }
  }
}
