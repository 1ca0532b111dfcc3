import CPerfGateSystem
import Foundation
import Synchronization
import Testing

import PerfGateMachine

/// The real counters, with disturbances that really happen.
@Suite(.serialized, .enabled(if: isLinux, "only Linux has these counters"))
struct InterferenceTests {
  private func spin(milliseconds: UInt64) {
    let end = pgp_monotonic_ns() + milliseconds * 1_000_000
    while pgp_monotonic_ns() < end { pgp_sink_u64(pgp_spin(10_000, 1)) }
  }

  /// Watches the calling thread.
  private func watch(cpus: CPUSet = []) throws -> Interference {
    Interference(
      machine: try Machine.current(), cpus: cpus, threads: [ThreadPinning.currentThreadID()])
  }

  @Test func everythingIsWatchedHere() throws {
    let machine = try Machine.current()
    let watch = try watch(cpus: machine.allowed.cpus)
    let snapshot = watch.snapshot()
    #expect(snapshot.lost.isEmpty)
    if !watch.unavailable.contains(where: { $0.hasPrefix("steal") }) {
      #expect(CPUSet(snapshot.used.map(\.cpu)) == machine.allowed.cpus)
      #expect(snapshot.used.allSatisfy { $0.busy > 0 })
    }
    if !watch.unavailable.contains(where: { $0.hasPrefix("run delay") }) {
      #expect(snapshot.workers.count == 1)
      #expect(snapshot.processCPUNanoseconds ?? 0 >= snapshot.workers[0].cpuNanoseconds / 2)
    }
  }

  @Test func aSnapshotIsCheap() throws {
    let watch = try watch(cpus: try Machine.current().allowed.cpus)
    var best = UInt64.max
    for _ in 0..<200 {
      let start = pgp_monotonic_ns()
      let snapshot = watch.snapshot()
      best = min(best, pgp_monotonic_ns() - start)
      #expect(snapshot.lost.isEmpty)
    }
    print("a snapshot costs \(best / 1000) µs at best")
    #expect(best < 1_000_000, "a thousandth of a second is far too much between two rounds")
  }

  @Test func aThreadThatSharesACPUIsDelayed() throws {
    let cpu = try #require(try Machine.current().allowed.cpus.first)
    let hasBegun = Flag()
    let hasEnded = Flag()
    let causes = onNewThread { () -> [Disturbance] in
      guard (try? ThreadPinning.pin(to: cpu)) != nil, let watch = try? self.watch() else {
        return []
      }
      // A second thread on the same CPU, in turn with this one until it has run for 100 ms. How long that
      // takes depends on what else runs there.
      Thread.detachNewThread {
        try? ThreadPinning.pin(to: cpu)
        hasBegun.set()
        let begin = pgp_thread_cpu_ns()
        while pgp_thread_cpu_ns() - begin < 100_000_000 { pgp_sink_u64(pgp_spin(10_000, 1)) }
        hasEnded.set()
      }
      while !hasBegun.isSet { usleep(100) }
      let start = watch.snapshot()
      while !hasEnded.isSet { self.spin(milliseconds: 1) }
      return watch.disturbance(from: start, to: watch.snapshot())
    }
    let found = causes ?? []
    #expect(
      found.contains {
        if case .runDelay(_, let time, _) = $0 { time > 30_000_000 } else { false }
      },
      "\(found)")
    #expect(
      found.contains {
        if case .otherThreads(let time, _) = $0 { time > 30_000_000 } else { false }
      },
      "\(found)")
  }

  @Test func aThreadThatEndedIsSaidToBeLost() throws {
    let machine = try Machine.current()
    let watch = onNewThread {
      Interference(machine: machine, cpus: [], threads: [ThreadPinning.currentThreadID()])
    }
    let after = try #require(watch).snapshot()
    #expect(after.lost.count == 1 && after.lost[0].hasSuffix("/schedstat"))
    #expect(after.processCPUNanoseconds == nil)
  }

  @Test func whatCannotBeWatchedIsSaid() throws {
    let watch = Interference(machine: try Machine.current(), cpus: [60_000], threads: [])
    #expect(watch.unavailable.contains("steal and busy siblings: no lines in /proc/stat"))
    #expect(
      watch.unavailable.contains(
        "run delay and other threads: the executor does not report its threads"))
    #expect(watch.snapshot().lost.isEmpty)
    let none = Interference(machine: try Machine.current(), cpus: [], threads: [1 << 30])
    #expect(none.unavailable.contains("run delay of 1 workers, other threads: no schedstat file"))
  }

  @Test func theSpinProbeTakesWhatItShould() {
    // Short enough that most of the probes are not interrupted, whatever else runs here.
    let probe = SpinProbe.calibrated(seconds: 0.0004)
    let twice = SpinProbe(iterations: probe.iterations * 2)
    let pairs = (0..<60).map { _ in (probe.seconds(), twice.seconds()) }
    let once = pairs.map(\.0).min() ?? 0
    #expect(once > 0.0001 && once < 0.0016)
    #expect(abs((pairs.map(\.1).min() ?? 0) / once - 2) < 0.5)
    #expect(abs(twice.shortestSeconds(of: 60) / once - 2) < 0.5)
    #expect(probe.shortestSeconds(of: 0) < 60)
  }
}

/// Something that one thread tells another.
private final class Flag: Sendable {
  private let value = Atomic(false)
  var isSet: Bool { value.load(ordering: .acquiring) }
  func set() { value.store(true, ordering: .releasing) }
}
