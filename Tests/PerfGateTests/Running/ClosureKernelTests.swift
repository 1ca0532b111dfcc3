import Foundation
import Synchronization
import Testing

import PerfGate
import PerfGateModel

extension RealTime {
  /// Kernels of closures, as tests write them.
  @Suite struct ClosureKernelTests {
    /// How often something was called.
    private final class Calls: Sendable {
      let count = Atomic<Int>(0)
      func add() { count.add(1, ordering: .relaxed) }
    }

    private func kernel(
      alike: Bool, of subject: @escaping TaskBody, to reference: @escaping TaskBody
    ) -> AnyKernel {
      AnyKernel(
        name: "closures", closures: [("of", true, subject), ("to", true, reference)],
        tasksAreAlike: alike, mustTakeTime: true)
    }

    private static func work(_ steps: Int) -> UInt64 {
      var value = UInt64(opaque(1))
      for step in 0..<opaque(steps) { value = (value ^ UInt64(step)) &* 0x100_0000_01b3 }
      return value
    }

    /// However slow the reference is, as many calls as the subject needs are not waited for.
    @Test(arguments: [(true, 1), (false, 50_000)])
    func anAlikeReferenceIsAskedOnce(alike: Bool, asked: Int) throws {
      let calls = Calls()
      let kernel = kernel(alike: alike, of: { _ in 7 }) { _ in
        calls.add()
        return 7
      }
      let runner = try realRunner([kernel])
      let arm = Arm(
        kernel: "closures", variant: "of", workers: 1, tasks: 50_000, size: 1, isSpecial: true)
      _ = try runner.run(arm)
      #expect(calls.count.load(ordering: .relaxed) == asked)
    }

    /// The proof of a fast subject does not wait for a slow reference either.
    @Test func aSlowReferenceIsNoLimitOfTheProof() throws {
      let calls = Calls()
      let kernel = kernel(alike: true, of: { _ in Self.work(100) }) { _ in
        calls.add()
        blackHole(Self.work(10_000_000))
        return Self.work(100)
      }
      try WorkProof(of: kernel, runner: try realRunner([kernel])).check(
        try #require(kernel.variant("of")), size: 1)
      #expect(calls.count.load(ordering: .relaxed) == 1)
    }

    @Test func aResultThatDiffersLaterIsFound() throws {
      let calls = Calls()
      let kernel = kernel(
        alike: true,
        of: { _ in
          calls.add()
          return calls.count.load(ordering: .relaxed) == 999 ? 8 : 7
        }, to: { _ in 7 })
      let arm = Arm(
        kernel: "closures", variant: "of", workers: 1, tasks: 2000, size: 1, isSpecial: true)
      #expect(throws: MeasurementError.self) { try realRunner([kernel]).run(arm) }
    }

    @Test func whatDoesNothingIsToldFromWork() throws {
      let kernel = kernel(alike: true, of: { _ in 7 }) { _ in
        blackHole(Self.work(10_000))
        return 7
      }
      let proof = WorkProof(of: kernel, runner: try realRunner([kernel]))
      let empty = try proof.ratioToEmpty(try #require(kernel.variant("of")), size: 1)
      #expect(try #require(empty) < EmptyKernel.leastRatio)
      #expect(try proof.ratioToEmpty(try #require(kernel.variant("to")), size: 1) == nil)
    }

    /// Inputs that tell what was done with them, and take long to make.
    private final class Inputs: Sendable {
      let made = Atomic<Int>(0)
      let taken = Atomic<Int>(0)
      let room = Atomic<Int>(0)

      func calls(areResults: Bool) -> ClosureCalls {
        let inputs = CallInputs(
          areResults: areResults, reserve: { self.room.store($0, ordering: .relaxed) },
          make: { _ in
            usleep(1000)
            self.made.add(1, ordering: .relaxed)
            return 0
          },
          take: { task in
            self.taken.add(1, ordering: .relaxed)
            return UInt64(task + 100)
          })
        return ClosureCalls(inputs: inputs)
      }
    }

    /// One for each call, before the time begins; what is left in them is what is compared.
    @Test(arguments: [true, false]) func eachCallHasAnInputOutsideOfTheTime(areResults: Bool) throws
    {
      let inputs = Inputs()
      let body: TaskBody = { task in areResults ? 0 : UInt64(task + 100) }
      let kernel = AnyKernel(
        name: "closures", closures: [("of", true, body), ("to", true, body)],
        calls: inputs.calls(areResults: areResults))
      let runner = try realRunner([kernel])
      let arm = Arm(
        kernel: "closures", variant: "of", workers: 1, tasks: 50, size: 1, isSpecial: true)
      let first = try runner.run(arm).seconds
      // The reference was asked once for what the calls return.
      #expect(inputs.made.load(ordering: .relaxed) == 100)
      #expect(inputs.taken.load(ordering: .relaxed) == (areResults ? 100 : 0))
      let second = try runner.run(arm).seconds
      #expect(inputs.made.load(ordering: .relaxed) == 150)
      // What disturbs one makes it longer.
      #expect(min(first, second) < 0.04)
    }
  }
}
