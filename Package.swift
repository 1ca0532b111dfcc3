// swift-tools-version: 6.2
import PackageDescription

// Code that is timed, or that runs between two clock readings, is optimized in every configuration:
// `swift test` builds debug, and the time of an unoptimized kernel proves nothing.
let measuredSwift: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]
// Whole-module builds in debug too: one compiler reads a target once, not once for each batch of
// files, which is a quarter less work. (Two threads, because the compiler refuses to write one
// index for all files, as it would with a single thread.)
let wholeModule: SwiftSetting = .unsafeFlags(
  ["-disable-batch-mode", "-wmo", "-num-threads", "2"], .when(configuration: .debug))
// Code around the timed part is optimized in release only: optimizing it took more than half of a
// clean debug build of a package that uses this one.
let surroundingSwift: [SwiftSetting] = [wholeModule]
// The rest is never optimized, not even in release. This saves build time: a clean
// `swift build -c release --product perfgate` takes 54 s of CPU time instead of 93 s (on 2 cores:
// 45 s instead of 56 s). It costs nothing: `perfgate judge` reads and judges a record of 600,000
// rounds (17 MB) in 0.9 s either way. (PerfGateMachine reads its counters in CPerfGateSystem.)
let unmeasuredSwift: [SwiftSetting] = [
  .unsafeFlags(["-Onone"], .when(configuration: .release)), wholeModule,
]
let measuredC: [CSetting] = [.unsafeFlags(["-O3"])]
// Vectors of square roots exist only where a root need not report an error through errno.
let vectorSwift: [SwiftSetting] = measuredSwift + [.unsafeFlags(["-Xcc", "-fno-math-errno"])]
// Swift has no instruction set of a single function, so each set is a target of its own, all of one
// source (the folders of the wider ones are links). A manifest is compiled where it is used.
#if arch(x86_64)
  let avx2Swift: [SwiftSetting] = [.define("AVX2"), .unsafeFlags(["-Xcc", "-mavx2"])]
  let avx512Swift: [SwiftSetting] = [
    .define("AVX512"),
    .unsafeFlags(
      ["-mavx512f", "-mavx512bw", "-mavx512vl", "-mavx512dq"].flatMap { ["-Xcc", $0] }),
  ]
#else
  let avx2Swift: [SwiftSetting] = []
  let avx512Swift: [SwiftSetting] = []
#endif
// Ranks as workers. Off by default: whoever does not ask for it needs nothing of MPI.
let mpi: TargetDependencyCondition? = .when(traits: ["MPI"])
let mathLibrary: [LinkerSetting] = [.linkedLibrary("m", .when(platforms: [.linux]))]

