/// Which sequence of rounds of a group a series comes from.
public enum Stage: Int, Hashable, Sendable, Codable, CaseIterable {
  /// The rounds that decide, or raise a suspicion.
  case first = 1
  /// Fresh rounds that confirm a suspicion, or do not.
  case confirmation = 2
}

/// The identity of a series: which arm ran, in which part of a run, in which stage.
///
/// Its text is for people and for JSON: `viete/swift.scalar/pool/2`. Where that alone does not tell two
/// series of one run apart, more follows, in this order: `@viete` (the kernel beside which a
/// reference kernel ran), `@1000x50` (size and number of tasks), `:viete.swift-vs-c` (the part of the
/// run) and `#confirmation`. A program other than this one stands in front: `go!viete/scalar/channel/4`.
public struct SeriesKey: Hashable, Sendable {
  /// The name of the program that measured it when that was this one.
  public static let ownProgram = "self"

  /// Whose code ran: `self`, a commit, a peer in another language.
  public var program: String
  /// The kernel's name.
  public var kernel: String
  /// The variant's name.
  public var variant: String
  /// How tasks reached the workers: `pool`.
  public var executor: String
  /// How many workers, from 1.
  public var workers: Int
  /// The kernel in whose rounds it ran, where it is the reference kernel of a baseline.
  public var beside: String?
  /// Size and number of tasks, where these tell it apart from another series of the same arm.
  public var amount: Amount?
  /// The part of the run, where a record was put together from several; `nil`: the only one.
  public var part: String?
  /// The stage.
  public var stage: Stage

  /// How much work an arm does.
  public struct Amount: Hashable, Sendable {
    /// The size of each task, in the kernel's units, from 0.
    public var size: Int
    /// How many tasks, from 1.
    public var tasks: Int

    /// An amount of work.
    package init(size: Int, tasks: Int) {
      self.size = size
      self.tasks = tasks
    }
  }

  /// A key; without more than names and workers it is that of an ordinary arm of this program.
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

  /// Whether it is the series of an ordinary arm, which tables show under its names alone.
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

  /// The only place that makes a text of a key.
  public var description: String {
    var text = program == Self.ownProgram ? "" : "\(KeyText.escaped(program))!"
    text += [kernel, variant, executor].map { KeyText.escaped($0) }.joined(separator: "/")
    text += "/\(workers)"
    if let beside { text += "@\(KeyText.escaped(beside, first: true))" }
    if let amount { text += "@\(amount.size)x\(amount.tasks)" }
    if let part { text += ":\(KeyText.escapedPart(part))" }
    return stage == .confirmation ? text + Self.confirmation : text
  }

  /// The key that a text stands for; `nil` when it is not the text of a key.
  ///
  /// Older records did not escape the names of closures: a slash in such a name belongs to the kernel.
  public init?(_ text: String) {
    var fields = text.split(separator: "/", omittingEmptySubsequences: false)
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

  private static func beginsWithWorkers(_ field: Substring) -> Bool {
    let rest = field.drop { $0.isASCII && $0.isNumber }
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

/// How names stand in the text of a key.
enum KeyText {
  private static let separators: Set<Character> = ["/", "@", "#", ":", "!", "%"]

  /// A name in which nothing looks like a separator.
  ///
  /// - Parameter first: whether its first character is written as a code too, so that the name cannot
  ///   be taken for numbers.
  static func escaped(_ name: String, first: Bool = false) -> String {
    let codesFirst = first && name.first?.isNumber == true
    return name.enumerated().map { index, character in
      separators.contains(character) || codesFirst && index == 0
        ? coded(character) : String(character)
    }.joined()
  }

  /// The name of a part: it comes last, so that only the separator before it needs a code.
  static func escapedPart(_ name: String) -> String {
    name.map { $0 == "%" || $0 == ":" || $0 == "#" ? coded($0) : String($0) }.joined()
  }

  /// The name that was escaped.
  static func plain(_ text: some StringProtocol) -> String {
    guard text.contains("%") else { return String(text) }
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
