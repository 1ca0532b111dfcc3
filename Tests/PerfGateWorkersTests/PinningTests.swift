#if os(Linux)
  import PerfGateMachine
  import PerfGateWorkers
  import Testing

  @Suite struct PinningTests {
    /// The CPU of a mask with exactly one; a number that no CPU has for any other.
    private static let onlyCPU: TaskBody = { _ in
      guard let mask = try? ThreadPinning.currentMask(), mask.count == 1, let cpu = mask.first
      else { return .max }
      return UInt64(cpu)
    }

    @Test func everyWorkerIsPinnedToItsOwnCPU() throws {
      let slots = try pinnedSlots(4)
      for slot in slots {
        let pool = try WorkerPool(slots: [slot])
        let round = try pool.run(tasks: 3, workers: 1, label: "mask", body: Self.onlyCPU)
        let cpu = try #require(slot.cpu)
        #expect(results(of: pool, tasks: 3).joined().allSatisfy { $0 == UInt64(cpu) })
        #expect(round.workers[0].cpuBefore == cpu && round.workers[0].cpuAfter == cpu)
      }
    }

    @Test func theMainThreadKeepsItsMask() throws {
      let before = try ThreadPinning.mainThreadMask()
      do {
        let pool = try WorkerPool(slots: pinnedSlots(3))
        _ = try pool.run(tasks: 30, workers: 3, label: "masks", body: Self.onlyCPU)
        #expect(try ThreadPinning.mainThreadMask() == before)
      }
      #expect(try ThreadPinning.mainThreadMask() == before)
    }

    @Test func workersWithoutACPUAreNotPinned() throws {
      let before = try ThreadPinning.mainThreadMask()
      let pool = try WorkerPool(slots: freeSlots(2))
      _ = try pool.run(tasks: 8, workers: 2, label: "masks") { _ in
        (try? ThreadPinning.currentMask()) == before ? 1 : 0
      }
      #expect(results(of: pool, tasks: 8).joined().allSatisfy { $0 == 1 })
    }

    @Test(arguments: [60_000, 70_000])
    func aCPUThatDoesNotExistIsAnError(cpu: Int) throws {
      var slots = try pinnedSlots(3)
      slots[1].cpu = cpu
      let error = #expect(throws: WorkerError.self) { try WorkerPool(slots: slots) }
      guard case .cannotPin(worker: 1, let reason) = error else {
        Issue.record("found \(String(describing: error))")
        return
      }
      #expect(reason.hasPrefix("cannot pin worker 1: cannot pin a thread to cpu \(cpu): "))
      #expect(reason.contains("choose --bind close"))
      #expect(!reason.contains("\n"))
    }
  }
#endif
