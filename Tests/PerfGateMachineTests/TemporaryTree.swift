import Foundation
import Testing

/// A folder of small files in place of a machine's `/sys` and `/proc`, gone with the value.
final class TemporaryTree {
  let root: String
  private var folders = Set<String>()

  init() throws {
    // A large machine is thousands of files: in memory where there is such a folder.
    let memory = "/dev/shm/"
    let isThere = FileManager.default.isWritableFile(atPath: memory)
    let folder = isThere ? memory : NSTemporaryDirectory()
    root = folder + "perfgate-tree-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  func write(_ path: String, _ text: String) throws {
    let full = root + path
    let folder = (full as NSString).deletingLastPathComponent
    if folders.insert(folder).inserted {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }
    try #require(FileManager.default.createFile(atPath: full, contents: Data(text.utf8)))
  }

  /// Puts a file back in place of whatever stands there.
  func restore(_ path: String, _ text: String) throws {
    try? remove(path)
    try? remove(path + ".loop")
    try write(path, text)
  }

  func remove(_ path: String) throws {
    folders = []
    try FileManager.default.removeItem(atPath: root + path)
  }

  /// Puts a folder where a file belongs.
  func makeFolder(_ path: String) throws {
    try? remove(path)
    try FileManager.default.createDirectory(atPath: root + path, withIntermediateDirectories: true)
  }

  /// Two links that lead to each other.
  func makeLoop(_ path: String) throws {
    try? remove(path)
    try FileManager.default.createSymbolicLink(
      atPath: root + path, withDestinationPath: root + path + ".loop")
    try FileManager.default.createSymbolicLink(
      atPath: root + path + ".loop", withDestinationPath: root + path)
  }

  /// Every file, as paths below the root.
  var files: [String] {
    let all = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
    return all.map { "/" + $0 }.filter {
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: root + $0, isDirectory: &isFolder)
        && !isFolder.boolValue
    }.sorted()
  }
}
