import PerfGate
import PerfGateKernels
import PerfGateTesting
import Testing

/// The scaling claims of the catalog, judged by Swift Testing; ratios are judged by XCTest.
@Suite struct ScalingClaims {
  @Test(.claim(own("viete.scaling.5"))) func fiveWorkers() {}
  @Test(.claim(own("viete.scaling.5.c"))) func fiveWorkersInC() {}
  @Test(.claim(own("viete.scaling.max"))) func allWorkers() {}
  @Test(.claim(own("viete.scaling.max.c"))) func allWorkersInC() {}
  @Test(.claim(own("text.length.value.flat"))) func byValue() {}
  @Test(.claim(own("text.length.reference.flat"))) func byReference() {}
  @Test(.claim(own("text.length.value.flat.workers"))) func byValueToWorkers() {}
  @Test(.claim(own("text.length.reference.flat.workers"))) func byReferenceToWorkers() {}
  @Test(.claim(own("text.length.shared.flat"))) func inSharedMemory() {}
  @Test(.claim(own("text.length.value.memory"))) func memoryByValue() {}
  @Test(.claim(own("text.length.reference.memory"))) func memoryByReference() {}
  @Test(.claim(own("text.length.shared.memory"))) func memoryInSharedMemory() {}
  @Test(.claim(own("text.length.serialized.memory"))) func memoryOfCopies() {}
  @Test(.claim(own("viete.swift.allocations"))) func noAllocation() {}
  @Test(.claim(own("viete.swift.instructions"))) func instructionsOfTheLoop() {}
  @Test(.claim(own("viete.batch.swift.instructions"))) func instructionsOfABatch() {}
  @Test(.claim(own("text.scan.swift.allocations"))) func noAllocationInAScan() {}
  @Test(.claim(own("text.length.value.retains"))) func retainsByValue() {}
}

/// A claim of the catalog.
func own(_ id: String) -> TestClaim {
  .listed(id, in: try Claim.perfGate(), of: try Catalog.perfGate())
}