let package = Package(
  name: "PerfGate",
  products: [
    .library(name: "PerfGate", targets: ["PerfGate"]),
    .library(name: "PerfGateTesting", targets: ["PerfGateTesting"]),
    .library(name: "PerfGateCommands", targets: ["PerfGateCommands"]),
    .executable(name: "perfgate", targets: ["PerfGateCLI"]),
  ],
  traits: [
    .trait(
      name: "MPI",
      description: "the executor mpi, whose workers are the ranks that mpirun or srun starts")
  ],
  targets: [
    .systemLibrary(
      name: "CPerfGateNuma", pkgConfig: "numa",
      providers: [.apt(["libnuma-dev"]), .yum(["numactl-devel"])]),
    .target(
      name: "CPerfGateSystem", dependencies: ["CPerfGateNuma"], cSettings: measuredC),
    .systemLibrary(
      name: "CPerfGateMPILibrary", pkgConfig: "ompi-c",
      providers: [.apt(["libopenmpi-dev"]), .yum(["openmpi-devel"])]),
    .target(
      name: "CPerfGateMPI",
      dependencies: [.target(name: "CPerfGateMPILibrary", condition: mpi)],
      cSettings: measuredC + [.define("PGP_MPI", .when(traits: ["MPI"]))]),
    .target(
      name: "PerfGateStatistics", swiftSettings: measuredSwift, linkerSettings: mathLibrary),
    .target(
      name: "PerfGateMachine", dependencies: ["CPerfGateSystem"],
      swiftSettings: unmeasuredSwift),
    .target(
      name: "PerfGateWorkers",
      dependencies: [
        "PerfGateMachine", "CPerfGateSystem", .target(name: "CPerfGateMPI", condition: mpi),
      ],
      swiftSettings: measuredSwift),
    .target(
      name: "PerfGateModel", dependencies: ["PerfGateStatistics", "CPerfGateSystem"],
      swiftSettings: surroundingSwift),
    .target(
      name: "PerfGate",
      dependencies: [
        "PerfGateModel", "PerfGateWorkers", "PerfGateMachine", "PerfGateStatistics",
        "CPerfGateSystem",
      ],
      swiftSettings: surroundingSwift),
    .target(
      name: "PerfGateReport", dependencies: ["PerfGateModel"], swiftSettings: unmeasuredSwift),
    .target(
      name: "CPerfGateKernels", dependencies: ["CPerfGateSystem"], path: "CKernels",
      cSettings: measuredC, linkerSettings: mathLibrary),
    .target(
      name: "PerfGateKernelsSSE2", dependencies: ["CPerfGateKernels"],
      path: "Sources/VectorKernels", swiftSettings: vectorSwift),
    .target(
      name: "PerfGateKernelsAVX2", dependencies: ["CPerfGateKernels"],
      path: "Sources/VectorKernelsAVX2", swiftSettings: vectorSwift + avx2Swift),
    .target(
      name: "PerfGateKernelsAVX512", dependencies: ["CPerfGateKernels"],
      path: "Sources/VectorKernelsAVX512", swiftSettings: vectorSwift + avx512Swift),
    .target(
      name: "PerfGateKernels",
      dependencies: [
        "PerfGate", "PerfGateStatistics", "CPerfGateKernels", "PerfGateKernelsSSE2",
        "PerfGateKernelsAVX2", "PerfGateKernelsAVX512",
      ],
      path: "Sources/Kernels", swiftSettings: measuredSwift),
    .target(
      name: "PerfGateCommands",
      dependencies: [
        "PerfGateReport", "PerfGate", "PerfGateWorkers", "PerfGateMachine", "CPerfGateSystem",
      ],
      // In the code, because files beside a binary are lost when it is moved.
      resources: [
        .embedInCode("Peers/Programs/peer.go"), .embedInCode("Peers/Programs/peer.mojo"),
        .embedInCode("Peers/Programs/peer.py"),
      ],
      swiftSettings: unmeasuredSwift),
    .target(
      name: "PerfGateTesting",
      dependencies: [
        "PerfGateReport", "PerfGate", "PerfGateWorkers", "PerfGateMachine", "CPerfGateSystem",
      ],
      swiftSettings: surroundingSwift),
    .executableTarget(
      name: "PerfGateCLI", dependencies: ["PerfGateCommands", "PerfGateKernels"]),
    .target(
      name: "PerfGateTestSupport",
      dependencies: [
        "PerfGateCommands", "PerfGateReport", "PerfGate", "PerfGateStatistics", "CPerfGateSystem",
      ],
      path: "Tests/PerfGateTestSupport", swiftSettings: measuredSwift),
    .testTarget(
      name: "PerfGateStatisticsTests",
      dependencies: ["PerfGateStatistics", "PerfGateTestSupport"]),
    .executableTarget(
      name: "PerfGateBaselineWriter", dependencies: ["PerfGate"],
      path: "Tests/PerfGateBaselineWriter"),
    .testTarget(
      name: "PerfGateModelTests",
      dependencies: ["PerfGateModel", "PerfGateReport", "PerfGateTestSupport"],
      resources: [.copy("Earlier")]),
    .testTarget(
      name: "PerfGateReportTests",
      dependencies: ["PerfGateReport", "PerfGateModel", "PerfGateTestSupport"],
      resources: [.copy("Golden"), .copy("Records")]),
    .executableTarget(
      name: "PerfGateSelfTest", dependencies: ["PerfGateMachine", "CPerfGateSystem"]),
    .executableTarget(
      name: "PerfGateChildPlant", dependencies: ["PerfGateMachine", "CPerfGateSystem"],
      path: "Tests/PerfGateChildPlant"),
    .testTarget(
      name: "PerfGateMachineTests",
      dependencies: [
        "PerfGateMachine", "PerfGateSelfTest", "PerfGateChildPlant", "CPerfGateSystem",
      ],
      resources: [.copy("Golden"), .copy("Cases")]),
    .testTarget(
      name: "PerfGateKernelsTests",
      dependencies: [
        "PerfGateKernels", "PerfGateKernelsSSE2", "PerfGateKernelsAVX2", "PerfGateKernelsAVX512",
        "CPerfGateKernels", "PerfGate", "PerfGateModel",
      ]),
    .executableTarget(
      name: "PerfGateVectorCheck",
      dependencies: ["PerfGateKernels", "PerfGate", "CPerfGateKernels"],
      path: "Tests/PerfGateVectorCheck"),
    .target(
      name: "CPerfGateTestPlants", dependencies: ["CPerfGateSystem"],
      path: "Tests/CPerfGateTestPlants",
      cSettings: measuredC + [.unsafeFlags(["-fno-math-errno"])], linkerSettings: mathLibrary),
    .target(
      name: "PerfGatePlantKernels",
      dependencies: ["PerfGate", "CPerfGateSystem", "CPerfGateTestPlants"],
      path: "Tests/PerfGatePlantKernels", swiftSettings: measuredSwift),
    .executableTarget(
      name: "PerfGateCountPlant",
      dependencies: ["PerfGateWorkers", "CPerfGateSystem"],
      path: "Tests/PerfGateCountPlant", swiftSettings: measuredSwift),
    .executableTarget(
      name: "PerfGateArmPlant",
      dependencies: ["PerfGateCommands", "PerfGate", "PerfGatePlantKernels"],
      path: "Tests/PerfGateArmPlant"),
    .target(
      name: "PerfGatePlantTasks",
      dependencies: [
        "PerfGateWorkers", "PerfGateMachine", "CPerfGateSystem", "CPerfGateTestPlants",
      ],
      path: "Tests/PerfGatePlantTasks"),
    .executableTarget(
      name: "PerfGateWorkerPlant",
      dependencies: [
        "PerfGatePlantTasks", "PerfGateWorkers", "PerfGateMachine", "CPerfGateSystem",
      ],
      path: "Tests/PerfGateWorkerPlant"),
    .testTarget(
      name: "PerfGateWorkersTests",
      dependencies: [
        "PerfGateWorkers", "PerfGateMachine", "CPerfGateSystem", "CPerfGateTestPlants",
        "PerfGatePlantTasks", "PerfGateWorkerPlant",
      ]),
    .testTarget(
      name: "PerfGateClaimsTests",
      dependencies: ["PerfGateTesting", "PerfGateKernels", "PerfGate"],
      swiftSettings: measuredSwift),
    .testTarget(
      name: "PerfGateTestingTests",
      dependencies: [
        "PerfGateTesting", "PerfGateReport", "PerfGate", "PerfGateModel", "PerfGateMachine",
        "PerfGateUnoptimizedPlant", "PerfGateTestSupport",
      ],
      swiftSettings: measuredSwift),
    .testTarget(
      name: "PerfGateTests",
      dependencies: [
        "PerfGate", "PerfGateKernels", "PerfGateWorkers", "PerfGateMachine", "PerfGateStatistics",
        "PerfGateReport", "PerfGateBaselineWriter", "CPerfGateTestPlants", "PerfGateTestSupport",
        "PerfGatePlantKernels", "PerfGateArmPlant", "PerfGateCountPlant", "PerfGateCLI",
        "CPerfGateSystem",
      ],
      swiftSettings: measuredSwift),
    .target(
      name: "PerfGateUnoptimizedPlant", dependencies: ["PerfGate", "PerfGateTesting"],
      path: "Tests/PerfGateUnoptimizedPlant", swiftSettings: [.unsafeFlags(["-Onone"])]),
    .testTarget(
      name: "PerfGateCommandsTests",
      dependencies: [
        "PerfGateCommands", "PerfGateKernels", "PerfGate", "PerfGateModel", "PerfGateWorkers",
        "PerfGateCLI", "PerfGateReport",
        "CPerfGateSystem", "CPerfGateTestPlants", "PerfGateTestSupport",
        "PerfGateUnoptimizedPlant", "PerfGatePlantKernels", "PerfGateArmPlant",
      ],
      swiftSettings: measuredSwift),
  ]
)

