import Foundation
import PerfGateModel

extension Record {
  /// The record as JSON text: sorted keys, indented, with a line end; control characters are escaped.
  package func json() throws -> String {
    VisibleText.json(String(decoding: try JSONEncoder.ofRecords().encode(self), as: UTF8.self))
      + "\n"
  }
}

extension JSONEncoder {
  /// An encoder that puts reasons and remarks into words.
  package static func ofRecords() -> JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    if let key = Sentences.key { encoder.userInfo[key] = ReasonText.sentences }
    return encoder
  }
}
