import Foundation
import PerfGateMachine

/// What the tests may do here; each answer becomes the reason of a skipped test.
#if os(Linux)
  let isLinux = true
#else
  let isLinux = false
#endif

/// What a program said and how it ended.
struct ProgramResult {
  var output: String
  var status: Int32

  var lines: [String] { output.split(separator: "\n").map(String.init) }
}

/// Runs a program and collects what it prints; both of its outputs in one.
@discardableResult
func runProgram(_ path: String, _ arguments: [String]) throws -> ProgramResult {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: path)
  process.arguments = arguments
  let pipe = Pipe()
  process.standardOutput = pipe
  process.standardError = pipe
  try process.run()
  let data = pipe.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return ProgramResult(
    output: String(decoding: data, as: UTF8.self), status: process.terminationStatus)
}

/// The self-test program.
let selfTestPath = besideTheTests("PerfGateSelfTest")

/// The program that the tests start as a child.
let childPlantPath = besideTheTests("PerfGateChildPlant")

/// The path of a program that is built beside the tests.
private func besideTheTests(_ name: String) -> String {
  let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
  let beside = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
  let folders = [beside.path, (own as NSString).deletingLastPathComponent]
  let paths = folders.map { "\($0)/\(name)" }
  return paths.first { FileManager.default.isExecutableFile(atPath: $0) } ?? paths[0]
}

/// Whether mounts can be made in a name space of one's own.
let canUnshare =
  isLinux
  && (try? runProgram("/usr/bin/env", ["unshare", "-rm", "--propagation", "private", "true"]))?
    .status == 0

/// A control group of version 1 that the test makes below the mount of a controller, and removes.
struct ControlGroup {
  let folder: String

  /// nil unless the controller is mounted in version 1 and this user may make groups in it.
  init?(controller: String, name: String = "perfgate-test-\(UUID().uuidString)") {
    let mounts = (try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)) ?? ""
    let fields = mounts.split(separator: "\n").map { $0.split(separator: " ") }
    guard
      let mount = fields.first(where: {
        guard let options = $0.last, let dash = $0.firstIndex(of: "-") else { return false }
        return $0[dash + 1] == "cgroup"
          && options.split(separator: ",").contains(Substring(controller))
      })
    else { return nil }
    folder = "\(mount[4])/\(name)"
    guard mkdir(folder, 0o755) == 0 else { return nil }
  }

  func set(_ file: String, _ value: String) throws {
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: "\(folder)/\(file)"))
    try handle.write(contentsOf: Data((value + "\n").utf8))
    try handle.close()
  }

  /// Runs a program that has joined the group before it began.
  func run(_ path: String, _ arguments: [String]) throws -> ProgramResult {
    try runProgram(
      "/bin/sh", ["-c", "echo $$ > \"$0/cgroup.procs\" && exec \"$@\"", folder, path] + arguments)
  }

  func remove() { rmdir(folder) }

  /// Whether such groups can be made here.
  static func canMake(_ controller: String) -> Bool {
    guard let group = ControlGroup(controller: controller) else { return false }
    group.remove()
    return true
  }
}
