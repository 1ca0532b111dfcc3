import Foundation
import PerfGate

/// Files that a command makes: looked at before anything is measured, written whole or not at all.
enum OutputFile {
  /// Looks whether the file can be written; it is not changed, and not made.
  static func check(_ path: String) throws(CommandError) {
    do throws(FileWriteError) { try AtomicFile.check(path) } catch {
      throw cannotWrite(path, error)
    }
  }

  /// Replaces the file; a pipe is waited for until somebody reads it.
  static func write(_ text: String, to path: String, _ output: CommandOutput) throws(CommandError) {
    do throws(FileWriteError) {
      try AtomicFile.write(text, to: path) {
        output.complain("perfgate: waits until somebody reads \(path)")
      }
    } catch {
      // The reader has gone, as one of standard output may go.
      if error.code == EPIPE { CommandOutput.endQuietly() }
      throw cannotWrite(path, error)
    }
  }

  /// Whether it is written to as it is, to a reader that may be slow, go away or never come.
  static func isPipe(_ path: String) -> Bool { (try? FileKind(path)) == .pipe }

  /// Whether two outputs may share it: what is written to a terminal or to `/dev/null` replaces nothing.
  static func isDevice(_ path: String) -> Bool { (try? FileKind(path)) == .device }

  private static func cannotWrite(_ path: String, _ error: FileWriteError) -> CommandError {
    if let signal = error.signal {
      return CommandError(
        ExitCode(signal: signal),
        "interrupted by signal \(signal) while it waited for a reader of \(path)")
    }
    return CommandError(
      error.isBegun ? .cannotWrite : .cannotCreate,
      "cannot write \(path): \(error.reason); choose another file")
  }
}

/// All files of one command.
struct OutputFiles {
  /// Where the record goes; `nil`: nowhere.
  var record: RecordFile?
  /// The reports besides.
  var reports: ReportFiles

  /// Writes all of them, as far as they can be written.
  ///
  /// Files come first, then standard output, then pipes: whoever reads one may go away, or never come.
  ///
  /// - Throws: the first failure, when the others are written.
  func write(_ record: Record, to output: CommandOutput) throws(CommandError) {
    var failure: CommandError?
    func attempt(_ body: () throws(CommandError) -> Void) {
      do throws(CommandError) { try body() } catch { failure = failure ?? error }
    }
    var files: [(path: String, text: () throws(CommandError) -> String)] = reports.files(record)
    if let path = self.record?.path {
      files.insert((path, { () throws(CommandError) in try RecordFile.text(record) }), at: 0)
    }
    for (path, text) in files where !OutputFile.isPipe(path) {
      attempt { () throws(CommandError) in try OutputFile.write(text(), to: path, output) }
    }
    if self.record == .standardOutput {
      attempt { () throws(CommandError) in output.out(try RecordFile.text(record)) }
    }
    for (path, text) in files where OutputFile.isPipe(path) {
      attempt { () throws(CommandError) in try OutputFile.write(text(), to: path, output) }
    }
    if let failure { throw failure }
  }
}
