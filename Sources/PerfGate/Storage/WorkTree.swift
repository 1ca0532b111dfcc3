import Foundation

/// Finds the package and the commit that a program runs in.
package enum WorkTree {
  /// The working directory; `nil` when it was deleted or is not visible to this process.
  package static var workingFolder: String? {
    guard let path = getcwd(nil, 0) else { return nil }
    defer { free(path) }
    let folder = String(cString: path)
    return folder.hasPrefix("/") ? folder : nil
  }

  /// The nearest folder from `path` upwards that has a Package.swift; `nil` outside of a package.
  ///
  /// - Parameter path: `nil` for the working directory; if that was deleted, there is no package.
  package static func packageFolder(around path: String? = nil) -> String? {
    var start = path ?? ""
    if !start.hasPrefix("/") {
      guard let folder = workingFolder else { return nil }
      start = "\(folder)/\(start)"
    }
    var names: [Substring] = []
    for name in start.split(separator: "/") where name != "." {
      if name == ".." { _ = names.popLast() } else { names.append(name) }
    }
    while true {
      let folder = "/" + names.joined(separator: "/")
      if FileManager.default.fileExists(atPath: "\(folder)/Package.swift") { return folder }
      if names.popLast() == nil { return nil }
    }
  }

  /// The commit of a folder: twelve digits, followed by `-dirty` if tracked files were changed;
  /// `unknown` without git or a repository. Blocks for at most 15 s.
  ///
  /// - Parameter ignored: a folder whose changes do not count, such as that of the baselines.
  package static func commit(of folder: String, ignoring ignored: String? = nil) -> String {
    guard let head = git(["rev-parse", "--short=12", "HEAD"], in: folder), head.status == 0,
      !head.output.isEmpty
    else { return "unknown" }
    func changes(_ paths: [String]) -> Int32? {
      git(["diff-index", "--quiet", "HEAD", "--"] + paths, in: folder)?.status
    }
    var status = ignored.flatMap { changes([":/", ":(exclude,literal)\($0)"]) }
    // Git refuses a folder outside of the repository, where nothing can be ignored.
    if ignored == nil || status == 128 { status = changes([":/"]) }
    return head.output + (status == 0 ? "" : "-dirty")
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
    // Git writes at most one line, which fits into a pipe that nobody reads yet.
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
