import Foundation
import PerfGate

/// What all gates of a file have in common.
struct StudyHeader: Codable, Hashable, Sendable {
  var cell: String
  var settings: Settings
  var machine: String
  var toolchain: String
  var commit: String

  init(cell: String, settings: Settings, laboratory: Laboratory, commit: String) {
    self.cell = cell
    self.settings = settings
    machine =
      laboratory.environment.summary.cpu
      + ", \(laboratory.environment.summary.cores) cores"
    toolchain = Record.Tool.current.toolchain
    self.commit = commit
  }
}

/// The results of a cell, one line for each batch after the header, written as they come: a study
/// that was ended goes on where it was, and no seed counts twice.
struct ResultFile<Line: Codable & Sendable> {
  let path: String
  let header: StudyHeader
  private(set) var lines: [Line] = []
  private let handle: FileHandle

  /// Opens the file of a cell, and reads what is there.
  ///
  /// - Throws: ``TrustError`` if it is of another machine, toolchain, commit or setting.
  init(folder: String, header: StudyHeader) throws {
    path = "\(folder)/\(header.cell).jsonl"
    self.header = header
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let found = FileManager.default.contents(atPath: path) ?? Data()
    // A line without an end was being written when the study was ended.
    let whole = found.lastIndex(of: UInt8(ascii: "\n")).map { found[...$0] } ?? Data()
    if whole.isEmpty {
      var first = try JSONEncoder.sorted.encode(header)
      first.append(UInt8(ascii: "\n"))
      try first.write(to: URL(fileURLWithPath: path))
    } else {
      if whole.count < found.count { try whole.write(to: URL(fileURLWithPath: path)) }
      let (old, lines) = try Self.read(whole, path)
      guard old == header else {
        throw TrustError(
          "\(path) is of \(old.commit), \(old.toolchain), \(old.machine), "
            + "arms of \(old.settings.armSeconds) s, or differs otherwise from this study: remove "
            + "it, or choose another --results", status: 65)
      }
      self.lines = lines
    }
    guard let handle = FileHandle(forWritingAtPath: path) else {
      throw TrustError("cannot write \(path)", status: 73)
    }
    try handle.seekToEnd()
    self.handle = handle
  }

  /// Reads a stored file; `nil` if there is none.
  static func stored(folder: String, cell: String) throws -> (StudyHeader, [Line])? {
    let path = "\(folder)/\(cell).jsonl"
    guard let data = FileManager.default.contents(atPath: path),
      let end = data.lastIndex(of: UInt8(ascii: "\n"))
    else { return nil }
    return try read(data[...end], path)
  }

  private static func read(_ data: Data, _ path: String) throws -> (StudyHeader, [Line]) {
    let rows = data.split(separator: UInt8(ascii: "\n"))
    do {
      let header = try JSONDecoder().decode(StudyHeader.self, from: rows[0])
      return (header, try rows.dropFirst().map { try JSONDecoder().decode(Line.self, from: $0) })
    } catch {
      throw TrustError("\(path) is damaged: \(error); remove it", status: 65)
    }
  }

  /// Adds a line, which is in the file afterwards.
  mutating func append(_ line: Line) throws {
    var data = try JSONEncoder.sorted.encode(line)
    data.append(UInt8(ascii: "\n"))
    try handle.write(contentsOf: data)
    lines.append(line)
  }
}

extension JSONEncoder {
  /// The same bytes for the same value.
  static var sorted: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
  }
}
