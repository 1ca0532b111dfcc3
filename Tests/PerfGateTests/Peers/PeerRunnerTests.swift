import Foundation
import PerfGateMachine
import PerfGateTestSupport
import PerfGateWorkers
import Testing

@testable import PerfGate

/// Programs in another language beside this one: everything that they say is checked.
@Suite(.timeLimit(.minutes(15)), .enabled(if: installed("python3") != nil, "python3 is missing"))
struct PeerRunnerTests {
  private let mark = "peer-\(UUID().uuidString)"

  /// A program that does the work of ``Served``, except for one fault.
  private static let python = """
    import os, sys, time
    M = 2**64 - 1
    fault, made, last, runs = sys.argv[1], None, [], 0
    if fault == "no module":
      import nothing_of_that_name
    if fault == "slow start":
      time.sleep(0.3)
    def out(text, end="\\n"):
      sys.stdout.write(text + end)
      sys.stdout.flush()
    for line in sys.stdin:
      word, *rest = line.split()
      if word == "hello":
        out("hello perfgate.arm/1 made-up 3")
      elif word == "prepare":
        made = rest
        out("ready 1000")
      elif word == "run":
        kernel, variant, executor, workers, tasks, size, seed = rest
        assert made == [kernel, size, seed] and not variant.startswith("peer.")
        runs += 1
        start = time.monotonic_ns()
        value = int(size) * 1000003 + int(seed)
        last = [((value ^ task) * 0x9e3779b97f4a7c15) & M for task in range(int(tasks))]
        if fault == "lie" and len(last) > 5:
          last[5] ^= 1
        h = 0xcbf29ce484222325
        for r in last:
          h = ((h ^ r) * 0x100000001b3) & M
        if fault == "other checksum":
          h ^= 1
        ran = max(1, time.monotonic_ns() - start)
        if fault == "short time":
          end = time.process_time() + 0.15
          while time.process_time() < end:
            pass
        if fault == "long time":
          ran = 10**12
        if fault == "hang":
          time.sleep(1000)
        if fault == "die":
          sys.stderr.write("out of luck\\n")
          os._exit(3)
        if fault == "garbage":
          out("ran very fast")
          continue
        if fault == "no end":
          out("ran 1 1 00000000000000", end="")
          time.sleep(1000)
        answer = f"ran {ran} {ran} {h:016x}"
        # In one piece: a second line that comes later is found later.
        out(answer + "\\n" + answer if fault == "twice" else answer)
      elif word == "results":
        first, count = int(rest[0]), int(rest[1])
        out("\\n".join([f"results {count}"] + [f"{r:016x}" for r in last[first:first + count]]))
      elif word == "quit":
        break
      else:
        out(f"error I do not know {word}")
    """

  private func catalog(_ peers: String...) throws -> Catalog {
    try Catalog([
      AnyKernel(Served.self).adding(
        peers.map {
          AnyKernel.VariantInfo("\($0).a", peer: .init(program: $0, executor: "channel"))
        })
    ])
  }

  private func peer(_ fault: String, kept: Bool = false, _ catalog: Catalog) throws -> Peer {
    let bounds = ["hang", "no end"].contains(fault) ? ArmBounds.allowing(3) : .patient
    let machine = try Machine.current()
    return Peer(
      ArmProgram(
        name: "peer", path: try #require(installed("python3")),
        arguments: ["-c", Self.python, fault, mark], environment: ["PATH": "/usr/bin:/bin"],
        socket: .standardStreams, mustPlace: false),
      isKept: kept, catalog: catalog, placement: try plan(machine), machine: machine, seed: 42,
      timeout: bounds.leastArm, bounds: bounds)
  }

  private func plan(_ machine: Machine) throws -> PlacementPlan {
    try Placement.plan(
      PlacementRequest(), workers: 1, topology: machine.topology, allowed: machine.allowed)
  }

  private func runner(_ peer: Peer, _ catalog: Catalog) throws -> PeerRunner {
    let own = try LocalRunner(
      catalog: catalog, slots: WirePlacement(cpus: nil).slots, seed: 42)
    return PeerRunner(own: own, peers: [peer], catalog: catalog, seed: 42, mostWorkers: 1)
  }

