/// Finds the process that holds the lock of a file.
package enum LockHolder {
  /// The holder: `process 123 (perfgate run)`; `nil` where the system does not report it.
  ///
  /// - Parameter inode: the file's inode number.
  package static func description(inode: UInt64) -> String? {
    guard let locks = SystemTree.ofThisMachine("/proc/locks"),
      let pid = process(inode: inode, locks: locks)
    else { return nil }
    return RunningProcesses.command(of: pid).map { "process \(pid) (\($0))" } ?? "process \(pid)"
  }

  /// The number of the process that holds the lock of a file, from the text of `/proc/locks`.
  ///
  /// It compares inodes only: on some file systems the device there differs from the one in `stat`.
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
