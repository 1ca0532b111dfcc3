import PerfGateModel

/// What a run found besides verdicts, as one line for each subject, for reports without tables.
enum Findings {
  /// The findings of a record: revisions, other languages, executors, published work; empty for other
  /// runs.
  static func all(_ record: Record) -> [(title: String, text: String)] {
    revisions(record) + peers(record) + executors(record)
      + ConsoleReport.published(RecordIndex(record)).map { ("published work", $0) }
  }

  /// What else changed between two revisions, besides what is slower.
  private static func revisions(_ record: Record) -> [(title: String, text: String)] {
    guard let both = record.revisions else { return [] }
    let index = RecordIndex(record)
    let faster = record.claims.filter { ConsoleReport.isFaster($0, index) }.map { claim in
      "faster: \(claim.id) \(ClaimText.estimate(claim))"
    }
    let changes = ConsoleReport.changeParts(index).filter { $0.word != "changed" }
    let parts = faster + changes.map { "\($0.word): \($0.text)" }
    return parts.isEmpty
      ? [] : [("\(both.old.name) to \(both.new.name)", parts.joined(separator: "; "))]
  }

  /// The same work in other languages, a line for each kernel.
  private static func peers(_ record: Record) -> [(title: String, text: String)] {
    record.peersByKernel.compactMap { kernel, rows in
      let measured = rows.compactMap { row in
        row.ratioToSwift.map { ratio in
          "\(ConsoleReport.name(row)) \(Format.value(ratio, row.interval, (3, 3)))"
            + (row.note.map { " (\($0))" } ?? "")
        }
      }
      let missing = rows.compactMap { row in row.missing.map { "\(row.runtime) (\($0))" } }
      var parts: [String] = []
      if !measured.isEmpty { parts.append("times slower than Swift: \(list(measured))") }
      if !missing.isEmpty { parts.append("not here: \(list(missing))") }
      guard !parts.isEmpty else { return nil }
      return ("\(kernel) in other languages", parts.joined(separator: "; "))
    }
  }

  /// Each executor against the one that it was compared with, on the most workers.
  private static func executors(_ record: Record) -> [(title: String, text: String)] {
    let all = record.comparisons.filter { one in
      let (subject, reference) = (one.subject, one.reference)
      return subject.kernel == reference.kernel && subject.variant == reference.variant
        && subject.program == reference.program && subject.workers == reference.workers
        && subject.executor != reference.executor && ExecutorName.handsOut(subject.executor)
        && ExecutorName.handsOut(reference.executor)
    }
    guard let workers = all.map(\.subject.workers).max() else { return [] }
    let parts = all.filter { $0.subject.workers == workers }.map { one in
      "\(one.subject.kernel)/\(one.subject.variant) on \(one.subject.executor) "
        + "\(Format.value(one.ratio, one.coverage > 0 ? one.interval : nil, (3, 3))) "
        + "of \(one.reference.executor)"
    }
    return [("executors on \(workers) workers", "time of a task: \(list(parts))")]
  }

  private static func list(_ parts: [String]) -> String { parts.joined(separator: ", ") }
}
