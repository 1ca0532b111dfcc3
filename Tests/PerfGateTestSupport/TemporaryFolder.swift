import Foundation

/// A folder that is gone when nobody needs it.
package final class TemporaryFolder: Sendable {
  package let root: String

  package init() throws {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("perfgate-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    root = url.path
  }

  package func path(_ name: String) -> String { "\(root)/\(name)" }

  package func text(_ name: String) throws -> String {
    try String(contentsOfFile: path(name), encoding: .utf8)
  }

  package var files: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).sorted()
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }
}
