import Foundation
import PerfGate
import PerfGateReport
import PerfGateWorkers

// libFuzzer's main loop, called from here because SwiftPM makes this file the program's entry.

@_silgen_name("LLVMFuzzerRunDriver")
func fuzzerRunDriver(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// One input: bytes that somebody gave us for a record or a baseline.
@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let data = Data(UnsafeBufferPointer(start: bytes, count: count))
  if let record = decoded(data, Record.decode) {
    use(record)
    useForVerdicts(data, record)
  } else {
    _ = decoded(data) { data throws(RecordError) in try Record.decode(data, content: .verdicts) }
  }
  if let baseline = decoded(data, Baseline.decode) { use(baseline) }
  useAsMessages(String(decoding: data, as: UTF8.self))
  useAsFrames(data)
  return 0
}

/// What is read; a refusal must be one line that a terminal can show.
func decoded<Value>(_ data: Data, _ decode: (Data) throws(RecordError) -> Value) -> Value? {
  do throws(RecordError) { return try decode(data) } catch {
    let text = error.description
    precondition(!text.isEmpty, "a refusal without a reason")
    return nil
  }
}

/// Everything that a command does with a record that it could read.
func use(_ record: Record) {
  plant(record)
  var record = record
  record.claims = Judge.results(record)
  record.remakeTables()
  keep(ConsoleReport.header(record) + ConsoleReport.body(record))
  keep([MarkdownReport.text(record), JUnitReport.xml([record])])
  keep(AnnotationReport.lines(record))
  keep([HTMLReport.page([record], against: [record])])
  guard let text = try? record.json() else { fatalError("a record that cannot be written") }
  guard let again = try? Record.decode(Data(text.utf8)) else {
    fatalError("a written record that cannot be read")
  }
  precondition(again == record, "a record changes when it is written and read")
  precondition(Judge.results(again) == record.claims, "other verdicts the second time")
}

/// Everything that merging does with a record that it could read.
func useForVerdicts(_ data: Data, _ record: Record) {
  guard let parts = try? Record.decode(data, content: .verdicts) else {
    fatalError("a record that cannot be read for its verdicts")
  }
  precondition(Judge.results(parts) == Judge.results(record), "other verdicts of its parts")
  var fleet = Fleet()
  for name in ["one", "two"] {
    fleet.add(FleetRun(parts, sentence: ReasonText.sentence), named: name)
  }
  let result = FleetResult(fleet)
  keep(FleetReport.lines(result, width: 80).map(\.text))
  keep([FleetReport.markdown(result), FleetReport.junit(result)])
  guard (try? result.json()) != nil else { fatalError("a fleet that cannot be written") }
}

/// Everything that a command does with a baseline that it could read.
func use(_ baseline: Baseline) {
  keep(BaselineReport.show(baseline, today: nil))
  keep([HTMLReport.page(baseline, today: nil)])
  keep(BaselineReport.list([baseline], key: "amd-epyc-9r14-2c-1n"))
  keep(baseline.staleness(claims: ["a"], toolchain: "Swift", now: .now))
  guard let text = try? baseline.json() else { fatalError("a baseline that cannot be written") }
  guard let again = try? Baseline.decode(Data(text.utf8)) else {
    fatalError("a written baseline that cannot be read")
  }
  precondition(again == baseline, "a baseline changes when it is written and read")
}

/// Everything that a parent or a child does with lines of the arm protocol.
func useAsMessages(_ text: String) {
  let lines = text.split(separator: "\n", maxSplits: 20, omittingEmptySubsequences: false)
    .map(String.init)
  for line in lines {
    if let request = try? ArmRequest(parsing: line) {
      let again = try? ArmRequest(parsing: request.line)
      precondition(
        again == request || request.line.utf8.count > ArmProtocol.longestLine,
        "a request changes when it is written and read")
    }
    if let seen = WireObservation(line) {
      precondition(WireObservation(seen.line) == seen, "an observation changes")
    }
    if let run = WireRun(line) { precondition(WireRun(run.line) == run, "a run changes") }
    if let error = WireError(line) {
      precondition(WireError(error.line) != nil, "an error is lost")
    }
    precondition(ArmProtocol.linesFollowing(line) >= 0, "fewer than no lines follow")
  }
  if let sample = WireSample(lines) {
    precondition(WireSample(sample.lines) != nil, "a sample is lost")
  }
}

/// Everything that a worker process does with bytes that it is sent, until their end. Its messages may be
/// of this many bytes, so that it can take no more memory than that.
func useAsFrames(_ data: Data) {
  var pair: [Int32] = [0, 0]
  // More than fits into a socket would wait for a reader.
  guard data.count < 16_384, socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0
  else { return }
  defer { for end in pair { close(end) } }
  _ = data.withUnsafeBytes { write(pair[0], $0.baseAddress, $0.count) }
  shutdown(pair[0], Int32(SHUT_WR))
  let server = WorkerServer(socket: pair[1]) { origin in
    precondition(origin.size >= 0, "a size below 0")
    switch origin.seed % 3 {
    case 0: return WorkerCode(run: { UInt64($0) })
    case 1:
      return WorkerCode(
        receiver: .serialized { count, fill in
          precondition(count <= mostMessage, "a message of \(count) bytes was believed")
          var memory = [UInt8](repeating: 0, count: count)
          memory.withUnsafeMutableBytes { fill($0) }
          return UInt64(count)
        }, mostBytes: mostMessage)
    default:
      return WorkerCode(receiver: .shared { UInt64($0.count) }, mostBytes: mostMessage)
    }
  }
  _ = server.serve()
}

let mostMessage = 4096

/// What is printed must be made at all.
func keep(_ lines: [String]) { blackHole(lines.reduce(0) { $0 &+ $1.utf8.count }) }

/// A fault that the search has to find, when it is asked for: a record of a machine with fewer than no
/// cores, which the reader accepts.
func plant(_ record: Record) {
  guard let fault = ProcessInfo.processInfo.environment["PERFGATE_FUZZ_PLANT"],
    record.machine.cores < 0
  else { return }
  if fault == "hang" { while true { usleep(1000) } }
  fatalError("the planted fault")
}

var count = CommandLine.argc
var arguments = CommandLine.unsafeArgv
exit(fuzzerRunDriver(&count, &arguments, testOneInput))
