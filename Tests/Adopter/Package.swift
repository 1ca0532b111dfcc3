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

// ADOPTER_DEPENDENCY=1 adds what debug builds leave without optimization: a package that it depends on,
// a target, and a C target, each with tests of its own.
let isDependent = Context.environment["ADOPTER_DEPENDENCY"] == "1"

// ADOPTER_CHILDREN=1 adds tests whose rounds end their processes, or must find their own claim.
let hasChildren = Context.environment["ADOPTER_CHILDREN"] == "1"

// ADOPTER_COUNTS=1 adds tests that count.
let hasCounts = Context.environment["ADOPTER_COUNTS"] == "1"

// What is measured is optimized in every configuration, as `swift test` builds debug.
let measuredSwift: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]
let measuredC: [CSetting] = [.unsafeFlags(["-O2"], .when(configuration: .debug))]

let perfGateTesting: Target.Dependency = .product(name: "PerfGateTesting", package: "PerfGate")

func tests(of name: String, _ others: [Target.Dependency]) -> Target {
  .testTarget(
    name: name, dependencies: others + ["Optimized", perfGateTesting], path: "Dependent/\(name)",
    swiftSettings: measuredSwift)
}
let dependent: [Target] = [
  .target(name: "Optimized", path: "Dependent/Optimized", swiftSettings: measuredSwift),
  .target(name: "plain-swift", path: "Dependent/plain-swift"),
  .target(name: "plain-c", path: "Dependent/plain-c"),
  tests(of: "OptimizedTests", []),
  tests(of: "DeepTests", [.product(name: "Deep", package: "Deep")]),
  tests(of: "PlainSwiftTests", ["plain-swift"]),
  tests(of: "PlainCTests", ["plain-c"]),
]
let children: Target = .testTarget(
  name: "ChildrenTests", dependencies: [perfGateTesting], path: "Children",
  swiftSettings: measuredSwift)

// As it is written by hand: without optimization in debug.
let counting: Target = .testTarget(
  name: "CountTests", dependencies: [perfGateTesting], path: "Counts")

let package = Package(
  name: "Adopter",
  dependencies: [perfGate] + (isDependent ? [.package(path: "Dependent/Deep")] : []),
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
      dependencies: ["Kernels", perfGateTesting]),
  ] + (isDependent ? dependent : []) + (hasChildren ? [children] : [])
    + (hasCounts ? [counting] : [])
)
