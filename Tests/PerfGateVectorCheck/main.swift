// Compares the kernels of every supported instruction set with their scalar references; under an
// emulator, this shows what happens on a CPU that lacks some of the sets.
//
//   PerfGateVectorCheck               the supported sets; status 1 if a result is wrong
//   PerfGateVectorCheck --force SET   this set, supported or not
//   PerfGateVectorCheck --variant V   the variant of that name of each kernel, supported or not
//   PerfGateVectorCheck --plant       a wrong kernel, which must be found

import PerfGateKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

let arguments = Array(CommandLine.arguments.dropFirst())
var kernels = checkedKernels
var sets = InstructionSet.listed
for set in sets { print("\(set.rawValue): \(set.isSupported ? "supported" : "not supported")") }

switch (arguments.first, arguments.count) {
case (nil, _): sets = sets.filter(\.isSupported)
case ("--force", 2): sets = sets.filter { $0.rawValue == arguments[1] }
case ("--variant", 2):
  let isRight = runVariants(named: arguments[1])
  print("\(arguments[1]): \(isRight ? "agrees" : "WRONG, or no such variant")")
  exit(isRight ? 0 : 1)
case ("--plant", 1): kernels = [plantedKernel]
default: sets = []
}
guard !sets.isEmpty else {
  print("expected no arguments, --plant, --force and an instruction set, or --variant and a name")
  exit(2)
}

var wrong = 0
for kernel in kernels where sets.contains(kernel.set) {
  let found = kernel.disagreements()
  print("\(kernel.name): \(found.first.map { "WRONG: \($0)" } ?? "agrees")")
  wrong += found.count
}
exit(wrong == 0 ? 0 : 1)
