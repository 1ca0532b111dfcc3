import CPerfGateSystem
import Foundation
import PerfGate
import PerfGateMachine
import PerfGateWorkers

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Runs programs of others, such as compilers, each with a bound.
enum OutsideProgram {
  /// What runs.
  struct Job {
    /// The program's path.
    var program: String
    var arguments: [String]
    var environment: [String: String]
    /// A file that its output and errors go to; `nil`: only their last lines are kept.
    var output: String?
    /// Whether only the output goes to that file, and the last lines of the errors are kept.
    var keepsErrors = false
    /// How long it may take, in seconds.
    var seconds: Double
    /// The signal that asks it to stop.
    var stopSignal = SIGINT
    /// How long it has to end by itself then, in seconds.
    var graceSeconds = 3.0
    /// What its standard input begins with, which ends with this program, however that ends: so it learns
    /// of it. `nil`: it has no input.
    var greeting: String?
  }

  /// How a program ended.
  struct Outcome {
    /// The last lines of what it wrote and what did not go to a file.
    var lines: [String]
    /// What went wrong, in words; `nil`: it exited with status 0.
    var failure: String?
    /// Its exit status; `nil` if it did not exit by itself.
    var status: Int32?
    /// How long it took, in seconds.
    var seconds: Double
    /// The signal that asked this program to stop meanwhile.
    var interrupted: Int32?
  }

  /// Runs a program to its end, `seconds` at most.
  static func run(
    _ program: String, _ arguments: [String], _ environment: [String: String],
    atMost seconds: Double
  ) -> Outcome {
    run(
      Job(
        program: program, arguments: arguments, environment: environment, output: nil,
        seconds: seconds))
  }

  /// Runs a program to its end.
  ///
  /// - Parameter waiting: called now and then meanwhile.
  static func run(_ job: Job, waiting: () -> Void = {}) -> Outcome {
    var outcomes: [Outcome] = []
    run([job], atOnce: 1, waiting: waiting) { outcomes.append($1) }
    return outcomes.first ?? Outcome(lines: [], failure: "did not start", seconds: 0)
  }

  /// Runs programs to their ends, some at once. When one fails, those that run are ended, and no other
  /// is started.
  ///
  /// - Parameters:
  ///   - atOnce: the most that run at once.
  ///   - waiting: called now and then meanwhile.
  ///   - ended: called with the index of each that was started, when it has ended.
  static func run(
    _ jobs: [Job], atOnce: Int, waiting: () -> Void = {}, ended: (Int, Outcome) -> Void
  ) {
    var next = 0
    var running: [(index: Int, run: Running)] = []
    var hasFailed = false
    while next < jobs.count && !hasFailed || !running.isEmpty {
      while !hasFailed, next < jobs.count, running.count < max(1, atOnce),
        ProcessSignals.interruptSignal == nil || next == 0
      {
        running.append((next, Running(jobs[next])))
        next += 1
      }
      if ProcessSignals.interruptSignal != nil { hasFailed = true }
      for (place, one) in running.enumerated().reversed() {
        guard hasFailed || one.run.isOver else { continue }
        running.remove(at: place)
        let outcome = one.run.end()
        if outcome.failure != nil { hasFailed = true }
        ended(one.index, outcome)
      }
      if !running.isEmpty {
        waiting()
        pgp_sleep_ns(2_000_000)
      }
    }
  }

  /// The path of a program in one of these folders; `nil` if none has it.
  static func find(_ name: String, in folders: [String]) -> String? {
    folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// The folders that programs are looked for in.
  static func searchPath(_ environment: [String: String]) -> [String] {
    (environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":").map(String.init)
  }
}

/// A program that was started.
private final class Running {
  private let job: OutsideProgram.Job
  private let begin = pgp_monotonic_ns()
  private var child: ChildProcess?
  private var refusal: String?

  init(_ job: OutsideProgram.Job) {
    self.job = job
    // Both outputs in one, unless errors are kept.
    var script =
      job.output == nil
      ? "exec \"$0\" \"$@\" 1>&2"
      : "out=$1; shift; exec \"$0\" \"$@\" >\"$out\"" + (job.keepsErrors ? "" : " 2>&1")
    if job.greeting == nil { script += " </dev/null" }
    do {
      child = try ChildProcess(
        program: "/bin/sh",
        arguments: ["-c", script, job.program] + (job.output.map { [$0] } ?? []) + job.arguments,
        environment: job.environment, socket: .standardStreams)
    } catch { refusal = error.description }
    if let greeting = job.greeting, let child {
      // A program that has ended reads nothing.
      _ = greeting.withCString { send(child.socket, $0, strlen($0), Int32(MSG_NOSIGNAL)) }
    }
  }

  private var elapsed: Double { Double(pgp_monotonic_ns() - begin) * 1e-9 }

  /// Whether it has ended, or must be.
  var isOver: Bool {
    guard let child else { return true }
    child.drain()
    return child.hasEnded != nil || elapsed >= job.seconds
  }

  /// Asks it to stop, as Ctrl-C does, so that it ends what it has started, and ends what is left: compilers
  /// have process groups of their own. When this returns, none of them writes a file any more. Blocks for
  /// 3 s more than its grace at most.
  private func stop(_ child: ChildProcess) {
    let tree = ProcessTree(root: child.pid)
    var all = Set(tree.members)
    var rest: Set<ProcessTree.Member> { all.filter { $0.process != child.pid } }
    tree.interrupt(job.stopSignal)
    // A shell ends before what it has started.
    Self.wait(atMost: job.graceSeconds) {
      all.formUnion(tree.members)
      return child.hasEnded != nil && ProcessTree.areGone(rest)
    }
    ProcessTree.kill(rest)
    Self.wait(atMost: 3) { ProcessTree.areGone(rest) }
  }

  private static func wait(atMost seconds: Double, until isTrue: () -> Bool) {
    let end = pgp_monotonic_ns() + UInt64(seconds * 1e9)
    while !isTrue(), pgp_monotonic_ns() < end { pgp_sleep_ns(2_000_000) }
  }

  /// Ends it if it still runs.
  func end() -> OutsideProgram.Outcome {
    guard let child else {
      return OutsideProgram.Outcome(lines: [], failure: refusal ?? "", seconds: elapsed)
    }
    let hasEnded = child.hasEnded != nil
    let isLate = elapsed >= job.seconds
    if !hasEnded { stop(child) }
    let end = child.end()
    var outcome = OutsideProgram.Outcome(lines: child.lastLines, seconds: elapsed)
    if hasEnded, case .exited(let status) = end { outcome.status = status }
    if !hasEnded {
      outcome.interrupted = ProcessSignals.interruptSignal
      outcome.failure =
        isLate ? "did not end within \(Int(job.seconds)) s" : "was ended before its end"
    } else if end != .exited(status: 0) {
      outcome.failure = end.description
    }
    return outcome
  }
}
