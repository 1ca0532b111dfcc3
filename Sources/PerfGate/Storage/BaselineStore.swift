import Foundation

/// Why a baseline could not be read or stored.
package enum BaselineError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A file is damaged or has another format; nothing was overwritten.
  case damaged(String)
  /// Another process is storing right now; nothing was changed.
  case unavailable(String)
  /// The file system refuses; nothing was changed. `isBegun`: writing had begun.
  case cannotWrite(String, isBegun: Bool)

  /// One line: what failed, what was found, what to do.
  package var description: String {
    switch self {
    case .damaged(let text), .unavailable(let text), .cannotWrite(let text, _): text
    }
  }
}

/// A folder of baselines with one file per machine: `<machine key>.json`.
package struct BaselineStore: Hashable, Sendable {
  /// How long an update waits for another process's update, in seconds.
  package static let timeout = 10.0

  /// The folder's path; reading works without it and finds nothing.
  package var folder: String
  /// The machine that the program runs on; `nil` where it does not matter.
  package var owner: Owner?

  /// A machine and its keys, current and former.
  package struct Owner: Hashable, Sendable {
    /// Its key.
    package var key: String
    /// Keys that earlier versions gave this machine but also others: what is stored under one of
    /// them may belong to another machine.
    package var formerKeys: [String]

    package init(key: String, formerKeys: [String] = []) {
      self.key = key
      self.formerKeys = formerKeys
    }
  }

  package init(folder: String, owner: Owner? = nil) {
    self.folder = folder
    self.owner = owner
  }

  /// The path of a machine's file.
  package func path(of key: String) -> String { "\(folder)/\(key).json" }

  /// The keys of all stored machines, sorted; empty where there is no folder.
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
    } catch { throw .damaged("cannot read the folder \(folder); check its permissions") }
  }

  /// The baseline of a machine; `nil` if none is stored.
  package func read(_ key: String) throws(BaselineError) -> Baseline? {
    let path = path(of: key)
    var status = stat()
    guard lstat(path, &status) == 0 else {
      if errno == ENOENT { return nil }
      throw .damaged("cannot read baseline \(path): \(Self.text(errno)); check its permissions")
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
    // A file with a former key inside has been renamed: its user decided that it is this machine's.
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

  /// Advice where nothing is stored under the owner's key, but something is under a former one;
  /// `nil` elsewhere.
  package func renaming() -> String? {
    guard let owner, access(path(of: owner.key), F_OK) != 0,
      let former = owner.formerKeys.first(where: { access(path(of: $0), F_OK) == 0 })
    else { return nil }
    return "sessions are stored as \(former), a former key of this machine and similar ones; "
      + "if they are this machine's: mv \(path(of: former)) \(path(of: owner.key))"
  }

  /// Changes the baseline of a machine: reads, changes and writes it under the folder's lock. May
  /// block for `seconds` while another process holds the lock.
  ///
  /// A process that is killed in between leaves a complete file, the old one or the new one.
  ///
  /// - Parameter change: gets the stored baseline (`nil` without one) and returns the new one.
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

  /// Stores the sessions of a record that an update selects. If there are none, the file is not
  /// touched.
  ///
  /// - Returns: the outcome for each claim, and whether any session was stored.
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

  /// Checks whether an update could be written: takes the lock briefly, and writes a temporary file
  /// a little larger than the stored one.
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
          "cannot store in \(folder): \(error.reason); free some space, or choose another folder",
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
          "cannot lock the folder \(folder): \(Self.text(code)); check its permissions",
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
        "cannot create the folder \(folder) for baselines; choose another folder", isBegun: false)
    }
  }

  /// Removes files of updates that were killed. Safe while the lock is held: nobody else writes.
  private func removeLeftovers() {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for name in names where name.contains(/\.json\.(tmp-[0-9]+|probe(\.tmp-[0-9]+)?)$/) {
      unlink("\(folder)/\(name)")
    }
  }

  private static func text(_ code: Int32) -> String { String(cString: strerror(code)).lowercased() }
}

extension BaselineContext {
  /// Reads what a store holds for a machine.
  package init(
    _ store: BaselineStore, key: String, isRecording: Bool = false,
    recordCommand: String = "perfgate baseline update --only new"
  ) throws(BaselineError) {
    let others = try store.keys().filter { $0 != key }
    self.init(
      key: key, baseline: try store.read(key), configuration: Record.Tool.current.configuration,
      otherKeys: others,
      // A damaged file of another machine is that one's matter.
      elsewhere: others.compactMap { try? store.read($0) },
      renaming: store.owner?.key == key ? store.renaming() : nil, isRecording: isRecording,
      recordCommand: recordCommand)
  }
}
