import PerfGate
import PerfGateMachine
import PerfGateTestSupport
import PerfGateWorkers

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A runner on real, pinned workers for kernels of a test.
///
/// - Parameter program: the program whose processes are workers, beside the tests.
func realRunner(
  _ kernels: [AnyKernel], workers: Int = 1, program: String? = nil
) throws -> LocalRunner {
  let cpus = Array(try ThreadPinning.mainThreadMask())
  let slots = (0..<workers).map {
    // The last CPUs: what else runs here usually begins at the first.
    WorkerSlot(worker: $0, cpu: cpus[cpus.count - 1 - $0 % cpus.count], node: nil)
  }
  return try LocalRunner(
    catalog: Catalog(kernels), slots: slots, seed: 42, timeout: 60,
    workerProgram: program.map {
      WorkerProgram(path: builtProgram($0), arguments: ["worker"], environment: [:])
    })
}

/// What the proof says of a variant; `nil`: its work is proven.
func proof<K: Kernel>(
  of kernel: K.Type, _ variant: String, size: Int = 1000
) throws -> Unproven? {
  let kernel = AnyKernel(kernel)
  let runner = try realRunner([kernel])
  guard let variant = kernel.variant(variant) else {
    throw MeasurementError.unknownVariant(variant, kernel: kernel.name, known: [])
  }
  do throws(MeasurementError) {
    try WorkProof(of: kernel, runner: runner).check(variant, size: size)
    return nil
  } catch {
    guard case .wrongResult(let unproven) = error else { throw error }
    return unproven
  }
}

/// The least CPU time of five rounds on one worker, in seconds.
func leastSeconds<K: Kernel>(
  of kernel: K.Type, _ variant: String, size: Int, tasks: Int, rounds: Int = 5
) throws -> Double {
  let runner = try realRunner([AnyKernel(kernel)])
  let arm = Arm(kernel: K.name, variant: variant, workers: 1, tasks: tasks, size: size)
  return try (0..<rounds).map { _ in try runner.run(arm).cpuSeconds }.min() ?? 0
}

/// Sleeps, which takes no CPU.
func nap(nanoseconds: Int) { usleep(UInt32(clamping: nanoseconds / 1000)) }
