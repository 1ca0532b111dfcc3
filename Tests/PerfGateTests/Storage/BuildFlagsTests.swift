import Foundation
import PerfGate
import PerfGateModel
import PerfGateTestSupport
import Testing

/// The flags that a record names are those that the manifest gives to measured code.
@Suite struct BuildFlagsTests {
  /// What the package manager itself gives a release build.
  private static let release = ["-O", "-whole-module-optimization"]

  private static func manifest() throws -> String {
    try String(contentsOf: packageFolder.appendingPathComponent("Package.swift"), encoding: .utf8)
  }

  /// The flags of a constant of the manifest, and the configuration that alone has them.
  private static func flags(
    of constant: String, in manifest: String
  ) throws -> (flags: [String], configuration: String?) {
    let pattern = try Regex(
      #"let \#(constant): \[\w+\] = \[\.unsafeFlags\(\[([^\]]*)\](?:, \.when\(configuration: \.(\w+)\))?\)\]"#,
      as: (Substring, Substring, Substring?).self)
    let found = try #require(manifest.firstMatch(of: pattern), "\(constant) is made otherwise")
    let flags = found.output.1.matches(of: /"([^"]*)"/).map { String($0.output.1) }
    return (flags, found.output.2.map(String.init))
  }

  @Test func theRecordNamesThoseOfTheManifest() throws {
    let manifest = try Self.manifest()
    let swift = try Self.flags(of: "measuredSwift", in: manifest)
    let c = try Self.flags(of: "measuredC", in: manifest)
    #expect(swift.configuration == "debug" && c.configuration == nil)
    let isDebug = Record.Tool.current.configuration == "debug"
    let expected = [isDebug ? swift.flags : Self.release, ["-Xcc"] + c.flags]
    #expect(Record.Tool.current.flags == expected.map { $0.joined(separator: " ") })
  }

  @Test(arguments: [
    ("PerfGateStatistics", "swiftSettings", "measuredSwift"),
    ("PerfGateWorkers", "swiftSettings", "measuredSwift"),
    ("PerfGateKernels", "swiftSettings", "measuredSwift"),
    ("CPerfGateSystem", "cSettings", "measuredC"), ("CPerfGateKernels", "cSettings", "measuredC"),
  ])
  func measuredTargetsHaveThem(target: String, settings: String, constant: String) throws {
    let rest = try #require(try Self.manifest().split(separator: "name: \"\(target)\"").last)
    let found = try #require(rest.firstMatch(of: try Regex(settings + #":\s*(\w+)"#)))
    #expect(found.output[1].substring == constant[...])
  }
}
