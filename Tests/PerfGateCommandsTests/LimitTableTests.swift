import PerfGate
import PerfGatePlantKernels
import PerfGateReport
import PerfGateTestSupport
import Testing

/// Tables of variants that do several tasks at a time, and that have a limit.
@Suite(.serialized) struct LimitTableTests {
  private func catalog() throws -> Catalog { try Catalog([AnyKernel(BatchKernel.self)]) }

  private func table(_ arguments: String...) throws -> (ran: Printed, record: Record) {
    try measured(
      arguments + ["--size", "20000", "--rounds", "3", "--quiet"], catalog: catalog())
  }

  @Test func compareShowsTheShareOfTheLimit() throws {
    // The limit is measured beside the variant, although nobody named it.
    let (ran, record) = try table("compare", "--variant", "swift.batch", "--tasks", "16")
    #expect(ran.status == 0, "\(ran)")
    #expect(Set(record.series.map(\.variant)) == ["swift.reference", "swift.batch", "swift.limit"])
    let line = ran.outLines.first { $0.hasPrefix("plant.batches/swift.batch   swift.limit") }
    #expect(line?.hasSuffix(" of what this core can do, 75.0 % interval") == true, "\(ran.out)")
    #expect(ran.outLines.contains { $0.contains("of limit") })
    // The same work, task by task.
    let checksums = record.series.filter { $0.variant != "swift.limit" }.map(\.checksum)
    #expect(Set(checksums).count == 1 && checksums.count == 2)
    #expect(record.series.allSatisfy { $0.tasks == 16 })
  }

  @Test func aWrongLimitOrBatchHasNoTimes() throws {
    let (ran, record) = try table("compare", "--variant", "swift.limit.*", "--tasks", "16")
    #expect(ran.status == 70)
    #expect(record.unproven.map(\.variant) == ["swift.limit.wrong"], "\(ran.out)")
    let (_, wrong) = try table("compare", "--variant", "swift.wrong", "--tasks", "16")
    #expect(wrong.unproven.map(\.variant) == ["swift.wrong"])
    #expect(!wrong.series.contains { $0.variant == "swift.wrong" })
  }

  /// Fifty tasks are too few for batches on many workers; each worker gets full ones if nobody says how
  /// many.
  @Test func curvesHaveBatchesOnlyIfAskedFor() throws {
    let (_, plain) = try table("scale", "--workers", "1", "--tasks", "3", "--variant", "swift.ref*")
    #expect(Set(plain.series.map(\.variant)) == ["swift.reference"])
    let (_, batch) = try table("scale", "--workers", "1-2", "--variant", "swift.batch")
    #expect(batch.series.map(\.tasks) == [16, 16])
    let (_, few) = try table("scale", "--workers", "1", "--variant", "swift.batch", "--tasks", "3")
    #expect(few.series.map(\.tasks) == [3])
  }
}
