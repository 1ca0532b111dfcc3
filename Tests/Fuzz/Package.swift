// swift-tools-version: 6.2
import PackageDescription

// Compiled with the library's own sources beside it, so that all of it is instrumented: libFuzzer
// must see which code an input reaches. Tests/Scripts/fuzz.sh passes the flags for that.
let package = Package(
  name: "Fuzz",
  dependencies: [.package(name: "PerfGate", path: "../..")],
  targets: [
    .executableTarget(
      name: "fuzz",
      dependencies: [
        .product(name: "PerfGate", package: "PerfGate"),
        .product(name: "PerfGateCommands", package: "PerfGate"),
      ],
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer"])])
  ]
)
