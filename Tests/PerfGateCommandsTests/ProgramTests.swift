import Foundation
import PerfGate
import Testing

/// The built program, as a process: signals and pipes.
@Suite(.serialized) struct ProgramTests {
  /// The executable beside the test bundle; `nil` where it is not built along.
  static let program: String? = {
    let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    let path = bundle.appendingPathComponent("perfgate").path
    return FileManager.default.isExecutableFile(atPath: path) ? path : nil
  }()

  @Test(.enabled(if: program != nil), arguments: [SIGINT, SIGTERM])
  func interruptedWritesWhatItHas(signal: Int32) throws {
    let folder = try TemporaryFolder()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(Self.program))
    process.arguments = [
      "scale", "--kernel", "viete", "--workers", "1", "--rounds", "2000", "--json",
      folder.path("record.json"),
    ]
    let errors = Pipe()
    process.standardOutput = FileHandle.nullDevice
    process.standardError = errors
    try process.run()
    Thread.sleep(forTimeInterval: 4)
    kill(process.processIdentifier, signal)
    let watchdog = DispatchWorkItem { kill(process.processIdentifier, SIGKILL) }
    DispatchQueue.global().asyncAfter(deadline: .now() + 30, execute: watchdog)
    process.waitUntilExit()
    watchdog.cancel()
    #expect(process.terminationReason == .exit)
    #expect(process.terminationStatus == 128 + signal)
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    #expect(text.contains("interrupted by signal \(signal)"), "\(text)")
    let record = try Record.read(path: folder.path("record.json"))
    #expect(!record.complete)
  }

  @Test(.enabled(if: program != nil)) func aClosedPipeIsQuiet() throws {
    let folder = try TemporaryFolder()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    let program = try #require(Self.program)
    process.arguments = [
      "-c", "'\(program)' --help 2>'\(folder.path("err"))' | true; '\(program)' machine | head -1",
    ]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    process.waitUntilExit()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    #expect(text.split(separator: "\n").count == 1)
    #expect(try String(contentsOfFile: folder.path("err"), encoding: .utf8).isEmpty)
  }
}
