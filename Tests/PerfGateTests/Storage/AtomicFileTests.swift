import Foundation
import PerfGate
import PerfGateTestSupport
import Testing

/// Files that are written beside others, in folders that are not only ours.
@Suite struct AtomicFileTests {
  /// The name of the temporary file can be guessed, and a link of that name be planted.
  @Test func aPlantedLinkIsNotFollowed() throws {
    let folder = try TemporaryFolder()
    let (victim, target) = (folder.path("victim"), folder.path("record.json"))
    try "before".write(toFile: victim, atomically: false, encoding: .utf8)
    for name in ["tmp", "check"] {
      try FileManager.default.createSymbolicLink(
        atPath: "\(target).\(name)-\(getpid())", withDestinationPath: victim)
    }
    try AtomicFile.write("first", to: target)
    try AtomicFile.check(target)
    #expect(try folder.text("record.json") == "first")
    #expect(try folder.text("victim") == "before")
    #expect(folder.files == ["record.json", "victim"])
  }
}
