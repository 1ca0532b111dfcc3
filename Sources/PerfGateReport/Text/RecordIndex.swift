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

  /// The latest comparison of each variant with its limit, at one size.
  private lazy var sharesOfLimits: [MeasuredVariant: Double] = Dictionary(
    record.comparisons.compactMap { one in
      guard one.isOfLimit == true, one.ratio > 0, let series = series(one.subject) else {
        return nil
      }
      return (MeasuredVariant(series), 1 / one.ratio)
    },
    uniquingKeysWith: { _, latest in latest })

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

  /// The last comparison of two variants at one size: claims and tables may both have one.
  private lazy var lastComparisons: [ComparedVariants: Pair] = Dictionary(
    record.comparisons.compactMap { one in
      comparedVariants(one).map { ($0, Pair(subject: one.subject, reference: one.reference)) }
    },
    uniquingKeysWith: { _, latest in latest })

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

  /// Whether a later comparison is of the same variants, at the same size and number of workers.
  func isRepeated(_ one: Comparison) -> Bool {
    guard let variants = comparedVariants(one), let last = lastComparisons[variants] else {
      return false
    }
    return last != Pair(subject: one.subject, reference: one.reference)
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
