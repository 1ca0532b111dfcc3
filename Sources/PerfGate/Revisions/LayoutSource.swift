/// Where the programs of both revisions come from, each with a layout that the linker draws.
package protocol LayoutSource: AnyObject {
  /// Whether each number has a layout of its own; otherwise all have the same one.
  var isDrawn: Bool { get }
  /// The programs of both revisions with the layout of this number, from 0. Blocks while they are being
  /// linked, some seconds.
  func programs(_ number: Int) throws(MeasurementError) -> RevisionPair<String>
}

/// A value for each of two revisions.
package struct RevisionPair<Value: Sendable>: Sendable {
  /// Of the revision that the other one is compared with.
  package var old: Value
  /// Of the revision that is judged.
  package var new: Value

  package init(old: Value, new: Value) {
    self.old = old
    self.new = new
  }
}

/// Why a revision cannot be had or run: what failed, what was found, what to do.
package struct RevisionFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// What kind of failure it is.
  package enum Kind: Hashable, Sendable {
    /// It was named wrongly, or this clone does not have it.
    case unknown
    /// It cannot be built, or its program does not answer.
    case unavailable
    /// The disk is full.
    case diskFull
    /// Another program uses the folder that revisions are built in.
    case locked
    /// A signal asked the program to stop.
    case interrupted(Int32)
  }

  package var kind: Kind
  package var description: String

  package init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }
}

/// A clock that stands still while something other than rounds takes time, such as linking.
final class StoppableClock: MeasurementClock {
  private let clock: any MeasurementClock
  private var stopped = 0.0

  init(_ clock: any MeasurementClock) { self.clock = clock }

  var seconds: Double { clock.seconds - stopped }
  func sleep(seconds: Double) { clock.sleep(seconds: seconds) }

  /// Stands still during `body`.
  func whileStopped<Value>(
    _ body: () throws(MeasurementError) -> Value
  ) throws(MeasurementError) -> Value {
    let start = clock.seconds
    defer { stopped += clock.seconds - start }
    return try body()
  }
}
