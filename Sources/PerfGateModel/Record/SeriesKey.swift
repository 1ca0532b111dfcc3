/// The stage of a claim's rounds.
public enum Stage: Int, Hashable, Sendable, Codable, CaseIterable {
  /// The rounds that decide or raise a suspicion.
  case first = 1
  /// New rounds that confirm a suspicion or do not.
  case confirmation = 2
}

/// The identity of a series: the arm, the part of the run, and the stage.
///
/// Its text is for people and for JSON: `viete/swift.scalar/pool/2`. If that is not unique in a
/// run, more follows, in this order: `@viete` (the kernel in whose rounds a reference kernel ran),
/// `@1000x50` (size and number of tasks), `:viete.swift-vs-c` (the part of the run) and
/// `#confirmation`. Another program than this one comes first: `go!viete/scalar/channel/4`.
public struct SeriesKey: Hashable, Sendable {
  /// The name of this program as the one that measured.
  public static let ownProgram = "self"

  /// The program whose code ran: `self`, a commit, or a peer in another language.
  public var program: String
  /// The kernel's name.
  public var kernel: String
  /// The variant's name.
  public var variant: String
  /// How tasks reached the workers: `pool`.
  public var executor: String
  /// The number of workers, from 1.
  public var workers: Int
  /// For a reference kernel of a baseline, the kernel in whose rounds it ran; otherwise `nil`.
  public var beside: String?
  /// Size and number of tasks, if needed to distinguish it from another series of the same arm.
  public var amount: Amount?
  /// The part of the run, if the record was merged from several; `nil`: the only one.
  public var part: String?
  /// The stage.
  public var stage: Stage

  /// The amount of work of an arm.
  public struct Amount: Hashable, Sendable {
    /// The size of each task, in the kernel's units, from 0.
    public var size: Int
    /// The number of tasks, from 1.
    public var tasks: Int

    /// An amount of work.
    package init(size: Int, tasks: Int) {
      self.size = size
      self.tasks = tasks
    }
  }

  /// Makes a key. The defaults are those of an ordinary arm of this program.
  package init(
    program: String = ownProgram, kernel: String, variant: String,
    executor: String = ExecutorName.pool, workers: Int, beside: String? = nil,
    amount: Amount? = nil, part: String? = nil, stage: Stage = .first
  ) {
    self.program = program
    self.kernel = kernel
    self.variant = variant
    self.executor = executor
    self.workers = workers
    self.beside = beside
    self.amount = amount
    self.part = part
    self.stage = stage
  }

  /// Whether it is the series of an ordinary arm, which tables show by its names alone.
  public var isPlain: Bool { beside == nil && amount == nil }

  /// The same arm in another stage of its rounds.
  public func at(_ stage: Stage) -> SeriesKey {
    var key = self
    key.stage = stage
    return key
  }
}

// MARK: - Text

extension SeriesKey: CustomStringConvertible, LosslessStringConvertible, Codable {
  private static let confirmation = "#confirmation"

  /// The text of the key. No other code makes it.
  public var description: String {
    var text = program == Self.ownProgram ? "" : "\(KeyText.escaped(program))!"
    text += [kernel, variant, executor].map { KeyText.escaped($0) }.joined(separator: "/")
    text += "/\(workers)"
    if let beside { text += "@\(KeyText.escaped(beside, first: true))" }
    if let amount { text += "@\(amount.size)x\(amount.tasks)" }
    if let part { text += ":\(KeyText.escapedPart(part))" }
    return stage == .confirmation ? text + Self.confirmation : text
  }

