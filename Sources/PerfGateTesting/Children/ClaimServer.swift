import CPerfGateSystem
import Foundation
import PerfGate
import PerfGateWorkers

/// The side of a test bundle that was started again to run the closures of one claim. It judges
/// nothing, and writes no files.
enum ClaimServer {
  /// Whether this process serves a claim, so that all other measurements are left out.
  static var isServing: Bool { ClaimAddress.assigned != nil }

  /// Runs the arms that the parent asks for if this is the claim that the process was started for;
  /// the process then ends. Returns at once for any other claim.
  ///
  /// Must be called only if this process serves a claim.
  static func serve(
    _ claim: @autoclosure () -> TestClaim, test: String, at position: ClaimAddress.Position,
    _ place: Place
  ) {
    guard let assigned = ClaimAddress.assigned, position == assigned.position else { return }
    begin()
    do {
      let judged = try claim().judged(inTest: test)
      let found = ClaimAddress.Content(judged.claim, at: place)
      guard found == assigned.content else {
        refuse(
          "the same test reached another claim in another process: \(found), expected "
            + "\(assigned.content)")
      }
      answer(judged.catalog)
    } catch { refuse("\(error)") }
  }

  /// Tells the parent why the claim cannot be served, and ends the process.
  static func refuse(_ reason: String) -> Never {
    begin()
    let line = Array((WireError.other(reason).line + "\n").utf8)
    _ = line.withUnsafeBytes { bytes in
      bytes.baseAddress.map { pgp_send(pgp_bundle_socket(), $0, bytes.count) }
    }
    _exit(EXIT_FAILURE)
  }

  /// From here on, what the closures print goes to standard error, whose last lines the parent shows.
  private static func begin() {
    pgp_bundle_serves()
    // What the framework has printed so far goes nowhere.
    fflush(nil)
    dup2(STDERR_FILENO, STDOUT_FILENO)
    ProcessSignals.tellCrashes()
  }

  private static func answer(_ catalog: Catalog) -> Never {
    let server = ArmServer(catalog: catalog, version: Record.Tool.perfGateVersion)
    server.serve(input: pgp_bundle_socket(), output: pgp_bundle_socket())
    if !server.isEnded {
      let line = "the code of the test has closed the connection to the process that judges\n"
      _ = line.withCString { write(STDERR_FILENO, $0, strlen($0)) }
    }
    // No line about verdicts, no file of covered lines, and nothing that waits for threads.
    _exit(server.isEnded ? EXIT_SUCCESS : EXIT_FAILURE)
  }
}
