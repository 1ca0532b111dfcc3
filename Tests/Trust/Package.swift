// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody else has to build it.
let package = Package(
  name: "Trust",
  dependencies: [.package(name: "PerfGate", path: "../..")],
  targets: [
    .executableTarget(
      name: "trust", dependencies: [.product(name: "PerfGate", package: "PerfGate")],
      path: "Sources/Trust")
  ]
)