  /// The key with this text; `nil` if the text is not one of a key.
  ///
  /// Earlier versions did not escape the names of closures: a slash in such a name belongs to the
  /// kernel.
  public init?(_ text: String) {
    var fields = Self.fields(text)
    guard
      let index = fields.indices.dropFirst(3).first(where: { Self.beginsWithWorkers(fields[$0]) })
    else { return nil }
    var rest = fields[index...].joined(separator: "/")
    fields.removeSubrange(index...)
    (variant, executor) = (KeyText.plain(fields[index - 2]), KeyText.plain(fields[index - 1]))
    let names = fields.dropLast(2).joined(separator: "/")
    let mark = names.firstIndex(of: "!")
    program = mark.map { KeyText.plain(names[..<$0]) } ?? Self.ownProgram
    kernel = KeyText.plain(mark.map { names[names.index(after: $0)...] } ?? names[...])

    stage = rest.hasSuffix(Self.confirmation) ? .confirmation : .first
    if stage == .confirmation { rest.removeLast(Self.confirmation.count) }
    if let colon = rest.firstIndex(of: ":") {
      part = KeyText.plain(rest[rest.index(after: colon)...])
      rest.removeSubrange(colon...)
    }
    let pieces = rest.split(separator: "@", omittingEmptySubsequences: false)
    guard let workers = Int(pieces[0]), workers >= 1, pieces.count <= 3 else { return nil }
    self.workers = workers
    for piece in pieces.dropFirst() {
      if let amount = Amount(piece) { self.amount = amount } else { beside = KeyText.plain(piece) }
    }
  }

  /// Reads the text of a key.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let key = SeriesKey(text) else {
      throw DamagedValue(
        path: decoder.codingPath,
        problem: "is \(text.prefix(80)), expected a series id such as viete/swift.scalar/pool/2")
    }
    self = key
  }

  /// Writes the text of the key.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }

  /// The text of the same key in the first stage, without reading its other parts.
  static func firstStage(_ text: String) -> String {
    text.hasSuffix(confirmation) ? String(text.dropLast(confirmation.count)) : text
  }

  /// The text between slashes. Bytes are split in a tenth of the time of characters, and are the same
  /// in all but a few names.
  private static func fields(_ text: String) -> [Substring] {
    guard text.utf8.allSatisfy({ $0 < 0x80 }) else {
      return text.split(separator: "/", omittingEmptySubsequences: false)
    }
    return text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
      .map { Substring($0) }
  }

  private static func beginsWithWorkers(_ field: Substring) -> Bool {
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    let rest = Substring(field.utf8.drop { digits.contains($0) })
    return rest.startIndex > field.startIndex && (rest.first.map("@:#".contains) ?? true)
  }
}

extension SeriesKey.Amount {
  /// `1000x50`; `nil` for anything else.
  fileprivate init?(_ text: Substring) {
    let numbers = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let size = numbers[0], let tasks = numbers[1] else { return nil }
    self.init(size: size, tasks: tasks)
  }
}

/// Escapes names in the text of a key.
enum KeyText {
  private static let separators: Set<Character> = ["/", "@", "#", ":", "!", "%"]

  /// A name with its separators escaped.
  ///
  /// - Parameter first: whether to escape the first character too, so that the name cannot be read
  ///   as numbers.
  static func escaped(_ name: String, first: Bool = false) -> String {
    let codesFirst = first && name.first?.isNumber == true
    return name.enumerated().map { index, character in
      separators.contains(character) || codesFirst && index == 0
        ? coded(character) : String(character)
    }.joined()
  }

  /// The escaped name of a part. It comes last, so fewer characters need to be escaped.
  static func escapedPart(_ name: String) -> String {
    name.map { $0 == "%" || $0 == ":" || $0 == "#" ? coded($0) : String($0) }.joined()
  }

  /// The original of an escaped name.
  static func plain(_ text: some StringProtocol) -> String {
    guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      let code = rest.prefix(2)
      if byte == UInt8(ascii: "%"), code.count == 2,
        let value = UInt8(String(decoding: code, as: UTF8.self), radix: 16)
      {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func coded(_ character: Character) -> String {
    String(character).utf8.map { byte in
      "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }.joined()
  }
}
