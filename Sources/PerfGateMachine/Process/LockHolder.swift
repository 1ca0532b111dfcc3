/// Who holds the lock of a file.
package enum LockHolder {
  /// The holder: `process 123 (perfgate run)`; `nil` where the system does not tell.
  ///
  /// - Parameter inode: the file's number.
  package static func description(inode: UInt64) -> String? {
    guard let locks = SystemTree.ofThisMachine("/proc/locks"),
      let pid = process(inode: inode, locks: locks)
    else { return nil }
    return RunningProcesses.command(of: pid).map { "process \(pid) (\($0))" } ?? "process \(pid)"
  }

  /// The process that holds the lock of a file, as the text of `/proc/locks` tells it.
  ///
  /// By inode alone: the device is another one there than in `stat` on some file systems.
  package static func process(inode: UInt64, locks: String) -> Int? {
    for line in locks.split(separator: "\n") {
      // 1: FLOCK  ADVISORY  WRITE 4242 08:01:123456 0 EOF
      let words = line.split(separator: " ")
      guard words.count > 5, words[1] == "FLOCK", let pid = Int(words[4]), pid > 0,
        words[5].split(separator: ":").last.flatMap({ UInt64($0) }) == inode
      else { continue }
      return pid
    }
    return nil
  }
}
