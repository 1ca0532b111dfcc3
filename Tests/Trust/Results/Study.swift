import Foundation
import PerfGate

/// All results, as they are published.
struct Study: Codable, Sendable {
  var schema = "perfgate.trust/1"
  /// How much the speed of the drawn kernels varies over starts.
  var spreads: [Spread] = []
  /// How often verdicts were wrong.
  var cells: [CellReport] = []

  /// What others would have said of one program, run twice.
  var rivals: [RivalReport] = []

  func write(to path: String) throws {
    let encoder = JSONEncoder.sorted
    encoder.outputFormatting.insert(.prettyPrinted)
    var data = try encoder.encode(self)
    data.append(UInt8(ascii: "\n"))
    do { try data.write(to: URL(fileURLWithPath: path), options: .atomic) } catch {
      throw TrustError("cannot write \(path): \(error)", status: 73)
    }
  }
}
