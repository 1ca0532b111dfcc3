import Foundation

/// The path of a program that is built beside the tests.
package func builtProgram(_ name: String) -> String {
  let link = "/proc/self/exe"
  let tests = FileManager.default.fileExists(atPath: link) ? link : CommandLine.arguments[0]
  return URL(fileURLWithPath: tests).resolvingSymlinksInPath().deletingLastPathComponent()
    .appendingPathComponent(name).path
}
