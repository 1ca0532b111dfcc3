import PerfGateModel

/// Finds the parts of a record without searching all of it each time: a record may have thousands of
/// series, and a table looks up several of them for each row.
final class RecordIndex {
  let record: Record

  /// An index of a record; each part of it is made when it is first asked for.
  init(_ record: Record) { self.record = record }

  private struct VariantName: Hashable {
    var kernel: String
    var variant: String
  }

  private struct Pair: Hashable {
    var subject: SeriesKey
    var reference: SeriesKey
  }

  private struct CountedVariant: Hashable {
    var name: VariantName
    var program: String
  }

  private lazy var byKey = Dictionary(
    record.series.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
  private lazy var byKernel = Dictionary(grouping: record.series, by: \.kernel)
  private lazy var byGroup = Dictionary(grouping: record.series, by: \.group)
  private lazy var byPair = Dictionary(
    record.comparisons.map { (Pair(subject: $0.subject, reference: $0.reference), $0) },
    uniquingKeysWith: { first, _ in first })

  /// The share of its limit that each variant reaches, at one size.
  private lazy var sharesOfLimits: [MeasuredVariant: Double] = {
    let ofLimits = shownComparisons.filter { $0.value.isOfLimit == true && $0.value.ratio > 0 }
    return Dictionary(
      ofLimits.map { ($0.key.subject, 1 / $0.value.ratio) }, uniquingKeysWith: { first, _ in first }
    )
  }()

  private struct MeasuredVariant: Hashable {
    var kernel, variant, executor: String
    var workers, size: Int

    init(_ series: Series) {
      (kernel, variant, executor) = (series.kernel, series.variant, series.executor)
      (workers, size) = (series.workers, series.size)
    }
  }

  /// The executors that handed out tasks of each variant.
  private lazy var executors: [VariantName: Set<String>] = {
    var executors: [VariantName: Set<String>] = [:]
    for series in record.series where ExecutorName.handsOut(series.executor) {
      executors[VariantName(kernel: series.kernel, variant: series.variant), default: []]
        .insert(series.executor)
    }
    return executors
  }()

  /// The first counts of each variant in the rounds of a comparison.
  private lazy var counted: [CountedVariant: StartCounts] = {
    var counted: [CountedVariant: StartCounts] = [:]
    for series in record.series where series.counts != nil && series.group.purpose == .compare {
      let name = VariantName(kernel: series.kernel, variant: series.variant)
      let variant = CountedVariant(name: name, program: series.key.program)
      if counted[variant] == nil { counted[variant] = series.counts?.first }
    }
    return counted
  }()

  /// Of comparisons of the same two variants at one size, as claims and tables may both have one, that of
  /// the most rounds, or the last one.
  private lazy var shownComparisons: [ComparedVariants: Comparison] = Dictionary(
    record.comparisons.compactMap { one in comparedVariants(one).map { ($0, one) } },
    uniquingKeysWith: { $1.rounds >= $0.rounds ? $1 : $0 })

  private struct ComparedVariants: Hashable {
    var subject, reference: MeasuredVariant
  }

  private func comparedVariants(_ one: Comparison) -> ComparedVariants? {
    guard let subject = series(one.subject), let reference = series(one.reference) else {
      return nil
    }
    return ComparedVariants(
      subject: MeasuredVariant(subject), reference: MeasuredVariant(reference))
  }

  /// Whether another comparison of the same variants, at the same size and number of workers, is shown in
  /// its place.
  func isRepeated(_ one: Comparison) -> Bool {
    guard let variants = comparedVariants(one), let shown = shownComparisons[variants] else {
      return false
    }
    return shown.subject != one.subject || shown.reference != one.reference
  }

  /// The series with that key; `nil` if there is none.
  func series(_ key: SeriesKey) -> Series? { byKey[key] }

  /// The series of a kernel, in the order of the record.
  func series(ofKernel kernel: String) -> [Series] { byKernel[kernel] ?? [] }

  /// The series of a group, in the order of the record.
  func series(of group: GroupKey) -> [Series] { byGroup[group] ?? [] }

  /// The comparison of two series; `nil` if there is none.
  func comparison(of subject: SeriesKey, to reference: SeriesKey) -> Comparison? {
    byPair[Pair(subject: subject, reference: reference)]
  }

  /// The share of its limit that the variant of a series reaches; `nil` if it was compared with none.
  func shareOfLimit(_ series: Series) -> Double? { sharesOfLimits[MeasuredVariant(series)] }

  /// What a task of a variant was counted to ask for; `nil`: it was not counted.
  func counts(
    of variant: String, in kernel: String, program: String = SeriesKey.ownProgram
  ) -> StartCounts? {
    counted[
      CountedVariant(name: VariantName(kernel: kernel, variant: variant), program: program)]
  }

  /// `swift.scalar`, or `swift.scalar/channel` where the variant ran on more than one executor.
  func variant(_ variant: String, of kernel: String, on executor: String) -> String {
    let others = executors[VariantName(kernel: kernel, variant: variant)] ?? []
    let isOnlyOne = others.allSatisfy { $0 == executor }
    return isOnlyOne || !ExecutorName.handsOut(executor) ? variant : "\(variant)/\(executor)"
  }

  /// The name of a series' variant, or of its executor where that is all that ran.
  func name(_ series: Series) -> String {
    series.executor == ExecutorName.tickets
      ? series.executor : variant(series.variant, of: series.kernel, on: series.executor)
  }
}
