import Foundation
import PerfGateWorkers

/// Reads the bytes of files in this package's JSON formats, and of lists of them.
package enum JSONFile {
  /// Reads the bytes of a regular file.
  ///
  /// - Throws: ``RecordError`` that says what is wrong, without the file's name.
  static func data(path: String, maximumBytes: Int) throws(RecordError) -> Data {
    // Without O_NONBLOCK, opening a pipe would block.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw RecordError(description: String(cString: strerror(errno)).lowercased())
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw RecordError(description: "it is not a file")
    }
    guard status.st_size <= maximumBytes else {
      throw RecordError(
        description: "it has \(status.st_size >> 20) MiB, the maximum is \(maximumBytes >> 20)")
    }
    var data = Data(count: Int(status.st_size))
    var count = 0
    while count < data.count {
      let found = data.withUnsafeMutableBytes { bytes in
        read(descriptor, bytes.baseAddress.map { $0 + count }, bytes.count - count)
      }
      if found < 0, errno == EINTR { continue }
      guard found >= 0 else { throw RecordError(description: "the file cannot be read") }
      // The file became shorter in the meantime.
      if found == 0 { break }
      count += found
    }
    return data.prefix(count)
  }

  /// Reads all bytes from a descriptor, such as standard input. Blocks until the end of the data or
  /// a signal that asks the program to stop.
  ///
  /// - Throws: ``RecordError`` for more bytes than `maximumBytes`, a read error or a signal.
  package static func data(descriptor: Int32, maximumBytes: Int) throws(RecordError) -> Data {
    var data = Data()
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      if let signal = ProcessSignals.interruptSignal {
        throw RecordError(description: "interrupted by signal \(signal)", signal: signal)
      }
      // Wait for data in steps, so that a signal is noticed while nobody writes.
      var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&request, 1, 50) > 0 else { continue }
      let count = read(descriptor, &buffer, buffer.count)
      if count == 0 { return data }
      if count < 0 {
        if errno == EINTR || errno == EAGAIN { continue }
        throw RecordError(description: String(cString: strerror(errno)).lowercased())
      }
      guard data.count + count <= maximumBytes else {
        throw RecordError(
          description: "it has more than \(maximumBytes >> 20) MiB, which is the maximum")
      }
      data.append(contentsOf: buffer[..<count])
    }
  }
}
