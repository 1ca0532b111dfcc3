// swift-tools-version: 6.2
import PackageDescription

// A package whose revisions are compared: three kernels, and how much more work each does on purpose.
let package = Package(
  name: "Revisions",
  dependencies: [.package(name: "PerfGate", path: "../..")],
  targets: [
    .executableTarget(
      name: "bench",
      dependencies: [
        .product(name: "PerfGate", package: "PerfGate"),
        .product(name: "PerfGateCommands", package: "PerfGate"),
      ])
  ])
