import Kernels
import PerfGate
import PerfGateCommands

perfGateMain(catalog: try Catalog.adopter(), claims: try Claim.adopter())