  private let arm = Arm(kernel: Served.name, variant: "peer.a", workers: 1, tasks: 300, size: 7)

  private func failure(_ fault: String) throws -> String {
    let catalog = try catalog("peer")
    let runner = try runner(try peer(fault, catalog), catalog)
    defer {
      runner.end()
      #expect(areGone(mark))
    }
    do {
      _ = try runner.run(arm)
      _ = try runner.run(arm)
      return ""
    } catch {
      #expect(!"\(error)".contains("\n"))
      return "\(error)"
    }
  }

  @Test func anHonestOneIsBelieved() throws {
    let catalog = try catalog("peer")
    let peer = try peer("none", catalog)
    let runner = try runner(peer, catalog)
    #expect(try peer.connect() < 10 && peer.greeting == "made-up 3")
    let sample = try runner.run(arm)
    #expect(sample.seconds > 0 && sample.cpuSeconds > 0)
    // Its own arms go on in this process.
    var own = arm
    own.variant = "c.a"
    #expect(try runner.run(own).seconds > 0)
    #expect(try runner.checksum(of: arm) == runner.checksum(of: own))
    let variant = try #require(catalog.kernel(Served.name)?.variant("peer.a"))
    #expect(arm.placed(variant).id == "peer!made-up.served/peer.a/sp/1")
    #expect(runner.peakBytes(of: arm) > 1_000_000)
    runner.end()
    #expect(areGone(mark))
  }

  @Test(arguments: [
    ("lie", "work of made-up.served/peer.a is not proven: task 5 returned 0x"),
    ("other checksum", "told a checksum that its results do not have, or that changes"),
    ("die", "exited with status 3"), ("die", "out of luck"),
    ("short time", "told a time of "),
    ("long time", "told a time of 1000.0 s, but answered after "),
    ("garbage", "answered `ran very fast`"),
    ("no end", "peer.a is not proven: its process "),
    ("hang", "peer.a is not proven: its process "), ("twice", "had answered `ran "),
    ("no module", "nothing_of_that_name"),
  ])
  func aFaultIsTold(fault: String, text: String) throws {
    let found = try failure(fault)
    #expect(found.contains(text), "\(found)")
    #expect(found.contains("peer"), "\(found)")
  }

  @Test func aSlowStartIsNoFault() throws { #expect(try failure("slow start") == "") }

  /// Runs nothing, and says that rounds are starts.
  private final class Starting: ArmRunner {
    var startsProcesses: Bool { true }
    var mayRaise = false
    func raisePriority() -> Bool { mayRaise }
    func run(_ arm: Arm) -> ArmSample { ArmSample(seconds: 1, cpuSeconds: 1) }
  }

  /// One that takes long to start is the same process over rounds; the others are new ones.
  @Test(arguments: [false, true]) func roundsAreStartsUnlessItIsKept(kept: Bool) throws {
    let catalog = try catalog("peer")
    let peer = try peer("none", kept: kept, catalog)
    let runner = try runner(peer, catalog)
    defer { runner.end() }
    var seen: Set<Int> = []
    for _ in 0..<3 {
      try runner.start([arm])
      _ = try runner.run(arm)
      seen.formUnion(marked(mark))
    }
    #expect(seen.count == (kept ? 1 : 3))
    // This process runs the own arms, so nothing counts as a start of its own.
    #expect(!runner.startsAnew(arm))
    let other = PeerRunner(
      own: Starting(), peers: [peer], catalog: catalog, seed: 42, mostWorkers: 1)
    var own = arm
    own.variant = "c.a"
    #expect(other.startsAnew(own) && other.startsAnew(arm) == !kept)
    // All get it, or none.
    #expect(!other.raisePriority() && !peer.hasPriority)
    let allowed = Starting()
    allowed.mayRaise = true
    let fair = PeerRunner(
      own: allowed, peers: [peer], catalog: catalog, seed: 42, mostWorkers: 1)
    #expect(fair.raisePriority() && peer.hasPriority)
  }
}
