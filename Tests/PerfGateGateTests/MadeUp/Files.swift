import Foundation
import PerfGate
import PerfGateCommands
import Synchronization

/// What a command printed, and its exit status.
struct Printed {
  var status: Int32
  var out: String
  var error: String
}

/// Runs a command as the program does, without its process.
func perfGate(
  _ arguments: [String], catalog: Catalog? = nil, claims: [Claim] = []
) throws -> Printed {
  let (out, error) = (Collected(), Collected())
  let output = CommandOutput(
    out: { out.add($0) }, error: { error.add($0) }, errorIsTerminal: false)
  let status = runPerfGate(
    arguments, catalog: try catalog ?? Catalog([]), claims: claims, output: output)
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
func withFolder<Value>(_ body: (_ folder: String) throws -> Value) throws -> Value {
  let path = NSTemporaryDirectory() + "perfgate-gate-tests-\(UUID().uuidString)"
  try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: path) }
  return try body(path)
}

/// Judges a file by the command; its record comes from standard output.
func judgedAgain(_ text: String, _ options: [String] = []) throws -> Printed {
  try withFolder { folder in
    let path = folder + "/record.json"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    var printed = try perfGate(["judge", path, "--json", "-"] + options)
    printed.error = printed.error.replacingOccurrences(of: path, with: "FILE")
    return printed
  }
}

/// The path of a program of this machine; `nil`: it has none of that name.
func installed(_ program: String) -> String? {
  let places = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
  return places.map { "\($0)/\(program)" }.first {
    FileManager.default.isExecutableFile(atPath: $0)
  }
}

/// A program that the machine may have, by its name; its output, or `nil` where it is missing.
func pipe(_ text: String, through program: String, _ arguments: [String]) throws -> String? {
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
