import Foundation
import Testing

/// Who may know the operating system, and how its C library is imported: looked up in the sources.
@Suite struct TidinessTests {
  private struct Source {
    var path: String
    var lines: [Substring]
  }

  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// The sources below folders of the package, by their paths in it.
  private static func sources(_ folders: String..., extensions: Set<String>) -> [Source] {
    let root = root.path + "/"
    return folders.flatMap { folder -> [Source] in
      let all = FileManager.default.enumerator(atPath: root + folder)
      let paths = (all?.compactMap { $0 as? String } ?? []).map { "\(folder)/\($0)" }
      return paths.filter { extensions.contains(String($0.split(separator: ".").last ?? "")) }
        .compactMap { path in
          (try? String(contentsOfFile: root + path, encoding: .utf8)).map {
            Source(path: path, lines: $0.split(separator: "\n", omittingEmptySubsequences: false))
          }
        }
    }
  }

  /// Whether a line of code, not of a comment, holds a path below `/proc` or `/sys`.
  private static func namesSystemFile(_ line: Substring) -> Bool {
    let code = line.prefix(upTo: line.firstRange(of: "// ")?.lowerBound ?? line.endIndex)
    guard !code.drop(while: \.isWhitespace).hasPrefix("//") else { return false }
    return code.contains(/["\/)](proc|sys)\/[a-z\\%]/) || code.contains(/"\/(proc|sys)\/?"/)
  }

  @Test func onlyTheMachineKnowsProcAndSys() throws {
    let all = Self.sources(
      "Sources", "CKernels", extensions: ["swift", "c", "h"])
    let mayKnow = { (path: String) in
      path.hasPrefix("Sources/PerfGateMachine/") || path.hasPrefix("Sources/CPerfGateSystem/")
    }
    #expect(all.count > 150)
    let found = all.filter { !mayKnow($0.path) }.flatMap { source in
      source.lines.filter(Self.namesSystemFile).map { "\(source.path): \($0)" }
    }
    #expect(found == [])
    // The look sees what it is to see.
    let known = all.filter { mayKnow($0.path) && $0.lines.contains(where: Self.namesSystemFile) }
    #expect(known.count >= 10, "\(known.map(\.path))")
  }

  @Test(arguments: [
    ("    let text = read(\"/proc/meminfo\")", true), ("  folder(\"/proc\")", true),
    ("  open(\"\\(root)/sys/devices/system\")", true), ("  read(\"/proc/\\(pid)/stat\")", true),
    ("  snprintf(path, n, \"/proc/%d/stat\", id)", true),
    ("  /// What `/proc/locks` tells.", false), ("  f() // from /proc/stat", false),
    ("  help(\"another one's /sys and /proc tree\")", false),
    ("#include <sys/mman.h>", false), ("  let process = \"proc\"", false),
  ])
  func pathsAreTold(line: String, isPath: Bool) {
    #expect(Self.namesSystemFile(line[...]) == isPath)
  }

  /// One spelling, so that none of the three is forgotten.
  @Test func theCLibraryIsImportedInOneWay() {
    let block = [
      "#if canImport(Glibc)", "  import Glibc", "#elseif canImport(Musl)", "  import Musl",
      "#elseif canImport(Darwin)", "  import Darwin", "#endif",
    ]
    var files = 0
    for source in Self.sources("Sources", "Tests", extensions: ["swift"])
    where !source.path.contains("/.build/") {
      // All of a file may stand within another `#if`.
      let lines = source.lines.map { line in
        let indent = line.prefix { $0 == " " }.count
        return String(
          line.contains("import ") ? line.dropFirst(max(0, indent - 2)) : line.dropFirst(indent))
      }
      let imports = lines.indices.filter {
        lines[$0].contains(/^ *import (Glibc|Musl|Darwin)$/)
      }
      guard let first = imports.first else { continue }
      files += 1
      let found = lines[max(0, first - 1)..<min(lines.count, first + 6)]
      #expect(Array(found) == block && imports.count == 3, "\(source.path)")
    }
    #expect(files > 20)
  }
}
