import Foundation

/// The package and the commit that a program is run in.
public enum WorkTree {
  /// The nearest folder from `path` upwards that has a Package.swift; `nil` outside of a package.
  public static func packageFolder(
    around path: String = FileManager.default.currentDirectoryPath
  ) -> String? {
    var folder = URL(fileURLWithPath: path).standardizedFileURL
    while true {
      if FileManager.default.fileExists(atPath: folder.appendingPathComponent("Package.swift").path)
      {
        return folder.path
      }
      let parent = folder.deletingLastPathComponent().standardizedFileURL
      if parent.path == folder.path { return nil }
      folder = parent
    }
  }

  /// The commit of a folder: twelve digits, `-dirty` behind them when tracked files were changed;
  /// `unknown` without git or a repository.
  ///
  /// - Parameter ignored: a folder whose changes do not count: that of the baselines themselves.
  public static func commit(of folder: String, ignoring ignored: String? = nil) -> String {
    guard let head = git(["rev-parse", "--short=12", "HEAD"], in: folder), head.status == 0,
      !head.output.isEmpty
    else { return "unknown" }
    let exclusion = ignored.map { [":/", ":(exclude)\($0)"] } ?? [":/"]
    let diff = git(["diff-index", "--quiet", "HEAD", "--"] + exclusion, in: folder)
    return head.output + (diff?.status == 0 ? "" : "-dirty")
  }

  private static func git(
    _ arguments: [String], in folder: String
  ) -> (status: Int32, output: String)? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["git", "-C", folder] + arguments
    let pipe = Pipe()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    // One line at most, which a pipe holds without a reader.
    let end = ContinuousClock.now + .seconds(5)
    while process.isRunning {
      if ContinuousClock.now > end {
        process.terminate()
        return nil
      }
      usleep(2000)
    }
    let data = pipe.fileHandleForReading.availableData
    let text = String(decoding: data, as: UTF8.self)
    return (process.terminationStatus, text.trimmingCharacters(in: .whitespacesAndNewlines))
  }
}
