import CPerfGateSystem

/// Runs a body on a new thread and waits for its result; nil when no thread can be started.
///
/// The caller blocks until the thread has ended, so they never use shared values at the same time.
package func onNewThread<Result>(_ body: @escaping () -> Result) -> Result? {
  var result: Result?
  var call: () -> Void = { result = body() }
  let started = withUnsafeMutablePointer(to: &call) { pointer in
    pgp_on_new_thread({ $0?.assumingMemoryBound(to: (() -> Void).self).pointee() }, pointer)
  }
  return started == 0 ? result : nil
}
