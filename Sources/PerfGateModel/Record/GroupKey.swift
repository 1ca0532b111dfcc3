/// The identity of a group: the arms measured in the same rounds of one part of a run.
///
/// Its text is for people and for JSON: `claims viete`, `compare text.scan (slow)`. The part of the
/// run comes last: `claims viete:viete.swift-vs-c`.
public struct GroupKey: Hashable, Sendable {
  /// What the rounds are for.
  public enum Purpose: String, Hashable, Sendable, CaseIterable {
    /// Claims of one kernel.
    case claims
    /// The speedup of the machine itself at the workers of scaling claims.
    case ceiling = "the ceiling"
    /// A curve over worker counts.
    case scale
    /// A comparison of variants.
    case compare
    /// Handing an input to workers.
    case handoff
    /// The same work in other languages.
    case peers
    /// Blocks that a test measures.
    case measure
  }

  /// What the rounds are for; `nil` in records of other programs.
  public var purpose: Purpose?
  /// What is measured, such as `viete` or `text.scan (slow)`; empty for the ceiling.
  public var subject: String
  /// The part of the run, if the record was merged from several; `nil`: the only one.
  public var part: String?

  /// A group.
  package init(_ purpose: Purpose?, _ subject: String = "", part: String? = nil) {
    self.purpose = purpose
    self.subject = subject
    self.part = part
  }

  /// The group of claims whose rounds are also used for the tables of a kernel.
  public static func claims(of kernel: String) -> GroupKey { GroupKey(.claims, kernel) }
}

extension GroupKey: CustomStringConvertible, Codable {
  /// The text of the key. No other code makes it.
  public var description: String {
    let subject = subject.isEmpty ? nil : KeyText.escapedPart(subject)
    let name = [purpose?.rawValue, subject].compactMap { $0 }.joined(separator: " ")
    return name + (part.map { ":\(KeyText.escapedPart($0))" } ?? "")
  }

  /// The key with this text. Every text is a valid key.
  package init(_ text: String) {
    let colon = text.lastIndex(of: ":")
    let name = colon.map { text[..<$0] } ?? text[...]
    part = colon.map { KeyText.plain(text[text.index(after: $0)...]) }
    purpose = Purpose.allCases.first { name == $0.rawValue || name.hasPrefix("\($0.rawValue) ") }
    let subject = purpose.map { name.dropFirst($0.rawValue.count).drop { $0 == " " } } ?? name
    self.subject = KeyText.plain(subject)
  }

  /// Reads the text of a key.
  public init(from decoder: any Decoder) throws {
    self.init(try decoder.singleValueContainer().decode(String.self))
  }

  /// Writes the text of the key.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
