import Foundation
import PerfGate
import PerfGateCommands
import PerfGateReport
import Synchronization

/// What a command printed, and its exit status.
package struct Printed: Sendable {
  package var status: Int32
  package var out: String
  package var error: String

  package var outLines: [String] { out.split(separator: "\n").map(String.init) }
  package var errorLines: [String] { error.split(separator: "\n").map(String.init) }
}

/// Runs a command as the program does, in this process.
package func perfGate(
  _ arguments: [String], catalog: Catalog? = nil, claims: [Claim] = []
) throws -> Printed {
  let (out, error) = (Collected(), Collected())
  let output = CommandOutput(
    out: { out.add($0) }, error: { error.add($0) }, errorIsTerminal: false)
  // Other tests run beside it: what they do to the machine is not what these tests are about.
  let status = runPerfGate(
    arguments, catalog: try catalog ?? Catalog([]), claims: claims, output: output,
    probe: { _ in QuietProbe() })
  return Printed(status: status, out: out.text, error: error.text)
}

/// Text that comes in pieces, from any thread.
private final class Collected: Sendable {
  /// `nonisolated(unsafe)`: only touched while the lock is held.
  private nonisolated(unsafe) var pieces: [String] = []
  private let lock = NSLock()

  func add(_ piece: String) { lock.withLock { pieces.append(piece) } }
  var text: String { lock.withLock { pieces.joined() } }
}

/// A folder of its own for a test's files, gone afterwards.
package func withFolder<Value>(_ body: (_ folder: String) throws -> Value) throws -> Value {
  let path = NSTemporaryDirectory() + "perfgate-tests-\(UUID().uuidString)"
  try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: path) }
  return try body(path)
}

/// Judges a file by the command; its record comes from standard output.
package func judgedAgain(_ text: String, _ options: [String] = []) throws -> Printed {
  try withFolder { folder in
    let path = folder + "/record.json"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    var printed = try perfGate(["judge", path, "--json", "-"] + options)
    printed.error = printed.error.replacingOccurrences(of: path, with: "FILE")
    return printed
  }
}

/// The path of a program of this machine; `nil`: it has none of that name.
package func installed(_ program: String) -> String? {
  let places = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
  return places.map { "\($0)/\(program)" }.first {
    FileManager.default.isExecutableFile(atPath: $0)
  }
}

/// A program that the machine may have, by its name; its output, or `nil` where it is missing.
package func pipe(_ text: String, through program: String, _ arguments: [String]) throws -> String?
{
  guard let path = installed(program) else { return nil }
  return try withFolder { folder in
    let file = folder + "/in.json"
    try text.write(toFile: file, atomically: true, encoding: .utf8)
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments + [file]
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return process.terminationStatus == 0 ? String(decoding: data, as: UTF8.self) : nil
  }
}

extension Record {
  /// The record's JSON after somebody has changed it.
  package func edited(_ edit: (inout [String: Any]) -> Void) throws -> String {
    let json = try JSONSerialization.jsonObject(with: Data(try self.json().utf8))
    guard var object = json as? [String: Any] else { throw CocoaError(.coderReadCorrupt) }
    edit(&object)
    let data = try JSONSerialization.data(withJSONObject: object, options: .sortedKeys)
    return String(decoding: data, as: UTF8.self)
  }
}
