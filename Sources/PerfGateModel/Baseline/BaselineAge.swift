import Foundation

extension Baseline {
  /// The number of days without a session after which a claim's baseline is stale.
  package static let staleDays = 90

  /// What should be updated in the baseline, one line each. These are notes, never failures.
  ///
  /// - Parameters:
  ///   - known: the ids of all existing claims.
  ///   - toolchain: the compilers of this build, see `Record.Tool.toolchain`.
  ///   - now: the current time.
  package func staleness(claims known: [String], toolchain: String, now: Date) -> [String] {
    var lines: [String] = []
    for (name, entry) in claims.sorted(by: { $0.key < $1.key }) {
      guard let last = entry.sessions.last else { continue }
      if !known.contains(Self.claim(of: name)) {
        lines.append(
          "\(machine.key): \(name) is stored, but no claim has this name, except perhaps in a test")
        continue
      }
      if last.toolchain != toolchain {
        lines.append(
          "\(machine.key): \(name) was recorded with \(last.toolchain), this is \(toolchain)")
      }
      if let days = last.days(until: now), days > Self.staleDays {
        lines.append("\(machine.key): \(name) was recorded \(days) days ago")
      }
    }
    return lines
  }
}

extension StoredSession {
  /// The whole days from the session to `now`; `nil` if its date cannot be read.
  package func days(until now: Date) -> Int? {
    guard let then = try? Date(date, strategy: .iso8601) else { return nil }
    return Int(now.timeIntervalSince(then) / 86_400)
  }
}
