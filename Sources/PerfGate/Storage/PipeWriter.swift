import Foundation
import PerfGateWorkers

/// Writes to pipes and devices, which may block: a signal that asks the program to stop ends the
/// wait within a tenth of a second.
enum PipeWriter {
  /// How often to check whether the program was asked to stop, in milliseconds.
  private static let lookAgain: Int32 = 50

  /// Opens the path once and writes all of the text.
  ///
  /// - Parameter waiting: called once when a pipe has no reader for a second.
  static func write(
    _ text: String, to path: String, isPipe: Bool, waiting: () -> Void
  ) throws(FileWriteError) {
    let descriptor = try open(path, isPipe: isPipe, waiting: waiting)
    defer { close(descriptor) }
    // An interrupted run still writes its record so far; only a new signal stops that.
    let known = ProcessSignals.interruptSignal
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if written >= 0 {
        rest = rest.dropFirst(written)
        continue
      }
      guard errno == EINTR || errno == EAGAIN else {
        throw FileWriteError(code: errno, isBegun: true)
      }
      if let signal = ProcessSignals.interruptSignal, signal != known {
        throw FileWriteError(code: EINTR, isBegun: true, signal: signal)
      }
      var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      poll(&request, 1, lookAgain)
    }
  }

  /// Opens the path. A pipe cannot be opened until it has a reader, so this waits for one.
  private static func open(
    _ path: String, isPipe: Bool, waiting: () -> Void
  ) throws(FileWriteError) -> Int32 {
    let start = ContinuousClock.now
    var isTold = false
    while true {
      let descriptor = Foundation.open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
      if descriptor >= 0 { return descriptor }
      let code = errno
      guard code == EINTR || (isPipe && code == ENXIO) else { throw FileWriteError(code: code) }
      if let signal = ProcessSignals.interruptSignal {
        throw FileWriteError(code: EINTR, signal: signal)
      }
      if !isTold, ContinuousClock.now - start > .seconds(1) {
        isTold = true
        waiting()
      }
      poll(nil, 0, lookAgain)
    }
  }
}
