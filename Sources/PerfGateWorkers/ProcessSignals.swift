import CPerfGateSystem

/// How a program reacts to signals; a library or a test never calls these.
package enum ProcessSignals {
  /// From the first SIGINT, SIGTERM or SIGHUP on, workers begin no further task. A second one ends the process
  /// at once, with 128 and its number.
  ///
  /// - Parameter tells: whether a line on standard error says so in the middle of a task.
  package static func catchInterrupts(tells: Bool = true) { pgp_catch_interrupts(tells) }

  /// A thread that dies of a signal ends the process with `status`, after one line on standard
  /// error that names the worker, the task and the signal.
  package static func catchCrashes(exitStatus: Int32) { pgp_catch_crashes(exitStatus) }

  /// A thread that dies of a signal ends the process by that signal, after the same line.
  package static func tellCrashes() { pgp_catch_crashes(-1) }

  /// The signal that asked the program to stop; `nil` for none.
  package static var interruptSignal: Int32? {
    let number = pgp_interrupt_signal()
    return number == 0 ? nil : number
  }
}
