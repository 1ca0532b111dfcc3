import Foundation
import PerfGateWorkers

/// The bytes of files with this package's JSON formats.
enum JSONFile {
  /// The bytes of a regular file.
  ///
  /// - Throws: ``RecordError`` with what is wrong, without the file's name.
  static func data(path: String, maximumBytes: Int) throws(RecordError) -> Data {
    // What is no file, such as a pipe, is not waited for.
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
        description: "it has \(status.st_size >> 20) MiB, at most \(maximumBytes >> 20) are read")
    }
    var data = Data(count: Int(status.st_size))
    var count = 0
    while count < data.count {
      let found = data.withUnsafeMutableBytes { bytes in
        read(descriptor, bytes.baseAddress.map { $0 + count }, bytes.count - count)
      }
      if found < 0, errno == EINTR { continue }
      guard found >= 0 else { throw RecordError(description: "the file cannot be read") }
      // It became shorter meanwhile.
      if found == 0 { break }
      count += found
    }
    return data.prefix(count)
  }

  /// All bytes that come from a descriptor, such as standard input; a signal that asks the program to
  /// stop ends the wait for them.
  ///
  /// - Throws: ``RecordError`` with what is wrong: more bytes than `maximumBytes`, an error, a signal.
  static func data(descriptor: Int32, maximumBytes: Int) throws(RecordError) -> Data {
    var data = Data()
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      if let signal = ProcessSignals.interruptSignal {
        throw RecordError(description: "interrupted by signal \(signal)", signal: signal)
      }
      // A pipe that nobody writes to yet has nothing, and has not ended either.
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
          description:
            "it has more than \(maximumBytes >> 20) MiB, which are the most that are read")
      }
      data.append(contentsOf: buffer[..<count])
    }
  }
}
