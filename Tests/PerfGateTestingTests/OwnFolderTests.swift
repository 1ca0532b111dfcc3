import Foundation
import PerfGate
import PerfGateTestSupport
import Testing

/// The folder in the temporary folder is this user's alone, or it is not used.
@Suite struct OwnFolderTests {
  private let temporary: TemporaryFolder
  private var path: String { temporary.path("own") }

  init() throws { temporary = try TemporaryFolder() }

  private func mode() throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }

  @Test func isMadeClosedAndUsedAgain() throws {
    try OwnFolder.make(path)
    #expect(try mode() == 0o700)
    try OwnFolder.make(path)
    try OwnFolder.check(path)
  }

  @Test func whatWasPlantedIsRefused() throws {
    func refused(_ found: String, _ plant: () throws -> Void) throws {
      try plant()
      for use in [OwnFolder.make, OwnFolder.check] as [(String) throws -> Void] {
        let error = #expect(throws: OwnFolderError.self) { try use(path) }
        #expect(
          error?.description
            == "cannot use the folder \(path): \(found); "
            + "remove it, or set TMPDIR to a folder of your own")
      }
      try FileManager.default.removeItem(atPath: path)
    }
    let other = temporary.path("other")
    try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: false)
    try refused("it is a symbolic link") {
      try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: other)
    }
    try refused("it is not a folder") {
      #expect(FileManager.default.createFile(atPath: path, contents: nil))
    }
    try refused("others have access to it (mode 770)") {
      #expect(mkdir(path, 0o700) == 0 && chmod(path, 0o770) == 0)
    }
    // Only root can give a folder away.
    if geteuid() == 0 {
      try refused("it belongs to user 65534") {
        #expect(mkdir(path, 0o700) == 0 && chown(path, 65534, 65534) == 0)
      }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: other).isEmpty)
  }

  @Test func aMissingTemporaryFolderIsTold() {
    let error = #expect(throws: OwnFolderError.self) {
      try OwnFolder.make(temporary.path("missing/own"))
    }
    #expect(error?.description.hasSuffix("set TMPDIR to a folder that you can write to") == true)
  }

  @Test func itsNameHoldsTheUser() {
    #expect(OwnFolder.path == "\(OwnFolder.temporary)/perfgate-\(geteuid())")
    #expect(OwnFolder.temporary.hasPrefix("/") && OwnFolder.temporary != "/")
  }
}
