import CPerfGateSystem

/// How long the thread has waited for a CPU since it started, in seconds; 0 where unknown.
///
/// The file is opened for each reading: for a pool of a thousand workers, open files would use up
/// the process's descriptors.
package func runDelay(_ thread: Int32) -> Double {
  runDelay(file: "/proc/self/task/\(thread)/schedstat")
}

/// The same for the main thread of a process.
package func processRunDelay(_ pid: Int) -> Double { runDelay(file: "/proc/\(pid)/schedstat") }

private func runDelay(file path: String) -> Double {
  let file = pgp_open_counter(path)
  guard file >= 0 else { return 0 }
  defer { pgp_close_counter(file) }
  var times = pgp_thread_times()
  return pgp_read_thread_times(file, &times) == 0 ? Double(times.delay_ns) * 1e-9 : 0
}
