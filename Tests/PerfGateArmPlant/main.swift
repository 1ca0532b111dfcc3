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
perfGateMain(catalog: try Catalog.plants(), claims: claims)
