import Foundation
import Testing

@testable import PerfGateMachine

/// What the process that has started this one tells.
@Suite struct ParentProcessTests {
  @Test func itIsTheParentOfThisProcess() throws {
    let parent = try #require(ParentProcess.current)
    #expect(!parent.name.isEmpty && parent.name.utf8.count <= 15)
    #expect(parent.directory.hasPrefix("/"))
    // The kernel's own view of it, through a program of the system.
    let ps = Process()
    ps.executableURL = URL(fileURLWithPath: "/bin/sh")
    ps.arguments = ["-c", "tr '\\0' '\\n' < /proc/$1/cmdline", "sh", "\(getppid())"]
    let pipe = Pipe()
    ps.standardOutput = pipe
    try ps.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    ps.waitUntilExit()
    #expect(parent.arguments.joined(separator: "\n") + "\n" == text)
    #expect(parent.environment.allSatisfy { !$0.key.contains("=") } && !parent.environment.isEmpty)
  }
}
