import Foundation
import PerfGate

/// A file that a command writes. It is checked before anything is measured, and written completely
/// or not at all.
enum OutputFile {
  /// Checks that the file can be written, without changing or creating it.
  static func check(_ path: String) throws(CommandError) {
    do throws(FileWriteError) { try AtomicFile.check(path) } catch {
      throw cannotWrite(path, error)
    }
  }

  /// Replaces the file. Blocks until a named pipe has a reader.
  static func write(_ text: String, to path: String, _ output: CommandOutput) throws(CommandError) {
    do throws(FileWriteError) {
      try AtomicFile.write(text, to: path) {
        output.complain("perfgate: waiting for a reader of \(path)")
      }
    } catch {
      // The reader of the pipe has closed it, as the reader of standard output may.
      if error.code == EPIPE { CommandOutput.endQuietly() }
      throw cannotWrite(path, error)
    }
  }

  /// Whether it is a pipe or a device: its reader may be slow, close it early, or never open it.
  static func isPipe(_ path: String) -> Bool { (try? FileKind(path)) == .pipe }

  /// Whether two outputs may share it: writing to a terminal or to `/dev/null` replaces nothing.
  static func isDevice(_ path: String) -> Bool { (try? FileKind(path)) == .device }

  private static func cannotWrite(_ path: String, _ error: FileWriteError) -> CommandError {
    if let signal = error.signal {
      return CommandError(
        ExitCode(signal: signal),
        "interrupted by signal \(signal) while waiting for a reader of \(path)")
    }
    var found = CommandError(
      error.isBegun ? .cannotWrite : .cannotCreate,
      "cannot write \(path): \(error.reason); choose another file")
    found.path = path
    return found
  }
}

/// All output files of one command.
struct OutputFiles {
  /// Where to write the record; `nil`: nowhere.
  var record: RecordFile?
  /// The other reports.
  var reports: ReportFiles

  /// Whether standard output is for the record or one report, and nothing else may go there.
  var takeStandardOutput: Bool { record == .standardOutput || reports.takeStandardOutput }

  /// Writes all files that can be written.
  ///
  /// Writes files first, then standard output, then pipes, because the reader of a pipe may close
  /// it early or never open it.
  ///
  /// - Throws: the first failure, after writing the others.
  func write(_ record: Record, to output: CommandOutput) throws(CommandError) {
    try write([record], to: output)
  }

  /// The same of several records, of which none is written itself.
  ///
  /// - Parameter others: records whose values are shown beside them.
  func write(
    _ records: [Record], beside others: [Record] = [], to output: CommandOutput
  ) throws(CommandError) {
    var files: [(path: String, text: () throws(CommandError) -> String)] =
      reports.files(records, beside: others)
    if let record, let one = records.first {
      files.insert(
        (record.path ?? "-", { () throws(CommandError) in try RecordFile.text(one) }), at: 0)
    }
    try Self.write(files, to: output)
  }

  /// The same for any files; `-` is standard output.
  static func write(
    _ files: [(path: String, text: () throws(CommandError) -> String)], to output: CommandOutput
  ) throws(CommandError) {
    var failure: CommandError?
    func attempt(_ body: () throws(CommandError) -> Void) {
      do throws(CommandError) { try body() } catch { failure = failure ?? error }
    }
    for (path, text) in files where path != "-" && !OutputFile.isPipe(path) {
      attempt { () throws(CommandError) in try OutputFile.write(text(), to: path, output) }
    }
    for (path, text) in files where path == "-" {
      attempt { () throws(CommandError) in output.out(try text()) }
    }
    for (path, text) in files where path != "-" && OutputFile.isPipe(path) {
      attempt { () throws(CommandError) in try OutputFile.write(text(), to: path, output) }
    }
    if let failure { throw failure }
  }
}
