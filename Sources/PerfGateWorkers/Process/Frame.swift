// Messages between an executor and its worker processes: a header of 24 bytes, then a payload.
//
//     version   1 byte
//     kind      1 byte
//     zeros     6 bytes
//     length    8 bytes: how many bytes of payload follow
//     value     8 bytes: what it means depends on the kind
//
// Numbers are in the byte order of the machine, because both ends run on it.

/// What a frame says.
package enum FrameKind: UInt8, Sendable, CaseIterable {
  /// To a worker: which code the next tasks run, as text; the value is the worker's number.
  case work = 1
  /// To a worker: run the task whose number is the value.
  case task = 2
  /// The same, and the payload is what the task gets.
  case message = 3
  /// The same, and memory that comes with the header is what the task gets; the payload is its size.
  case shared = 4
  /// To a worker: exit.
  case quit = 5
  /// From a worker: the code is ready; the value is how long its input took to be made, in ns.
  case ready = 16
  /// From a worker: the task whose number is the value has ended; the payload is its result.
  case result = 17
  /// From a worker: it cannot do what was asked, as text.
  case failed = 18

  /// Whether its value is the number of a task.
  var isOfTask: Bool {
    switch self {
    case .task, .message, .shared, .result: true
    case .work, .quit, .ready, .failed: false
    }
  }

  /// The most bytes of a text.
  static let mostText = 4096

  /// How many bytes its payload may have.
  ///
  /// - Parameter message: the most bytes of a message.
  func lengths(message: UInt64) -> ClosedRange<UInt64> {
    switch self {
    case .work: 1...UInt64(Self.mostText)
    case .task, .quit, .ready: 0...0
    case .message: 0...message
    case .shared, .result: 8...8
    case .failed: 0...UInt64(Self.mostText)
    }
  }
}

/// What is before the payload of a frame.
package struct FrameHeader: Hashable, Sendable {
  /// What the frame says.
  package var kind: FrameKind
  /// How many bytes of payload follow.
  package var length: UInt64
  /// What it means depends on the kind.
  package var value: UInt64

  /// The version of the format.
  static let version: UInt8 = 1
  /// How many bytes a header has.
  package static let bytes = 24

  package init(_ kind: FrameKind, length: UInt64 = 0, value: UInt64) {
    self.kind = kind
    self.length = length
    self.value = value
  }

  /// Reads a header, and believes nothing.
  ///
  /// - Parameters:
  ///   - bytes: 24 bytes.
  ///   - mostMessage: the most bytes of a message; more are refused before any memory is taken for them.
  package init(
    _ bytes: UnsafeRawBufferPointer, mostMessage: UInt64
  ) throws(FrameError) {
    guard bytes.count == Self.bytes else { throw .size(bytes.count) }
    guard bytes[0] == Self.version else { throw .version(bytes[0]) }
    guard let kind = FrameKind(rawValue: bytes[1]) else { throw .kind(bytes[1]) }
    guard bytes[2..<8].allSatisfy({ $0 == 0 }) else { throw .reserved }
    let length = bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
    let allowed = kind.lengths(message: mostMessage)
    guard allowed.contains(length) else { throw .length(length, of: kind, allowed: allowed) }
    let value = bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
    guard !kind.isOfTask || value < UInt64(Executors.maximumTasks) else { throw .task(value) }
    self.init(kind, length: length, value: value)
  }

  /// Writes it to the first 24 of these bytes.
  package func write(to bytes: UnsafeMutableRawBufferPointer) {
    bytes.storeBytes(of: 0, as: UInt64.self)
    bytes[0] = Self.version
    bytes[1] = kind.rawValue
    bytes.storeBytes(of: length, toByteOffset: 8, as: UInt64.self)
    bytes.storeBytes(of: value, toByteOffset: 16, as: UInt64.self)
  }
}

/// Why a frame cannot be read.
package enum FrameError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The header has another size.
  case size(Int)
  /// The version is another one.
  case version(UInt8)
  /// There is no such kind.
  case kind(UInt8)
  /// Bytes that must be zero are not.
  case reserved
  /// The payload's length is out of range.
  case length(UInt64, of: FrameKind, allowed: ClosedRange<UInt64>)
  /// A frame of another kind was expected.
  case unexpected(FrameKind, expected: String)
  /// The answer is about another task.
  case otherTask(UInt64, expected: UInt64)
  /// No round has a task of that number.
  case task(UInt64)
  /// The text is not as it should be.
  case text
  /// There is no memory for a message.
  case notTaken(UInt64)
  /// No memory came with a frame that promises some, or it may still change.
  case memory(errorNumber: Int32)

  /// What was found and what was expected.
  package var description: String {
    switch self {
    case .size(let count): "a header of \(count) bytes, expected \(FrameHeader.bytes)"
    case .version(let version): "version \(version), expected \(FrameHeader.version)"
    case .kind(let kind): "a frame of unknown kind \(kind)"
    case .reserved: "bytes other than zero where zeros must be"
    case .length(let length, let kind, let allowed):
      allowed.count == 1
        ? "\(length) bytes of \(kind), expected \(allowed.lowerBound)"
        : "\(length) bytes of \(kind), expected \(allowed.lowerBound) to \(allowed.upperBound)"
    case .unexpected(let kind, let expected): "a frame \(kind), expected \(expected)"
    case .otherTask(let task, let expected): "the result of task \(task), expected \(expected)"
    case .task(let task): "task \(task), expected less than \(Executors.maximumTasks)"
    case .text: "a text that cannot be read"
    case .notTaken(let count): "a message of \(count) bytes, for which there is no memory"
    case .memory(let number): "memory that cannot be used (error \(number))"
    }
  }
}
