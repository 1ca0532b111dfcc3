import CPerfGateSystem
import PerfGateMachine
import PerfGateWorkers

/// One start of a program that runs arms: a child process, its requests and answers, each with a
/// bound. Nothing that it says is trusted.
final class ArmConnection {
  private let child: ChildProcess
  private let program: String
  private let begin = pgp_monotonic_ns()
  /// What the program calls itself, with its version.
  private(set) var greeting = ""
  /// Why it was ended: after a failure nothing that it says counts.
  private var over: MeasurementError?

  /// Starts the program and greets it.
  ///
  /// - Parameters:
  ///   - memoryLimit: the most memory that it may use, in bytes; `nil` for no limit.
  ///   - limitsTree: whether that is for it and all that it starts.
  ///   - cpus: the CPUs it starts on; `nil`: those of this thread.
  init(
    _ program: ArmProgram, environment: [String: String], memoryLimit: Int?,
    limitsTree: Bool = false, cpus: CPUSet?
  ) throws(MeasurementError) {
    self.program = program.name
    do {
      child = try ChildProcess(
        program: program.path, name: program.nameArgument, arguments: program.arguments,
        environment: environment, socket: program.socket, cpus: cpus)
    } catch { throw .cannotStart("\(program.name) \(error)") }
    child.memoryLimit = memoryLimit
    child.limitsTree = limitsTree
    let answer = try ask(.hello(version: ArmProtocol.version), atMost: program.startTimeout)
    let words = answer.split(separator: " ", maxSplits: 2)
    guard words.count == 3, words[0] == "hello", words[1] == ArmProtocol.version else {
      throw strange(answer, to: .hello(version: ArmProtocol.version))
    }
    greeting = String(words[2])
  }

  /// The number of the process.
  var pid: Int { child.pid }

  /// The peak memory so far, in bytes; 0 if unknown.
  var peakBytes: Int { child.peakBytes ?? 0 }

  /// The priority of the process, -20 (highest) to 19.
  var nice: Int { Int(pgp_process_priority(Int32(child.pid))) }

  /// Sends a request and returns the first line of the answer.
  ///
  /// - Throws: ``MeasurementError/program(_:)``, also for an answer `error`.
  func ask(_ request: ArmRequest, atMost seconds: Double) throws(MeasurementError) -> String {
    let answer = try send(request, atMost: seconds)
    guard let error = WireError(answer) else { return answer }
    throw .program(described(.refused(error), request))
  }

  /// The lines that follow the first line of an answer.
  ///
  /// - Parameter seconds: how long all of them together may take.
  func lines(
    _ count: Int, of request: ArmRequest, atMost seconds: Double
  ) throws(MeasurementError) -> [String] {
    if let over { throw over }
    let start = pgp_monotonic_ns()
    var lines: [String] = []
    do throws(ChildFailure) {
      for _ in 0..<count {
        let left = seconds - Double(pgp_monotonic_ns() - start) * 1e-9
        guard left > 0 else {
          throw .slow(lines: lines.count, of: count, seconds)
        }
        try child.receiveLines(1, atMost: left, interruptSignal: Self.interruptSignal) {
          lines.append(String(decoding: $0, as: UTF8.self))
        }
      }
    } catch {
      guard case .silent = error else { throw end(error, request) }
      throw end(.slow(lines: lines.count, of: count, seconds), request)
    }
    return lines
  }

  /// The first line of an answer, which may be an error.
  private func send(_ request: ArmRequest, atMost seconds: Double) throws(MeasurementError)
    -> String
  {
    if let over { throw over }
    let early: String?
    do {
      early = try child.unasked()
      if early == nil {
        try child.send(request.line, interruptSignal: Self.interruptSignal)
        return try child.receive(atMost: seconds, interruptSignal: Self.interruptSignal)
      }
    } catch { throw end(error, request) }
    throw end(.early(early ?? ""), request)
  }

  /// The error for an answer that the protocol does not allow.
  func strange(_ answer: String, to request: ArmRequest) -> MeasurementError {
    end(.strange(answer), request)
  }

