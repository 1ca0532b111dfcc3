import Foundation

/// The current date and time, for people and for file names.
package enum Timestamp {
  /// ISO 8601 in UTC: `2026-01-02T03:04:05Z`.
  package static func iso() -> String { Date.now.formatted(.iso8601) }

  /// The same without punctuation: `20260102T030405Z`.
  package static func file() -> String { iso().filter { $0 != "-" && $0 != ":" } }
}
