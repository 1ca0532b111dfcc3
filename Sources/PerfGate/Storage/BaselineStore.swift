import Foundation

/// Why a baseline could not be read or stored.
package enum BaselineError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A file is damaged or of another format; nothing was overwritten.
  case damaged(String)
  /// Not now: another process stores; nothing was changed.
  case unavailable(String)
  /// The file system refuses; nothing was changed. Whether that was found while it was written, or
  /// before.
  case cannotWrite(String, isBegun: Bool)

  /// One line: what failed, what was found, what to do.
  package var description: String {
    switch self {
    case .damaged(let text), .unavailable(let text), .cannotWrite(let text, _): text
    }
  }
}

/// A folder of baselines, one file a machine: `<machine key>.json`.
package struct BaselineStore: Hashable, Sendable {
  /// How long an update waits for another one, in seconds.
  package static let timeout = 10.0

  /// The folder; it need not exist to be read from.
  package var folder: String
  /// The machine that the program runs on, where that matters.
  package var owner: Owner?

  /// A machine with the names it has and had.
  package struct Owner: Hashable, Sendable {
    /// Its key.
    package var key: String
    /// Keys that earlier versions gave it, and other machines too: what is stored under one of them
    /// may be another machine's.
    package var formerKeys: [String]

    /// A machine and its names.
    package init(key: String, formerKeys: [String] = []) {
      self.key = key
      self.formerKeys = formerKeys
    }
  }

  /// A store in a folder.
  package init(folder: String, owner: Owner? = nil) {
    self.folder = folder
    self.owner = owner
  }

  /// The file of a machine.
  package func path(of key: String) -> String { "\(folder)/\(key).json" }

  /// The keys of all machines that are stored, sorted.
  package func keys() throws(BaselineError) -> [String] {
    var status = stat()
    guard stat(folder, &status) == 0 else {
      if errno == ENOENT { return [] }
      throw .damaged("cannot read the folder \(folder): \(Self.text(errno)); choose another one")
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw .damaged("cannot use \(folder) for baselines: it is not a folder; choose another one")
    }
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder)
        .filter { $0.hasSuffix(".json") && !$0.hasPrefix(".") }
        .map { String($0.dropLast(5)) }.sorted()
    } catch { throw .damaged("cannot read the folder \(folder); see its permissions") }
  }

  /// The baseline of a machine; `nil` when none is stored.
  package func read(_ key: String) throws(BaselineError) -> Baseline? {
    let path = path(of: key)
    var status = stat()
    guard lstat(path, &status) == 0 else {
      if errno == ENOENT { return nil }
      throw .damaged("cannot read baseline \(path): \(Self.text(errno)); see its permissions")
    }
    guard status.st_mode & S_IFMT != S_IFLNK else {
      throw .damaged(
        "cannot read baseline \(path): it is a symbolic link; put the file itself there")
    }
    var baseline: Baseline
    do throws(RecordError) {
      baseline = try Baseline.decode(
        JSONFile.data(path: path, maximumBytes: Baseline.maximumBytes))
    } catch { throw .damaged("cannot read baseline \(path): \(error.description)") }
    // Whoever has renamed a file that was stored under a former key has said whose it is.
    if let owner, owner.key == key, owner.formerKeys.contains(baseline.machine.key) {
      baseline.machine.key = key
    }
    guard baseline.machine.key == key else {
      throw .damaged(
        "cannot use baseline \(path): key machine.key is \(baseline.machine.key.prefix(80)), "
          + "expected the file's name; rename the file")
    }
    return baseline
  }

  /// What to do where nothing is stored of the owner, and something under one of its former keys;
  /// `nil`: nothing.
  package func renaming() -> String? {
    guard let owner, access(path(of: owner.key), F_OK) != 0,
      let former = owner.formerKeys.first(where: { access(path(of: $0), F_OK) == 0 })
    else { return nil }
    return "sessions are stored as \(former), which was the key of this machine and of others like "
      + "it; if they are this machine's: mv \(path(of: former)) \(path(of: owner.key))"
  }

  /// Changes the baseline of a machine: reads, changes, writes, under the folder's lock.
  ///
  /// Whoever is killed on the way leaves the old file or the new one, whole.
  ///
  /// - Parameter change: gets what is stored, `nil` for nothing, and returns what is to be stored.
  package func update(
    _ key: String, waitingAtMost seconds: Double = timeout,
    _ change: (Baseline?) throws(BaselineError) -> Baseline
  ) throws(BaselineError) {
    try makeFolder()
    let lock = try lock(waitingAtMost: seconds)
    try lock.with { () throws(BaselineError) in
      removeLeftovers()
      let text: String
      let new = try change(try read(key))
      do { text = try new.json() } catch {
        throw .damaged("cannot store baseline \(path(of: key)): it cannot be encoded: \(error)")
      }
      do throws(FileWriteError) { try AtomicFile.write(text, to: path(of: key)) } catch {
        throw .cannotWrite(
          "cannot store baseline \(path(of: key)): \(error.reason); "
            + "what was stored is unchanged", isBegun: error.isBegun)
      }
    }
  }

  /// Stores the sessions of a record, as far as an update wants them; a run that must not be stored never
  /// touches the file.
  ///
  /// - Returns: what became of each claim, and whether any session is stored.
  package func store(
    _ record: Record, _ update: BaselineUpdate
  ) throws(BaselineError) -> (
    outcomes: [(claim: String, outcome: BaselineUpdate.Outcome)], isStored: Bool
  ) {
    let key = record.machine.key
    let empty = Baseline(machine: Baseline.Machine(record.machine))
    var outcomes: [(claim: String, outcome: BaselineUpdate.Outcome)] = []
    let stored = try read(key)
    guard update.wouldStore(record, stored) else {
      var baseline = stored ?? empty
      return (update.apply(record, to: &baseline), false)
    }
    try self.update(key) { stored in
      var baseline = stored ?? empty
      outcomes = update.apply(record, to: &baseline)
      return baseline
    }
    return (outcomes, true)
  }

  /// Finds out whether an update could be written: takes the lock for a moment, and writes as much as
  /// is stored and some more into a file that is removed again.
  package func checkWritable(
    _ key: String, waitingAtMost seconds: Double = timeout
  ) throws(BaselineError) {
    try makeFolder()
    try lock(waitingAtMost: seconds).with { () throws(BaselineError) in
      removeLeftovers()
      let stored = try read(key).flatMap { try? $0.json() } ?? ""
      let room = stored + String(repeating: " ", count: 16 << 10)
      let probe = path(of: key) + ".probe"
      defer { unlink(probe) }
      do throws(FileWriteError) { try AtomicFile.write(room, to: probe) } catch {
        throw .cannotWrite(
          "cannot store in \(folder): \(error.reason); make room, or choose another folder of baselines",
          isBegun: false)
      }
    }
  }

  private func lock(waitingAtMost seconds: Double) throws(BaselineError) -> FileLock {
    do { return try FileLock(path: folder, waitingAtMost: seconds) } catch {
      switch error {
      case .held(let holder):
        throw .unavailable(
          "cannot store in \(folder): \(holder ?? "another process") holds its lock; try again")
      case .unavailable(let code):
        throw .cannotWrite(
          "cannot lock the folder \(folder): \(Self.text(code)); see its permissions",
          isBegun: false)
      }
    }
  }

  private func makeFolder() throws(BaselineError) {
    do { _ = try keys() } catch { throw .cannotWrite(error.description, isBegun: false) }
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw .cannotWrite(
        "cannot make the folder \(folder); choose another folder of baselines", isBegun: false)
    }
  }

  /// What updates that were killed have left behind; nobody else writes while the lock is held.
  private func removeLeftovers() {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for name in names where name.contains(/\.json\.(tmp-[0-9]+|probe(\.tmp-[0-9]+)?)$/) {
      unlink("\(folder)/\(name)")
    }
  }

  private static func text(_ code: Int32) -> String { String(cString: strerror(code)).lowercased() }
}

extension BaselineContext {
  /// What a store holds for a machine.
  package init(
    _ store: BaselineStore, key: String, isRecording: Bool = false,
    recordCommand: String = "perfgate baseline update --only new"
  ) throws(BaselineError) {
    self.init(
      key: key, baseline: try store.read(key), configuration: Record.Tool.current.configuration,
      otherKeys: try store.keys().filter { $0 != key },
      renaming: store.owner?.key == key ? store.renaming() : nil, isRecording: isRecording,
      recordCommand: recordCommand)
  }
}
