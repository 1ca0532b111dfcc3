// swift-tools-version: 6.2
import PackageDescription

// The root package's own C kernel, compiled here a second time: kernels are no product of it.
let root = "\(Context.packageDirectory)/../.."

let package = Package(
  name: "Trust",
  dependencies: [.package(name: "PerfGate", path: "../..")],
  targets: [
    .target(
      name: "CTrust",
      cSettings: [
        .unsafeFlags([
          "-O3", "-I\(root)/CKernels/include", "-I\(root)/Sources/CPerfGateSystem/include",
        ])
      ]),
    .executableTarget(
      name: "trust",
      dependencies: ["CTrust", .product(name: "PerfGate", package: "PerfGate")],
      swiftSettings: [.unsafeFlags(["-O"], .when(configuration: .debug))]),
  ]
)
