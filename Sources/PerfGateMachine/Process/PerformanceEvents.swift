/// What the system says of its performance events, such as the processor's counters.
package enum PerformanceEvents {
  /// The setting `kernel.perf_event_paranoid`: programs may count their own instructions up to 2; `nil`:
  /// not known.
  package static func paranoia(root: String) -> Int? {
    (try? SystemTree(root: root).number("/proc/sys/kernel/perf_event_paranoid")) ?? nil
  }
}
