// swift-tools-version: 6.0
import PackageDescription

let package = Package(
  name: "Deep", products: [.library(name: "Deep", targets: ["Deep"])],
  targets: [.target(name: "Deep", path: "Deep")])
