import PerfGateCommands
import PerfGate
import PerfGatePlantKernels

// A program of an adopter whose code is faulty in every way: its commands, and its arms.
var claims = [
  try Claim(
    id: "good", text: "honest work", kernel: TrapKernel.name,
    .ratio(subject: "swift.good", reference: "swift.reference", atMost: 3, workers: 1))
]
for trap in Trap.allCases {
  claims.append(
    try Claim(
      id: trap.rawValue, text: "a trap", kernel: TrapKernel.name,
      .ratio(subject: trap.variant, reference: "swift.reference", atMost: 3, workers: 1)))
}
for variant in ["good", "hoard"] {
  claims.append(
    try Claim(
      id: "memory.\(variant)", text: "memory of each further worker", kernel: MemoryKernel.name,
      .memoryOfWorkers(variant: "swift.\(variant)", upTo: 2, atMost: 5_000_000)))
}
perfGateMain(catalog: try Catalog.plants(), claims: claims)
