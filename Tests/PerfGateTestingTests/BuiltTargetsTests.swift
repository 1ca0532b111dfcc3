import Foundation
import PerfGate
import PerfGateReport
import Testing

@testable import PerfGateTesting

/// What SwiftPM's files of a build tell of code that is measured.
@Suite struct BuiltTargetsTests {
  /// A package whose tests are optimized: `Deep` is in a package that it depends on, `CMix` compiled from
  /// two files, `Far` used by a macro only.
  private func built(
    deep: String = "-Onone", mix: [String] = ["-O2", "-O2"], flags: [String] = []
  ) throws -> BuiltTargets {
    try BuiltTargets.madeUp(
      depends: [
        "MyTests": ["Mine", "Deep", "CMix", "PerfGateTesting", "PerfGate", "PerfGateReport"],
        "Mine": ["Deep"], "Alone": ["CMix"], "Deep": [],
        "PerfGateTesting": ["PerfGateReport", "PerfGate"],
      ],
      commands: [
        .swift("MyTests", ["-Onone", "-O"], files: ["/p/Tests/My \"own\" Tests.swift"]),
        .swift("Mine", ["-Onone", "-O"] + flags), .swift("Deep", [deep]),
        .swift("PerfGateReport", ["-Onone"]), .swift("PerfGate", ["-Onone", "-O"]),
        .c("CMix", ["-O0", mix[0]], file: "a.c"), .c("CMix", ["-O0", mix[1]], file: "b.c"),
      ])
  }

  @Test func whatOthersWereBuiltLikeIsKnown() throws {
    #expect(try built().unoptimized(below: "MyTests") == ["Deep"])
    #expect(try built(deep: "-O").unoptimized(below: "MyTests") == [])
    #expect(try built(deep: "-Osize").unoptimized(below: "MyTests") == [])
    #expect(try built().unoptimized(below: "Nobody") == nil)
    // One file of a C target is enough.
    #expect(try built(mix: ["-O2", "-O0"]).unoptimized(below: "Alone") == ["CMix"])
    #expect(try built(mix: ["-O2", "-O3"]).unoptimized(below: "Alone") == [])
  }

  /// The last word counts, and what is meant for another tool does not.
  @Test func wordsForOtherToolsSayNothing() throws {
    #expect(try built(deep: "-O", flags: ["-Onone"]).unoptimized(below: "MyTests") == ["Mine"])
    #expect(try built(deep: "-O", flags: ["-Xcc", "-O0"]).unoptimized(below: "MyTests") == [])
  }

  @Test func filesBelongToTargets() throws {
    #expect(try built().target(ofFile: "/p/Tests/My \"own\" Tests.swift") == "MyTests")
    #expect(try built().target(ofFile: "/p/Tests/My") == nil)
  }

  @Test func theMessageNamesTargetsAndRemedy() throws {
    let built = try built(mix: ["-O0", "-O2"])
    func refusal(_ target: String?, isDebug: Bool = true) -> String? {
      BuiltTargets.refusal(.success(built), isDebug: isDebug) { _ in target }
        .map { ReasonText.sentence($0) }
    }
    #expect(
      refusal("MyTests")
        == "MyTests uses targets that were built without optimization: CMix, Deep; "
        + "run swift test -c release")
    #expect(refusal("Deep") == nil)
    #expect(
      refusal(nil)?.hasPrefix("it is not known whether what it calls was built with") == true)
    #expect(refusal(nil, isDebug: false) == nil)
  }

  /// Without SwiftPM's files nothing is known: in debug that is no yes.
  @Test func otherBuildSystemsAreNotKnown() throws {
    let error = #expect(throws: BuiltTargets.Unknown.self) {
      try BuiltTargets(folder: "/nowhere/a/debug")
    }
    let unknown = try #require(error)
    #expect(
      unknown.description == "/nowhere/a/debug/description.json of SwiftPM's build is missing")
    #expect(
      BuiltTargets.refusal(.failure(unknown), isDebug: true) { _ in nil }
        == .unknownOptimization("\(unknown)"))
    #expect(BuiltTargets.refusal(.failure(unknown), isDebug: false) { _ in nil } == nil)
    #expect(throws: BuiltTargets.Unknown.self) {
      try BuiltTargets(description: Data("{}".utf8), manifest: "")
    }
    #expect(throws: BuiltTargets.Unknown.self) {
      try BuiltTargets(description: Data("{\"targetDependencyMap\": {}}".utf8), manifest: "x")
    }
  }

  /// This very program, which SwiftPM has built: its tests use a plant that nobody optimizes.
  @Test func theBuildOfTheseTestsIsRead() throws {
    let built = try BuiltTargets.current.get()
    #expect(built.target(ofFile: #filePath) == "PerfGateTestingTests")
    #expect(built.unoptimized(below: "PerfGateTestingTests") == ["PerfGateUnoptimizedPlant"])
    #expect(built.unoptimized(below: "PerfGateClaimsTests") == [])
    #expect(built.unoptimized(below: "PerfGateKernels") == [])
  }

  @Test func aKernelKnowsItsModule() {
    enum Local: Kernel {
      static let name = "local"
      static let work = Work(unit: "step", growth: .linear)
      static let variants = [Variant<Int>("swift.a", isReference: true) { _, _ in 0 }]
      static func makeInput(size: Int, seed: UInt64) throws -> Int { size }
    }
    #expect(AnyKernel(Local.self).module == "PerfGateTestingTests")
  }
}

extension BuiltTargets {
  /// A compiler's command, as SwiftPM writes it for llbuild.
  struct MadeUpCommand {
    var target: String
    var inputs: [String]
    var output: String
    var arguments: [String]

    static func swift(_ target: String, _ flags: [String], files: [String] = []) -> Self {
      Self(
        target: target, inputs: files, output: "main.swift.o",
        arguments: ["swiftc", "-module-name", target, "-emit-module", "-c"] + flags)
    }

    static func c(_ target: String, _ flags: [String], file: String) -> Self {
      Self(
        target: target, inputs: ["/p/\(file)"], output: "\(file).o",
        arguments: ["clang"] + flags + ["-c", "/p/\(file)"])
    }
  }

  /// A build that is read from text of SwiftPM's form.
  static func madeUp(
    depends: [String: [String]], commands: [MadeUpCommand]
  ) throws -> BuiltTargets {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    func list(_ words: [String]) throws -> String {
      String(decoding: try encoder.encode(words), as: UTF8.self)
    }
    var manifest = "client:\n  name: basic\ncommands:\n"
    for command in commands {
      manifest += """
          "C.\(command.target)-x86_64-unknown-linux-gnu-debug.module":
            tool: shell
            inputs: \(try list(command.inputs))
            outputs: \(try list(["/p/.build/x/debug/\(command.target).build/\(command.output)"]))
            description: "Compiling \(command.target)"
            args: \(try list(command.arguments))


        """
    }
    let plan = try encoder.encode(["targetDependencyMap": depends])
    return try BuiltTargets(description: plan, manifest: manifest)
  }
}

extension Result where Success == BuiltTargets, Failure == BuiltTargets.Unknown {
  /// A build in which the target of these files, and all that it uses, is optimized.
  static func madeUp(files: [String]) -> Self {
    do {
      return .success(
        try BuiltTargets.madeUp(
          depends: ["MadeUpTests": []], commands: [.swift("MadeUpTests", ["-O"], files: files)]))
    } catch { return .failure(BuiltTargets.Unknown(description: "\(error)")) }
  }
}
