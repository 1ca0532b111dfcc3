import Foundation

/// The parts of a record's JSON that its verdicts are judged from.
///
/// Decoding takes some microseconds for each value, and most values of a record are of its tables:
/// those that are not needed are cut out before.
enum VerdictParts {
  /// The keys that are needed.
  private static let keys: Set<String> = [
    "schema", "complete", "command", "seed", "started", "seconds", "tool", "machine", "series",
    "claimPlans", "stages", "unproven",
  ]
  /// The keys of a claim's plan that name series.
  private static let series: Set<String> = [
    "subject", "reference", "ceiling", "ceilingReference",
  ]

  /// How long those keys are: making text of the others would take most of the time.
  private static let lengths: Set<Int> = Set(series.map(\.utf8.count))

  /// The record without tables, and the ids of the series that are left out; `nil` if it is unusual:
  /// then all of it has to be decoded.
  static func cut(_ record: Data) -> (json: Data, omitted: [String])? {
    record.withUnsafeBytes { raw in
      let bytes = raw.bindMemory(to: UInt8.self)
      var scan = JSONScan(bytes)
      guard let members = scan.members() else { return nil }
      var values: [String: Range<Int>] = [:]
      for (name, value) in members {
        let name = text(bytes, name)
        // What is escaped may be any key.
        if name.utf8.contains(UInt8(ascii: "\\")) { return nil }
        guard keys.contains(name) else { continue }
        guard values.updateValue(value, forKey: name) == nil else { return nil }
      }
      guard let plans = values["claimPlans"], let all = values.removeValue(forKey: "series"),
        let named = Self.named(bytes, plans), let series = Self.selected(bytes, all, named)
      else { return nil }
      var data = Data(capacity: values.values.reduce(100) { $0 + $1.count + 20 })
      data.append(contentsOf: "{\"series\":[".utf8)
      for (index, one) in series.kept.enumerated() {
        if index > 0 { data.append(UInt8(ascii: ",")) }
        data.append(contentsOf: bytes[one])
      }
      data.append(UInt8(ascii: "]"))
      for (name, value) in values {
        data.append(contentsOf: ",\"\(name)\":".utf8)
        data.append(contentsOf: bytes[value])
      }
      data.append(UInt8(ascii: "}"))
      return (json: data, omitted: series.omitted)
    }
  }

  /// The ids of the series that claims are judged from; `nil` if they are not plain text.
  private static func named(
    _ bytes: UnsafeBufferPointer<UInt8>, _ plans: Range<Int>
  ) -> Set<String>? {
    var scan = JSONScan(bytes, plans)
    guard let elements = scan.elements() else { return nil }
    var ids: Set<String> = []
    for element in elements {
      var scan = JSONScan(bytes, element)
      guard let members = scan.members() else { return nil }
      for (name, value) in members
      where lengths.contains(name.count) && series.contains(text(bytes, name)) {
        guard bytes[value.lowerBound] == UInt8(ascii: "\"") else { continue }
        guard !bytes[value].contains(UInt8(ascii: "\\")) else { return nil }
        ids.insert(text(bytes, value.lowerBound + 1..<value.upperBound - 1))
      }
    }
    return ids
  }

  /// The places of the series that have one of the ids, in either stage, and the ids of the others;
  /// `nil` if one has no id.
  private static func selected(
    _ bytes: UnsafeBufferPointer<UInt8>, _ series: Range<Int>, _ named: Set<String>
  ) -> (kept: [Range<Int>], omitted: [String])? {
    var scan = JSONScan(bytes, series)
    guard let elements = scan.elements() else { return nil }
    var kept: [Range<Int>] = []
    var omitted: [String] = []
    for element in elements {
      var scan = JSONScan(bytes, element)
      guard let value = scan.value(of: "id"), value.count >= 2 else { return nil }
      let id = text(bytes, value.lowerBound + 1..<value.upperBound - 1)
      // What is escaped, as in JSON or as in a key, may be any id.
      let isEscaped = id.utf8.contains { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "%") }
      if isEscaped || named.contains(SeriesKey.firstStage(id)) {
        kept.append(element)
      } else {
        omitted.append(id)
      }
    }
    return (kept, omitted)
  }

  private static func text(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> String {
    String(decoding: bytes[range], as: UTF8.self)
  }
}

extension Record {
  /// Whether a claim names one of these series, which were left out: their ids may be spelled in
  /// another way than the claim spells them.
  func lacks(_ omitted: [String]) -> Bool {
    let confirmed = Set(stages.filter { $0.stage == .confirmation && $0.rounds > 0 }.map(\.group))
    var named: Set<SeriesKey> = []
    for plan in claimPlans {
      let pair = [plan.subject, plan.reference].compactMap { $0 }
      named.formUnion(pair + [plan.ceiling, plan.ceilingReference].compactMap { $0 })
      if plan.group.map(confirmed.contains) == true {
        named.formUnion(pair.map { $0.at(.confirmation) })
      }
    }
    named.subtract(series.map(\.key))
    return !named.isEmpty && omitted.contains { SeriesKey($0).map(named.contains) ?? true }
  }
}
