import Foundation
import PerfGate

/// The versions of the packages that a package was built with, from its `Package.resolved`.
struct PackagePins: Decodable {
  /// The version, branch or commit of each package by its identity.
  let versions: [String: String]

  private struct Pin: Decodable {
    struct State: Decodable {
      var version: String?
      var branch: String?
      var revision: String?
    }
    var identity: String?
    /// Its name in files of version 1.
    var package: String?
    var state: State
  }

  private struct Content: Decodable {
    var pins: [Pin]
  }

  private enum CodingKeys: CodingKey {
    case pins, object
  }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let pins =
      try values.decodeIfPresent([Pin].self, forKey: .pins)
      ?? values.decode(Content.self, forKey: .object).pins
    var versions: [String: String] = [:]
    for pin in pins {
      guard let name = pin.identity ?? pin.package?.lowercased() else { continue }
      let commit = pin.state.revision.map { String($0.prefix(12)) }
      versions[name] =
        pin.state.version ?? [pin.state.branch, commit].compactMap(\.self).joined(separator: " ")
    }
    self.versions = versions
  }

  /// - Returns: `nil` without such a file, or if it cannot be read.
  init?(package folder: String) {
    guard let data = FileManager.default.contents(atPath: "\(folder)/Package.resolved"),
      let pins = try? JSONDecoder().decode(PackagePins.self, from: data)
    else { return nil }
    self = pins
  }

  /// What two packages were not built alike with. Nothing where nothing is known of one that has
  /// dependencies.
  static func differences(between old: String, and new: String) -> [Revisions.Dependency] {
    let (before, after) = (
      PackagePins(package: old)?.versions ?? [:], PackagePins(package: new)?.versions ?? [:]
    )
    return Set(before.keys).union(after.keys).sorted().compactMap { name in
      guard before[name] != after[name] else { return nil }
      return Revisions.Dependency(name: name, old: before[name], new: after[name])
    }
  }
}
