import Foundation
import PerfGate
import PerfGateKernels
import PerfGateTestSupport
import Testing

/// Commands on real kernels, so small that they take no time: columns, rows, records.
@Suite(.serialized) struct TableTests {
  private let quick = ["--size", "3000", "--tasks", "6", "--rounds", "3", "--quiet"]

  /// The cells of the first line that begins with `first`, split at two or more spaces.
  private func cells(_ ran: Printed, _ first: String) -> [String]? {
    ran.outLines.first { $0.drop { $0 == " " }.hasPrefix(first) }.map { line in
      line.split(separator: /\x20{2,}/).map { $0.trimmingCharacters(in: .whitespaces) }
    }
  }

  @Test func scalePrintsTheArticlesSecondTable() throws {
    let catalog = try Catalog([AnyKernel(Viete.self)])
    let (ran, record) = try measured(
      ["scale", "--workers", "1-3", "--oversubscribe"] + quick, catalog: catalog)
    #expect(ran.status == 0, "\(ran)")
    #expect(ran.error.isEmpty, "\(ran)")
    #expect(
      cells(ran, "viete workers") == [
        "viete workers", "swift.scalar (s)", "c.scalar (s)", "swift.scalar improv. (%)",
        "c.scalar improv. (%)",
      ])
    let first = try #require(cells(ran, "1  "))
    #expect(first.count == 5 && first[3] == "N/A" && first[4] == "N/A")
    for workers in ["2", "3"] {
      let row = try #require(cells(ran, "\(workers)  "))
      #expect(row.count == 5 && row.dropFirst().allSatisfy { Double($0) != nil }, "\(row)")
    }
    #expect(
      cells(ran, "kernel  ") == [
        "kernel", "variant", "workers", "time", "speedup", "efficiency", "serial part", "cpus",
      ])
    #expect(ran.outLines.count { $0.hasPrefix("viete    swift.scalar  ") } == 3, "\(ran.out)")

    #expect(record.command == "scale" && record.complete && record.schema == "perfgate.record/1")
    #expect(record.scaling.map(\.variant) == ["swift.scalar", "c.scalar"])
    #expect(record.scaling.allSatisfy { $0.points.map(\.workers) == [1, 2, 3] })
    #expect(record.scaling.allSatisfy { $0.points.allSatisfy { $0.cpus.count == $0.workers } })
    #expect(record.series.count == 6)
    #expect(
      record.series.allSatisfy { $0.rounds == [0, 1, 2] && $0.size == 3000 && $0.tasks == 6 })
    #expect(Set(record.series.map(\.checksum)).count == 1)
    #expect(record.seconds > 0 && record.unproven.isEmpty)
  }

  @Test func comparePrintsTheArticlesFirstTable() throws {
    let catalog = try Catalog([AnyKernel(Viete.self), AnyKernel(TextScan.self)])
    let some = ["*.scalar", "swift.simd", "*.loop", "*.stdlib", "c.strlen"].flatMap {
      ["--variant", $0]
    }
    let (ran, record) = try measured(["compare"] + some + quick, catalog: catalog)
    #expect(ran.status == 0 && ran.error.isEmpty, "\(ran)")
    #expect(
      cells(ran, "viete  ") == [
        "viete", "iterations", "time", "ns per iteration", "of limit", "tasks", "rounds",
      ])
    #expect(
      cells(ran, "text.scan  ") == [
        "text.scan", "bytes", "time", "GB/s", "of limit", "tasks", "rounds",
      ])
    for variant in ["swift.scalar", "c.scalar", "swift.simd", "swift.loop", "c.strlen", "c.loop"] {
      let row = try #require(cells(ran, variant))
      #expect(row.count == 7 && row[1] == "3,000" && Double(row[3]) != nil, "\(row)")
    }
    #expect(
      cells(ran, "subject") == ["subject", "reference", "workers", "ratio", "rounds"])
    let pairs = record.comparisons.filter {
      let variants = [$0.subject.variant, $0.reference.variant]
      return $0.isOfLimit != true && !variants.contains("c.read.scalar")
        && (variants[1] != "c.strlen" || variants[0] == "swift.simd")
    }.map { "\($0.subject) \($0.reference)" }
    #expect(
      pairs == [
        "viete/swift.scalar/pool/1 viete/c.scalar/pool/1",
        "text.scan/swift.simd/pool/1 text.scan/c.strlen/pool/1",
        "text.scan/swift.loop/pool/1 text.scan/c.loop/pool/1",
        "text.scan/swift.stdlib/pool/1 text.scan/c.loop/pool/1",
      ])
    for one in record.comparisons {
      #expect(one.interval[0] <= one.ratio && one.ratio <= one.interval[1] && one.rounds == 3)
    }
  }

  /// Several executors run in the same rounds, and each is compared with the first.
  @Test func executorsStandSideBySide() throws {
    let catalog = try Catalog([AnyKernel(TextLength.self), AnyKernel(Dispatch.self)])
    let (ran, record) = try measured(
      [
        "handoff", "--size", "200000", "--rounds", "2", "--workers", "1", "--variant", "swift.utf8",
        "--executor", "pool,channel:4,task-executor",
      ], catalog: catalog)
    #expect(ran.status == 0, "\(ran)")
    #expect(cells(ran, "case  ")?.prefix(3) == ["case", "executor", "workers"])
    #expect(record.handoff.map(\.executor) == ["sp", "pool", "channel:4", "task-executor"])
    #expect(record.plan.notes.contains("executors pool, channel:4, task-executor"))
    let (priced, prices) = try measured(
      [
        "scale", "--kernel", "dispatch", "--variant", "swift.empty", "--tasks", "2000", "--rounds",
        "2",
        "--workers", "1", "--executor", "channel,dispatch,task-executor",
      ], catalog: catalog)
    #expect(priced.status == 0, "\(priced)")
    #expect(prices.scaling.map(\.executor) == ["channel", "dispatch", "task-executor"])
    let compared = prices.comparisons.filter { $0.reference.executor == "channel" }
    #expect(compared.map(\.subject.executor) == ["dispatch", "task-executor"])
  }

  @Test func handoffPrintsTheArticlesThirdTable() throws {
    let catalog = try Catalog([AnyKernel(TextLength.self)])
    let (ran, record) = try measured(
      ["handoff", "--size", "200000", "--rounds", "2", "--workers", "1,2", "--oversubscribe"],
      catalog: catalog)
    #expect(ran.status == 0, "\(ran)")
    #expect(
      cells(ran, "case  ")
        == ["case", "workers", "start-up (s)", "total (s)", "task (s)", "memory (MB)"])
    #expect(record.handoff.allSatisfy { $0.peakBytes ?? 0 > 1 << 20 })
    #expect(record.handoff.map(\.executor) == ["sp", "sp"] + Array(repeating: "pool", count: 12))
    #expect(
      record.handoff.map { "\($0.case) \($0.workers)" } == [
        "swift.sp 0", "c.sp 0",
        "swift.value 1", "swift.reference 1", "swift.pointer 1", "c.value 1", "c.reference 1",
        "c.pointer 1", "swift.value 2", "swift.reference 2", "swift.pointer 2", "c.value 2",
        "c.reference 2", "c.pointer 2",
      ])
    for row in record.handoff {
      #expect(row.totalSeconds == row.startupSeconds + row.taskSeconds && row.startupSeconds > 0)
    }
    #expect(record.comparisons.count == 12)
    #expect(
      cells(ran, "hand-off  ") == ["hand-off", "workers", "task at", "over task at", "ratio"])
  }

  @Test func dispatchIsPricedAgainstTheBareCounter() throws {
    let catalog = try Catalog([AnyKernel(Dispatch.self)])
    let (ran, record) = try measured(
      ["compare", "--tasks", "20000", "--rounds", "3", "--workers", "1,2", "--oversubscribe"],
      catalog: catalog)
    #expect(ran.status == 0, "\(ran)")
    #expect(
      record.comparisons.filter { $0.reference.executor == "tickets" }.map(\.subject)
        == [
          "dispatch/swift.empty/pool/1", "dispatch/c.empty/pool/1",
          "dispatch/swift.empty/pool/2", "dispatch/c.empty/pool/2",
        ])
    #expect(cells(ran, "dispatch  ")?.contains("ns per task") == true)
  }

  @Test func aSizeOfNothingIsMeasuredAllTheSame() throws {
    let catalog = try Catalog([AnyKernel(TextScan.self)])
    let (ran, record) = try measured(
      ["compare", "--size", "0", "--tasks", "50", "--rounds", "2"], catalog: catalog)
    #expect(ran.status == 0, "\(ran)")
    let variants = AnyKernel(TextScan.self).supportedVariants.map(\.name)
    #expect(Set(record.series.map(\.variant)) == Set(variants))
    #expect(record.series.allSatisfy { $0.size == 0 })
  }

  @Test func aWantedTaskTimeIsToldWithTheSizeFound() throws {
    let catalog = try Catalog([AnyKernel(Viete.self)])
    // The CPU may change its speed while a size is looked for, but not each time.
    var deviations: [Double] = []
    for _ in 0..<4 where deviations.allSatisfy({ $0 >= 0.1 }) {
      let (ran, record) = try measured(
        ["compare", "--task-seconds", "0.002", "--tasks", "2", "--rounds", "2"],
        catalog: catalog)
      #expect(ran.status == 0, "\(ran)")
      let workload = try #require(record.workloads.first)
      #expect(workload.wantedTaskSeconds == 0.002 && workload.size > 1000)
      deviations.append(abs(try #require(workload.calibratedTaskSeconds) / 0.002 - 1))
      #expect(ran.out.contains("found so that one lasts 2.00 ms"))
    }
    #expect(deviations.contains { $0 < 0.1 }, "\(deviations)")
  }

  @Test func variantsCanBeChosen() throws {
    let catalog = try Catalog([AnyKernel(Viete.self), AnyKernel(TextScan.self)])
    let (_, record) = try measured(
      ["compare", "--kernel", "text.*", "--variant", "*.simd", "--variant=c.strlen"] + quick,
      catalog: catalog)
    #expect(
      // The limit comes along.
      record.series.map(\.id).filter { !$0.contains("c.read.") }.sorted() == [
        "text.scan/c.strlen/pool/1", "text.scan/swift.simd/pool/1",
      ])
    #expect(record.series.count == 3)
  }
}
