import PerfGateModel

extension ConsoleReport {
  /// Published work, how long it took here with the fastest variant, and how many times less that is.
  static func published(_ index: RecordIndex) -> [String] {
    index.record.published.compactMap { published in
      guard let series = index.series(published.series), published.seconds > 0 else { return nil }
      let unit = index.record.workloads.first { $0.kernel == series.kernel }?.unit ?? "unit"
      let workers = Format.workers(series.workers)
      var text =
        "\(published.source)'s \(series.tasks) tasks of \(Format.count(series.size)) \(unit)s: "
        + "\(Format.seconds(published.seconds)) by \(series.variant) on \(workers), every result checked"
      let times = published.times.map { time in
        "\(Format.shown(time.seconds / published.seconds, 0)) times less than \(time.name) on "
          + "\(Format.workers(time.workers)) (\(Format.shown(time.seconds, 2)) s)"
      }
      if !times.isEmpty { text += ": " + times.joined(separator: ", ") }
      return text
    }
  }
}
