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

  /// Where the results are published, in the package.
  static let published = "baselines/published/trust.json"

  init() {}

  /// Reads published results.
  init(path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw TrustError("cannot read \(path)", status: 65)
    }
    do { self = try JSONDecoder().decode(Study.self, from: data) } catch {
      throw TrustError("\(path) is damaged: \(error)", status: 65)
    }
  }

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
