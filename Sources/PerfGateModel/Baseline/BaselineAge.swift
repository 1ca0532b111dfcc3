import Foundation

extension Baseline {
  /// After how many days without a session a claim's baseline is stale.
  package static let staleDays = 90

  /// What of it should be looked after, one line each; notes, never failures.
  ///
  /// - Parameters:
  ///   - known: the ids of all claims there are.
  ///   - toolchain: the compilers of this build, see `Record.Tool.toolchain`.
  ///   - now: today.
  package func staleness(claims known: [String], toolchain: String, now: Date) -> [String] {
    var lines: [String] = []
    for (name, entry) in claims.sorted(by: { $0.key < $1.key }) {
      guard let last = entry.sessions.last else { continue }
      if !known.contains(Self.claim(of: name)) {
        lines.append(
          "\(machine.key): \(name) is stored, and no claim is called so any more, unless in a test")
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
  /// Whole days from the session to `now`; `nil` when its date cannot be read.
  package func days(until now: Date) -> Int? {
    guard let then = try? Date(date, strategy: .iso8601) else { return nil }
    return Int(now.timeIntervalSince(then) / 86_400)
  }
}
