import PerfGate
import PerfGateCommands
import PerfGateKernels

perfGateMain(catalog: try Catalog.perfGate(), claims: try Claim.perfGate() + Claim.perfGatePeers())