  /// Ends the process and everything that it started.
  func end() { child.end() }

  /// Lets the process end what it started, for which otherwise nobody here can wait, and then itself.
  /// Blocks for `seconds` at most, and for what `end()` takes.
  func quit(atMost seconds: Double) {
    guard over == nil, (try? child.send(ArmRequest.quit.line, atMost: seconds)) != nil else {
      return end()
    }
    child.quit(atMost: seconds)
  }

  private static func interruptSignal() -> Int32? { ProcessSignals.interruptSignal }

  private func end(_ error: ChildFailure, _ request: ArmRequest) -> MeasurementError {
    guard case .interrupted(let signal) = error else { return end(.child(error), request) }
    child.end()
    let failure = MeasurementError.worker(.interrupted(signal: signal))
    over = failure
    return failure
  }

  private func end(_ what: ProgramFailure.What, _ request: ArmRequest) -> MeasurementError {
    // Ending it first lets everything arrive that it wrote last.
    child.end()
    let failure = MeasurementError.program(described(what, request))
    over = failure
    return failure
  }

  private func described(_ what: ProgramFailure.What, _ request: ArmRequest) -> ProgramFailure {
    ProgramFailure(
      program: program, request: request, what: what, lastLines: child.lastLines,
      seconds: Double(pgp_monotonic_ns() - begin) * 1e-9)
  }
}

/// A program did not answer a request as it must.
package struct ProgramFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// What came back.
  package enum What: Hashable, Sendable {
    /// It ended, was silent, or cannot be understood.
    case child(ChildFailure)
    /// It answered `error`.
    case refused(WireError)
    /// It answered something else than the request asks for.
    case strange(String)
    /// It had answered before it was asked.
    case early(String)
  }

  /// The program's name.
  package var program: String
  /// The request.
  package var request: ArmRequest
  package var what: What
  /// The last lines of its output.
  package var lastLines: [String]
  /// How long it had run, in seconds.
  package var seconds: Double

  /// Whether the process did not end by itself, but said something that it must not.
  var isAnswer: Bool {
    switch what {
    case .child(.answerTooLong), .child(.answerNotASCII), .strange, .early: true
    case .child, .refused: false
    }
  }

  /// What happened to the process, without its name and the request.
  package var finding: String {
    let found =
      switch what {
      case .child(let failure): failure.description
      case .refused(let error): "answered \(error.line)"
      case .strange(let answer): "answered `\(answer.prefix(200))`"
      case .early(let answer): "had answered `\(answer.prefix(200))` before"
      }
    let lines = lastLines.filter { !Self.isOfStackTrace($0) }.suffix(Self.shownLines)
      .map { String($0.prefix(300)) }
    return found + after
      + (lines.isEmpty ? "" : "; its last lines: \(lines.joined(separator: " | "))")
  }

  /// How long the process ran, unless the finding itself says how long.
  private var after: String {
    if case .child(.silent) = what { return "" }
    return " after "
      + (seconds < 0.95 ? "\(Int(seconds * 1000)) ms" : "\(Int(seconds.rounded())) s")
  }

  /// Whether a line is one of the frames that Swift prints after the message of a fatal error, as
  /// in `12   libc.so.6   0x00007fa621adf1f5 <unavailable> + 561653`.
  private static func isOfStackTrace(_ line: String) -> Bool {
    let words = line.split(separator: " ", maxSplits: 3)
    return line.hasPrefix("Current stack trace")
      || words.count > 2 && UInt(words[0]) != nil && words[2].hasPrefix("0x")
  }

  /// One line: which program, which request, what came back.
  package var description: String { "\(program), asked `\(request.line)`, \(finding)" }

  private static let shownLines = 5
}

extension MeasurementError {
  /// What a program refused; `nil` for any other error.
  var refusal: WireError? {
    guard case .program(let failure) = self, case .refused(let refusal) = failure.what else {
      return nil
    }
    return refusal
  }
}
