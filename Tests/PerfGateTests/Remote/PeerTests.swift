import Foundation
import PerfGateStatistics
import PerfGateTestSupport
import PerfGateWorkers
import Testing

@testable import PerfGate
@testable import PerfGateMachine

/// Programs that speak no more than the protocol, or less.
@Suite(.timeLimit(.minutes(15))) struct PeerTests {
  private let mark = "peer-\(UUID().uuidString)"

  private func runner(
    _ path: String, _ arguments: [String], mustPlace: Bool = false, cpu: Int? = nil,
    startTimeout: Double = 30, _ bounds: ArmBounds = .patient
  ) throws -> RemoteRunner {
    RemoteRunner(
      catalog: try Catalog([AnyKernel(Served.self)]),
      program: ArmProgram(
        name: "peer", path: path, arguments: arguments, environment: ["PATH": "/usr/bin:/bin"],
        socket: .standardStreams, startTimeout: startTimeout, mustPlace: mustPlace),
      placement: WirePlacement(cpus: cpu.map { [$0] }), seed: 42, timeout: bounds.leastArm,
      bounds: bounds, siblings: [CPUSet()], throttleFiles: [])
  }

  /// A whole program in another language, which knows nothing but the protocol.
  private static let python = """
    import sys, time
    M = 2**64 - 1
    made, last = None, []
    print("hello", end="", file=sys.stderr)
    for line in sys.stdin:
      word, *rest = line.split()
      if word == "hello":
        answer = ["hello perfgate.arm/1 python 3"]
      elif word == "prepare":
        kernel, size, seed = rest[0], int(rest[1]), int(rest[2])
        made, answer = (kernel, size, seed), ["ready 1000"]
      elif word == "run":
        kernel, variant, executor, workers, tasks, size, seed = rest
        if made != (kernel, int(size), int(seed)):
          answer = ["error not prepared"]
        else:
          start, cpu = time.monotonic_ns(), time.process_time_ns()
          value = int(size) * 1000003 + int(seed)
          last = [((value ^ task) * 0x9e3779b97f4a7c15) & M for task in range(int(tasks))]
          if variant == "swift.wrong" and len(last) > 30:
            last[30] ^= 1
          ran, used = time.monotonic_ns() - start, time.process_time_ns() - cpu
          h = 0xcbf29ce484222325
          for r in last:
            h = ((h ^ r) * 0x100000001b3) & M
          answer = [f"ran {ran} {used} {h:016x}"]
      elif word == "results":
        first, count = int(rest[0]), int(rest[1])
        answer = [f"results {count}"] + [f"{r:016x}" for r in last[first:first + count]]
      elif word == "quit":
        break
      else:
        answer = [f"error I do not know {word}"]
      print("\\n".join(answer), flush=True)
    """

  @Test(.enabled(if: installed("python3") != nil, "python3 is not installed"))
  func thirtyLinesOfPythonAreEnough() throws {
    let cpu = try ThreadPinning.currentMask().last
    let peer = try runner(
      try #require(installed("python3")), ["-c", Self.python, mark], cpu: cpu)
    let local = try LocalRunner(
      catalog: try Catalog([AnyKernel(Served.self)]), slots: WirePlacement(cpus: nil).slots,
      seed: 42)
    // Two sizes in turn: it keeps only one input.
    for size in [7, 8, 7] {
      let arms = ["swift.a", "c.a"].map {
        Arm(kernel: Served.name, variant: $0, workers: 1, tasks: 300, size: size)
      }
      try peer.start(arms)
      for arm in arms + [Arm(kernel: Served.name, variant: "c.a", workers: 1, tasks: 9, size: 1)] {
        let sample = try peer.run(arm)
        #expect(sample.seconds > 0 && sample.disturbances.isEmpty)
        #expect((0...1).contains(sample.sleepShare))
        #expect(try peer.checksum(of: arm) == local.checksum(of: arm))
      }
    }
    let wrong = Arm(kernel: Served.name, variant: "swift.wrong", workers: 1, tasks: 300, size: 7)
    let found = #expect(throws: MeasurementError.self) { _ = try peer.run(wrong) }
    #expect(
      "\(found.map { "\($0)" } ?? "")".contains("swift.wrong is not proven: task 30 returned"))
    #expect(!peer.raisePriority() && peer.observations.isEmpty)
    // It cannot place itself, and was started where its workers belong.
    let pid = try #require(marked(mark).first)
    let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
    #expect(status.contains("Cpus_allowed_list:\t\(cpu ?? -1)\n"))
    peer.end()
    #expect(marked(mark).isEmpty)
  }

  /// A shell that answers each request well but one.
  private func shell(_ request: String, _ answer: String) -> [String] {
    let script = """
      : \(mark)
      while read -r word rest; do
        case $word in
        \(request)) \(answer) ;;
        hello) echo hello perfgate.arm/1 sh 1 ;;
        place) echo placed none ;;
        prepare|keep) echo ready 1000 ;;
        run) echo ran 1000000 900000 00000000000000aa ;;
        quit) exit 0 ;;
        *) echo error unknown $word ;;
        esac
      done
      """
    return ["-c", script]
  }

  private let arm = Arm(kernel: Served.name, variant: "swift.a", workers: 1, tasks: 4, size: 1)

  /// What an arm fails with; `nil`: it does not.
  ///
  /// - Parameter seconds: how long an answer may take.
  private func failure(
    _ request: String, _ answer: String, mustPlace: Bool = true, atMost seconds: Double = 60
  ) throws -> String? {
    let peer = try runner(
      "/bin/sh", shell(request, answer), mustPlace: mustPlace,
      startTimeout: request == "hello" ? min(seconds, 30) : 30, .allowing(seconds))
    defer {
      peer.end()
      #expect(areGone(mark))
    }
    do {
      _ = try peer.run(arm)
      _ = try peer.run(arm)
      return nil
    } catch {
      #expect(!"\(error)".contains("\n"))
      return "\(error)"
    }
  }

  @Test func aPeerOfTheProtocolIsUsed() throws {
    #expect(try failure("none", "") == nil)
    #expect(try failure("place", "echo error not here", mustPlace: false) == nil)
    #expect(
      try failure("place", "echo error not here")
        == "workers are not placed as planned: not here; free the cpus, or choose others")
  }

  @Test func aClosureThatThrewKeepsItsWords() throws {
    #expect(
      try failure("run", "echo error threw swift.a 3 no%20luck:%20100%25")
        == "the `swift.a:` closure threw in call 3: no luck: 100%")
    #expect(
      try failure("prepare|keep", "echo error input no%20file,%20not at all")
        == "cannot make the input of made-up.served at size 1: no file, not at all")
  }

  /// One line, which names the program, the request and what came back.
  @Test(arguments: [
    ("hello", "echo hello perfgate.arm/2 sh 1", "answered `hello perfgate.arm/2 sh 1`"),
    ("hello", "echo Welcome", "answered `Welcome`"),
    ("hello", "exit 3", "exited with status 3"),
    ("hello", "echo bad luck >&2; kill -SEGV $$", "its last lines: bad luck"),
    ("hello", "sleep 60", "gave no answer for 3 s"),
    ("hello", "exec <&- >&-; sleep 60", "closed its connection and goes on"),
    ("place", "echo placed", "answered `placed`"),
    ("keep", "echo ready", "answered `ready`"),
    ("keep", "echo ready 1 2", "answered `ready 1 2`"),
    ("keep", "echo ready -1", "answered `ready -1`"),
    ("keep", "echo ready 1e3", "answered `ready 1e3`"),
    ("keep", "echo", "answered ``"),
    ("run", "echo ready 1", "answered `ready 1`"),
    ("run", "echo ran 1 1", "answered `ran 1 1`"),
    ("run", "echo ran 1 1 00000000000000aa 5", "answered `ran 1 1 00000000000000aa 5`"),
    ("run", "echo ran -1 1 00000000000000aa", "answered `ran -1 1 00000000000000aa`"),
    ("run", "echo ran 1 1 aa", "answered `ran 1 1 aa`"),
    ("run", "echo ran 99999999999999999999 1 00000000000000aa", "answered `ran 9999999"),
    ("run", "head -c 5000 /dev/zero | tr '\\\\0' x; echo", "more than 4096 bytes in a line"),
    ("run", "printf 'ran 1 \\\\303\\\\274\\\\n'", "byte 195 at position 6"),
    ("run", "sleep 60", "gave no answer for 3 s"),
    ("run", "printf 'ran 1 1 '; kill -KILL $$", "was killed by signal 9 (SIGKILL)"),
    ("run", "printf 'ran 1 1 '; sleep 60", "gave no answer for 3 s"),
    ("sample", "echo sample 0 0 0 99999", "answered `sample 0 0 0 99999`"),
    (
      "sample", "echo sample 0 0 0 2; echo a b; sleep 60",
      "gave 1 of 2 lines of its answer in 3 s"
    ),
    (
      "sample", "echo sample 0 0 0 5000; while :; do echo a b; sleep 0.2; done",
      "of 5000 lines of its answer in 3 s"
    ),
    ("sample", "echo sample 0 0 0 1; echo; sleep 60", "answered `sample 0 0 0 1`"),
    (
      "run", "printf 'ran 9 9 00000000000000aa\\\\nran 1 1 00000000000000aa\\\\n'",
      "had answered `ran 1 1 00000000000000aa` before"
    ),
  ])
  func aBadAnswerEndsTheProgramInOneLine(request: String, answer: String, text: String) throws {
    // Where a missing answer is not the point, a busy machine has time.
    let isSilent = text.hasSuffix(" 3 s")
    let found =
      try failure(
        request, answer.replacing("\\\\", with: "\\"), atMost: isSilent ? 3 : 60) ?? "none"
    #expect(found.contains(text), "\(found)")
    let isEnd = found.contains("its process ") && !found.contains("its process of peer")
    #expect(isEnd || found.contains("peer, asked `"), "\(found)")
  }

  /// More than what was asked for, without an end.
  @Test func endlessLinesAreNotRead() throws {
    let found = try failure("keep", "exec yes ready 5") ?? "none"
    #expect(found.contains("had answered `ready 5` before"), "\(found)")
  }

  @Test func wrongCountsOfResultsAreSeen() throws {
    for (answer, text) in [
      ("echo results 3", "answered `results 3`"),
      ("echo results 4; echo 0; echo x; echo; echo 1", "answered `0`"),
      ("echo results 4; echo 00000000000000aa; exit", "exited with status 0"),
    ] {
      let script =
        "run) case $rest in *swift.a*) echo ran 1000000 900000 00000000000000ab ;; "
        + "*) echo ran 1000000 900000 00000000000000aa ;; esac ;; results"
      let found = try failure(script, answer) ?? "none"
      #expect(found.contains(text), "\(found)")
    }
  }
}
