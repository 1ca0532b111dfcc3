// swift-tools-version: 6.2
import PackageDescription

// A package of somebody else: it has claims about kernels of its own, through PerfGate's products
// alone. Next to PerfGate it depends on the folder; ADOPTER_URL names a git repository with tags, as
// real adopters have.
let perfGate: Package.Dependency =
  if let url = Context.environment["ADOPTER_URL"] {
    .package(url: url, from: "1.0.0")
  } else {
    .package(name: "PerfGate", path: "../..")
  }

// What is measured is optimised in every configuration, as `swift test` builds debug.
let measuredSwift: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]
let measuredC: [CSetting] = [.unsafeFlags(["-O2"], .when(configuration: .debug))]

let package = Package(
  name: "Adopter",
  dependencies: [perfGate],
  targets: [
    .target(
      name: "CMix", dependencies: [.product(name: "PerfGate", package: "PerfGate")],
      cSettings: measuredC),
    .target(
      name: "Kernels", dependencies: ["CMix", .product(name: "PerfGate", package: "PerfGate")],
      swiftSettings: measuredSwift),
    .executableTarget(
      name: "adopter",
      dependencies: ["Kernels", .product(name: "PerfGateCommands", package: "PerfGate")]),
    .testTarget(
      name: "AdopterTests",
      dependencies: ["Kernels", .product(name: "PerfGateTesting", package: "PerfGate")]),
  ]
)
