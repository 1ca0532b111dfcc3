import Foundation
import PerfGateReport
import PerfGateStatistics
import PerfGateTestSupport
import Testing

import PerfGate
import PerfGateModel

/// What is stored is there whole, whatever happens to whoever stores.
@Suite struct StoreTests {

  static func writer(_ folder: String, _ name: String, _ count: Int) throws -> StartedProcess {
    try StartedProcess(
      [builtProgram("PerfGateBaselineWriter"), folder, Baseline.madeUpKey, name, "\(count)"])
  }

  @Test func whatIsStoredIsReadBack() throws {
    try withFolder { folder in
      let store = BaselineStore(folder: folder + "/new/baselines")
      #expect(try store.read(Baseline.madeUpKey) == nil && store.keys() == [])
      try store.update(Baseline.madeUpKey) { stored in
        #expect(stored == nil)
        return Baseline.madeUp()
      }
      #expect(
        try store.read(Baseline.madeUpKey) == Baseline.madeUp()
          && store.keys() == [Baseline.madeUpKey])
    }
  }

  /// Killed at any instant: the old file or the new one is there, and never less than before.
  @Test func killedWritersLeaveAWholeFile() throws {
    try withFolder { folder in
      let store = BaselineStore(folder: folder)
      var random = SplitMix64(seed: 5)
      var most = 0
      var kills = 0
      // How long a writer may live, in microseconds: on a busy machine it takes longer to begin.
      var life = 12_000
      for _ in 0..<200 {
        // Without an end of its own: whoever is still there is killed in the middle of it.
        let child = try Self.writer(folder, "a", .max)
        usleep(UInt32(random.nextIndex(below: life)))
        child.send(SIGKILL)
        if try child.wait() == .signal(SIGKILL) { kills += 1 }
        if most <= 1 { life = min(life * 11 / 10, 400_000) }
        guard let baseline = try store.read(Baseline.madeUpKey) else {
          #expect(most == 0)
          continue
        }
        let last = baseline.claims["a"]?.sessions.last?.median ?? 0
        #expect(baseline.claims.count >= most && last >= 1)
        most = baseline.claims.count
      }
      #expect(kills == 200 && most > 1)
      // The lock of the dead is free, and what they left behind is cleared away.
      _ = FileManager.default.createFile(
        atPath: store.path(of: Baseline.madeUpKey) + ".tmp-1", contents: Data("{".utf8))
      try store.update(Baseline.madeUpKey, waitingAtMost: 0) { $0 ?? Baseline.madeUp() }
      let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(names == ["\(Baseline.madeUpKey).json"])
    }
  }

  @Test func twoUpdatesAtOnceLoseNothing() throws {
    try withFolder { folder in
      let children = try ["a", "b", "c"].map { try Self.writer(folder, $0, 15) }
      for child in children { #expect(try child.wait() == .exit(0)) }
      let baseline = try #require(try BaselineStore(folder: folder).read(Baseline.madeUpKey))
      #expect(baseline.claims.count == 3 * 16)
      for name in ["a", "b", "c"] { #expect(baseline.claims[name]?.sessions.count == 15) }
    }
  }

  @Test func aHeldLockIsToldAndWaitedForNoLongerThanSaid() throws {
    try withFolder { folder in
      let store = BaselineStore(folder: folder)
      let lock = try FileLock(path: folder, waitingAtMost: 0)
      let begin = ContinuousClock.now
      let error = #expect(throws: BaselineError.self) {
        try store.update(Baseline.madeUpKey, waitingAtMost: 0.2) { _ in Baseline.madeUp() }
      }
      #expect(ContinuousClock.now - begin < .seconds(10))
      let text = try #require(error).description
      #expect(text.contains("holds its lock; try again"))
      #expect(
        text.contains("process \(getpid()) (")
          || !FileManager.default.fileExists(atPath: "/proc/locks"))
      #expect(try store.read(Baseline.madeUpKey) == nil)
      withExtendedLifetime(lock) {}
    }
  }

  @Test func aLockThatIsGivenBackIsTaken() throws {
    try withFolder { folder in
      do {
        let lock = try FileLock(path: folder, waitingAtMost: 0)
        #expect(lock.with { 1 } == 1)
        #expect(throws: FileLock.Failure.self) { try FileLock(path: folder, waitingAtMost: 0) }
      }
      #expect(throws: Never.self) { try FileLock(path: folder, waitingAtMost: 0) }
    }
  }

  #if os(Linux)
    /// A child that is just being started has the lock's file open as well; that is no holder.
    @Test func aCopyOfTheDescriptorDoesNotKeepTheLock() throws {
      try withFolder { folder in
        var copies: [Int32] = []
        do {
          let lock = try FileLock(path: folder, waitingAtMost: 0)
          for name in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
            let target = try? FileManager.default.destinationOfSymbolicLink(
              atPath: "/proc/self/fd/\(name)")
            if target == folder, let descriptor = Int32(name) { copies.append(dup(descriptor)) }
          }
          withExtendedLifetime(lock) {}
        }
        #expect(!copies.isEmpty)
        #expect(throws: Never.self) { try FileLock(path: folder, waitingAtMost: 0) }
        for copy in copies { close(copy) }
      }
    }
  #endif

  @Test func whatCannotBeWrittenIsToldAndNothingChanges() throws {
    try withFolder { folder in
      let blocked = folder + "/file"
      try "not a folder".write(toFile: blocked, atomically: true, encoding: .utf8)
      for store in [BaselineStore(folder: blocked), BaselineStore(folder: blocked + "/below")] {
        #expect(throws: BaselineError.self) { try store.checkWritable(Baseline.madeUpKey) }
        #expect(throws: BaselineError.self) {
          try store.update(Baseline.madeUpKey) { _ in Baseline.madeUp() }
        }
      }
      #expect(try String(contentsOfFile: blocked, encoding: .utf8) == "not a folder")
    }
  }

  /// A change that refuses, and one that cannot be encoded, leave what was stored.
  @Test func aRefusedChangeLeavesTheFile() throws {
    try withFolder { folder in
      let store = BaselineStore(folder: folder)
      try store.update(Baseline.madeUpKey) { _ in Baseline.madeUp() }
      #expect(throws: BaselineError.damaged("no")) {
        try store.update(Baseline.madeUpKey) { _ throws(BaselineError) in throw .damaged("no") }
      }
      #expect(throws: BaselineError.self) {
        try store.update(Baseline.madeUpKey) { stored in
          var bad = stored ?? Baseline.madeUp()
          bad.claims["a"]?.sessions[0].median = .nan
          return bad
        }
      }
      #expect(try store.read(Baseline.madeUpKey) == Baseline.madeUp())
    }
  }

  /// A machine whose key has changed: its file is named, not read, until its owner has renamed it.
  @Test func aFormerKeyIsNamedUntilTheFileIsRenamed() throws {
    try withFolder { folder in
      let owner = BaselineStore.Owner(key: "new-1c-1n", formerKeys: ["none", Baseline.madeUpKey])
      let store = BaselineStore(folder: folder, owner: owner)
      #expect(store.renaming() == nil)
      try store.update(Baseline.madeUpKey) { _ in Baseline.madeUp() }
      let advice = try #require(store.renaming())
      #expect(
        advice.hasSuffix("mv \(store.path(of: Baseline.madeUpKey)) \(store.path(of: owner.key))"))
      let before = try BaselineContext(store, key: owner.key)
      #expect(before.baseline == nil)
      #expect(
        before.refusal("a", quantity: "time").map { ReasonText.sentence($0) }
          == "no baseline for new-1c-1n: \(advice)")
      #expect(
        BaselineReport.list([Baseline.madeUp()], key: owner.key, renaming: advice).suffix(2)
          == ["nothing is stored for this machine, new-1c-1n", advice])
      try FileManager.default.moveItem(
        atPath: store.path(of: Baseline.madeUpKey), toPath: store.path(of: owner.key))
      #expect(store.renaming() == nil)
      #expect(try BaselineContext(store, key: owner.key).baseline?.machine.key == owner.key)
      // The next update puts the key into the file; another machine's program refuses it meanwhile.
      #expect(throws: BaselineError.self) {
        try BaselineStore(folder: folder).read(owner.key)
      }
      try store.update(owner.key) { $0 ?? Baseline.madeUp() }
      #expect(try BaselineStore(folder: folder).read(owner.key)?.machine.key == owner.key)
    }
  }
}
