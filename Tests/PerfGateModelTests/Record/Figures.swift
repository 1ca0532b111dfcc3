import Foundation
import PerfGate
import PerfGateReport
import Testing

/// Every value of some claims or tables, as their JSON has it, under the row and the keys that lead to it:
/// `viete.swift-vs-c interval 0`.
struct Figures {
  /// Numbers, texts, flags and nulls; of a list its length as well.
  private(set) var values: [String: NSObject] = [:]
  /// The names of the rows.
  private(set) var rows: Set<String> = []

  private typealias Row = [String: Any]

  init(claims: [ClaimResult]) throws {
    try self.init(
      claims:
        JSONSerialization.jsonObject(with: JSONEncoder.ofRecords().encode(claims)))
  }

  init(tables record: Record) throws {
    let json = try JSONSerialization.jsonObject(with: Data(record.json().utf8))
    try self.init(tables: try #require(json as? [String: Any]))
  }

  /// Claims from JSON.
  init(claims json: Any?) throws {
    for row in try #require(json as? [Row]) { try add(row, named: "\(row["id"] ?? "")") }
  }

  /// The tables of a record from JSON.
  init(tables json: [String: Any]) throws {
    func rows(_ key: String) throws -> [Row] { try #require(json[key] as? [Row]) }
    for row in try rows("comparisons") {
      try add(row, named: "\(row["subject"] ?? "") over \(row["reference"] ?? "")")
    }
    for row in try rows("handoff") {
      try add(row, named: "\(row["case"] ?? "") at \(row["workers"] ?? "")")
    }
    for curve in try rows("scaling") {
      for point in try #require(curve["points"] as? [Row]) {
        let arm = ["kernel", "variant", "executor"].map { "\(curve[$0] ?? "")" }
        try add(point, named: (arm + ["\(point["workers"] ?? "")"]).joined(separator: "/"))
      }
    }
  }

  private mutating func add(_ row: Row, named name: String) throws {
    try #require(rows.insert(name).inserted, "\(name) is there twice")
    try add(row as Any, at: name)
  }

  private mutating func add(_ value: Any, at path: String) throws {
    if let object = value as? [String: Any] {
      for (key, value) in object { try add(value, at: "\(path) \(key)") }
    } else if let list = value as? [Any] {
      values["\(path) count"] = NSNumber(value: list.count)
      for (index, value) in list.enumerated() { try add(value, at: "\(path) \(index)") }
    } else if let text = value as? String {
      values[path] = text as NSString
    } else {
      values[path] = try #require(value as? NSObject, "\(path) is \(value)")
    }
  }

  /// What these values are elsewhere, where that is something else; keys that only the other has are
  /// not looked at, as later versions may add some.
  func differences(from other: Figures) -> [String: Double?] {
    values.filter { $0.value != other.values[$0.key] }.keys.reduce(into: [:]) { found, key in
      found[key] = .some((other.values[key] as? NSNumber)?.doubleValue)
    }
  }
}

extension String {
  /// Whether this leads to a value of one of some rows.
  func isPart(of rows: Set<String>) -> Bool { rows.contains { hasPrefix($0 + " ") } }
}

/// The files that an earlier version wrote.
enum EarlierFile {
  static func path(_ name: String) throws -> String {
    let file = Bundle.module.url(
      forResource: name, withExtension: "json", subdirectory: "Earlier")
    return try #require(file).path
  }

  static func data(_ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: try path(name)))
  }

  private static func json(_ name: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: data(name)) as? [String: Any])
  }

  static func claims(_ name: String) throws -> Figures { try Figures(claims: json(name)["claims"]) }

  static func tables(_ name: String) throws -> Figures { try Figures(tables: json(name)) }
}
