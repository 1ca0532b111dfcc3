import CPerfGateSystem
import Testing

import PerfGateMachine

@Suite(.enabled(if: isLinux, "only Linux pins threads"))
struct PinningTests {
  @Test func aThreadRunsWhereItIsPinned() throws {
    for cpu in try Machine.current().allowed.cpus {
      let seen = onNewThread { () -> (CPUSet?, Int?) in
        try? ThreadPinning.pin(to: cpu)
        return (try? ThreadPinning.currentMask(), ThreadPinning.currentCPU())
      }
      #expect(seen?.0 == [cpu] && seen?.1 == cpu)
    }
  }

  @Test func theMainThreadsMaskStaysAsItWas() throws {
    let before = try ThreadPinning.mainThreadMask()
    let cpu = try #require(before.first)
    _ = onNewThread { try? ThreadPinning.pin(to: cpu) }
    #expect(try ThreadPinning.mainThreadMask() == before)
  }

  @Test(arguments: [-1, 60_000, 65_536, Int.max])
  func aCPUThatIsNotThereIsRefused(cpu: Int) throws {
    let error = onNewThread { () -> PinningError? in
      do throws(PinningError) {
        try ThreadPinning.pin(to: cpu)
        return nil
      } catch {
        return error
      }
    }
    let line = try #require(error ?? nil).description
    #expect(line.hasPrefix("cannot pin a thread to cpu \(cpu): EINVAL, "))
    #expect(line.hasSuffix("choose --bind close or one of the allowed cpus"))
  }

  /// The kernel takes a request that is partly impossible and leaves the rest out without a word, which
  /// is why masks are read back.
  @Test func theKernelIntersectsInSilence() throws {
    let cpu = try #require(try Machine.current().allowed.cpus.first)
    let request = CPUSet([cpu, 60_000])
    let seen = onNewThread { () -> CPUSet? in
      guard pgp_set_own_affinity(request.bitWords, request.bitWords.count) == 0 else { return nil }
      return try? ThreadPinning.currentMask()
    }
    #expect(seen == [cpu])
  }

  @Test func anObservationTellsThePlace() throws {
    let cpu = try #require(try Machine.current().allowed.cpus.last)
    let observation = onNewThread { () -> PlacementObservation in
      try? ThreadPinning.pin(to: cpu)
      var observation = PlacementObservation.begin(worker: 3)
      observation.end()
      return observation
    }
    let seen = try #require(observation)
    #expect(seen.worker == 3 && seen.mask == [cpu] && seen.thread > 0)
    #expect(seen.cpuBefore == cpu && seen.cpuAfter == cpu)
    #expect(seen.migrations ?? 0 == 0)
  }

  /// A thread whose mask is widened during its run did not stay where it was pinned.
  @Test func aMaskThatChangesDuringTheRunIsSeen() throws {
    let allowed = try Machine.current().allowed.cpus
    let cpu = try #require(allowed.first)
    guard allowed.count > 1 else { try Test.cancel("only cpu \(cpu) is allowed") }
    let observation = onNewThread { () -> PlacementObservation in
      try? ThreadPinning.pin(to: cpu)
      var observation = PlacementObservation.begin(worker: 0)
      _ = pgp_set_own_affinity(allowed.bitWords, allowed.bitWords.count)
      observation.end()
      return observation
    }
    #expect(observation?.mask == allowed)
  }
}
