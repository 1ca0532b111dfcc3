import Foundation

extension Record {
  /// The record as JSON text: sorted keys, indented, with a line end; control characters are escaped.
  public func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return VisibleText.json(String(decoding: try encoder.encode(self), as: UTF8.self)) + "\n"
  }
}
