import PerfGate
import PerfGateCommands

let kernels = [AnyKernel(Viete.self), AnyKernel(Sort.self), AnyKernel(Classify.self)]
perfGateMain(catalog: try Catalog(kernels), claims: [])
