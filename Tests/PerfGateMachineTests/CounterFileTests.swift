import CPerfGateSystem
import Foundation
import Testing

/// The readers of the kernel's counters, on files of known content.
@Suite struct CounterFileTests {
  private let stat = """
    cpu  1000 20 300 4000 50 6 7 8 90 10
    cpu0 100 2 30 400 5 6 7 8 9 1
    cpu2 200 0 0 800 0 0 0 30 0 0
    cpu12 18446744073709551615 0 0 1 2 0 0 3 0 0
    intr 107687 0 0 9
    ctxt 197390

    """

  private func withFile<Result>(_ text: String, _ body: (Int32) throws -> Result) throws -> Result {
    let tree = try TemporaryTree()
    try tree.write("/counter", text)
    let file = pgp_open_counter(tree.root + "/counter")
    try #require(file >= 0)
    defer { pgp_close_counter(file) }
    return try body(file)
  }

  private func ticks(_ text: String, _ cpus: [Int32], bytes: Int = 4096) throws
    -> (result: Int32, ticks: [pgp_cpu_ticks])
  {
    try withFile(text) { file in
      var ticks = [pgp_cpu_ticks](repeating: pgp_cpu_ticks(), count: cpus.count)
      var buffer = [CChar](repeating: 0, count: bytes)
      return (pgp_read_cpu_ticks(file, cpus, &ticks, cpus.count, &buffer, bytes), ticks)
    }
  }

  @Test func cpuLines() throws {
    let read = try ticks(stat, [0, 2, 12])
    #expect(read.result == 0)
    // user, nice, system, irq and softirq; idle and iowait; steal.
    #expect(read.ticks[0].busy == 100 + 2 + 30 + 6 + 7)
    #expect(read.ticks[0].idle == 405 && read.ticks[0].steal == 8)
    #expect(read.ticks[1].busy == 200 && read.ticks[1].steal == 30)
    #expect(read.ticks[2].busy == .max && read.ticks[2].idle == 3 && read.ticks[2].steal == 3)
    #expect(try ticks(stat, [2]).ticks[0].idle == 800)
  }

  @Test func linesThatAreNotThere() throws {
    #expect(try ticks(stat, [1]).result == -ENOENT)
    #expect(try ticks(stat, [0, 13]).result == -ENOENT)
    #expect(try ticks("", [0]).result == -ENOENT)
    #expect(try ticks("garbage\n", [0]).result == -ENOENT)
    #expect(try ticks("cpu0 1 2 3\n", [0]).result == -EINVAL)
    #expect(try ticks("cpu0 x\n", [0]).result == -EINVAL)
  }

  /// A number that the buffer cuts off would be another number.
  @Test func aBufferThatIsTooShort() throws {
    for bytes in 2..<(stat.utf8.count + 2) {
      let read = try ticks(stat, [0, 2, 12], bytes: bytes)
      if read.result == 0 { #expect(read.ticks[2].steal == 3 && read.ticks[1].steal == 30) }
    }
    #expect(try ticks(stat, [0], bytes: 60).result == -ENOBUFS)
  }

  @Test(arguments: [
    ("12345 678 9\n", 12345, 678, true), ("0 0 0\n", 0, 0, true), ("12\n", 0, 0, false),
    ("", 0, 0, false), ("x 1 2\n", 0, 0, false),
  ])
  func threadTimes(text: String, cpu: UInt64, delay: UInt64, isRead: Bool) throws {
    try withFile(text) { file in
      var times = pgp_thread_times()
      #expect((pgp_read_thread_times(file, &times) == 0) == isRead)
      if isRead { #expect(times.cpu_ns == cpu && times.delay_ns == delay) }
    }
  }

  @Test func throttling() throws {
    for (text, count) in [
      ("nr_periods 10\nnr_throttled 7\nthrottled_time 3\n", 7),
      ("usage_usec 1\nnr_periods 0\nnr_throttled 0\n", 0), ("usage_usec 1\n", nil), ("", nil),
      ("nr_throttled x\n", nil),
    ] as [(String, UInt64?)] {
      try withFile(text) { file in
        var found: UInt64 = 99
        #expect((pgp_read_throttled(file, &found) == 0) == (count != nil))
        if let count { #expect(found == count) }
      }
    }
  }

  @Test func aFileThatIsNotThere() {
    #expect(pgp_open_counter("/proc/self/none") == -ENOENT)
    #expect(pgp_open_counter("/proc/self/task/0/schedstat") == -ENOENT)
  }
}
