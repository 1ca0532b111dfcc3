import CPerfGateSystem

/// Runs a body on a thread of its own and waits for what it returns; nil when there is no thread.
///
/// The caller does nothing until the thread has ended, so what the body shares with it is never used
/// by two threads at once.
package func onNewThread<Result>(_ body: @escaping () -> Result) -> Result? {
  var result: Result?
  var call: () -> Void = { result = body() }
  let started = withUnsafeMutablePointer(to: &call) { pointer in
    pgp_on_new_thread({ $0?.assumingMemoryBound(to: (() -> Void).self).pointee() }, pointer)
  }
  return started == 0 ? result : nil
}
