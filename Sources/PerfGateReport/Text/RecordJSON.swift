import Foundation
import PerfGateModel

extension Record {
  /// The record as JSON text: indented, with sorted keys, escaped control characters and a line
  /// end.
  package func json() throws -> String {
    VisibleText.json(String(decoding: try JSONEncoder.ofRecords().encode(self), as: UTF8.self))
      + "\n"
  }
}

extension JSONEncoder {
  /// An encoder that adds the sentences of reasons and remarks.
  package static func ofRecords() -> JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    if let key = Sentences.key { encoder.userInfo[key] = ReasonText.sentences }
    return encoder
  }
}
