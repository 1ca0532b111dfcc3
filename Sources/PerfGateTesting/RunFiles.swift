import Foundation
import PerfGate

/// The files that the environment asks for.
struct RunFiles: Sendable {
  /// A folder for records; `nil`: none are wanted.
  var records: String?

  /// A file or folder that cannot be written, in one line.
  struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
    var description: String
  }

  init?(_ settings: Settings) {
    guard settings.records != nil else { return nil }
    records = settings.records
  }

  /// Writes what became of a claim.
  func write(_ judgement: Judgement) throws(Failure) {
    guard let records, let record = judgement.record else { return }
    try write(record, named: judgement.id, to: records)
  }

  /// Writes the record of a claim, whole or not at all, as `<name>.json`.
  func write(_ record: Record, named name: String, to folder: String) throws(Failure) {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw Failure(
        description: "cannot make the folder PERFGATE_RECORDS=\(folder); choose another one")
    }
    let path = "\(folder)/\(Self.fileName(name)).json"
    let text: String
    do { text = try record.json() } catch {
      throw Failure(description: "cannot encode the record of \(name): \(error)")
    }
    do throws(FileWriteError) { try AtomicFile.write(text, to: path) } catch {
      let reason = String(cString: strerror(error.code)).lowercased()
      throw Failure(
        description: "cannot write \(path): \(reason); choose another PERFGATE_RECORDS")
    }
  }

  /// A name without what a folder cannot hold.
  static func fileName(_ name: String) -> String {
    let text = String(
      name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) ? $0 : "_" })
    return text.hasPrefix(".") ? "_" + text.dropFirst() : text.isEmpty ? "_" : text
  }
}