// Programs that measure how often verdicts are wrong, that feed damaged input to the readers, and that
// run as ranks.
// Only their scripts build them.
if let tool = Context.environment["PERFGATE_DEVELOPMENT"] {
  switch tool {
  case "trust":
    package.targets += [
      .target(
        name: "CPerfGateTrustPlants", dependencies: ["CPerfGateSystem"],
        path: "Tests/CPerfGateTrustPlants", cSettings: measuredC),
      .executableTarget(
        name: "PerfGateTrust",
        dependencies: [
          "PerfGateCommands", "PerfGateReport", "PerfGate", "PerfGateMachine", "PerfGateWorkers",
          "PerfGateStatistics", "CPerfGateKernels", "CPerfGateTrustPlants", "CPerfGateSystem",
        ],
        path: "Tests/Trust", swiftSettings: measuredSwift),
    ]
  case "fuzz":
    package.targets.append(
      .executableTarget(
        name: "PerfGateFuzz",
        dependencies: ["PerfGateReport", "PerfGate", "PerfGateWorkers", "PerfGateStatistics"],
        path: "Tests/Fuzz", exclude: ["Corpus", "tokens.dict"],
        linkerSettings: [.unsafeFlags(["-sanitize=fuzzer"])]))
  case "threads":
    // Only what the thread sanitizer looks at: building everything for it takes minutes.
    let kept: Set = [
      "CPerfGateNuma", "CPerfGateSystem", "CPerfGateMPILibrary", "CPerfGateMPI",
      "PerfGateMachine", "PerfGateWorkers",
      "CPerfGateTestPlants", "PerfGatePlantTasks", "PerfGateWorkerPlant",
      "PerfGateWorkersTests",
    ]
    package.targets.removeAll { !kept.contains($0.name) }
    package.products = []
  case "mpi":
    package.targets.append(
      .executableTarget(
        name: "PerfGateMPIPlant",
        dependencies: [
          "PerfGatePlantTasks", "PerfGateWorkers", "PerfGateMachine", "CPerfGateSystem",
        ],
        path: "Tests/PerfGateMPIPlant"))
  default: fatalError("PERFGATE_DEVELOPMENT is \(tool): expected trust, fuzz, threads or mpi")
  }
}
