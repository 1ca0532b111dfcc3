import PerfGate

/// A machine whose clock only moves when an arm runs or somebody sleeps: runner, clock and probe of
/// a gate in one, with made-up times and made-up disturbances.
package final class VirtualMachine: ArmRunner, MeasurementClock, RoundProbe {
  /// One execution of an arm.
  package struct Execution {
    package var arm: Arm
    /// Counts `beginRound`, warm-ups too, over all sequences, from 0.
    package var round: Int
    package var begin: Double
    package var seconds: Double
    package var causes: [DropCause]
  }

  /// What is to happen to one execution besides the noise.
  package struct Event {
    package var factor = 1.0
    package var causes: [DropCause] = []
    /// The part of its time in which it waits for its CPU, 0 to 1.
    package var delay = 0.0

    package init(factor: Double = 1, causes: [DropCause] = [], delay: Double = 0) {
      self.factor = factor
      self.causes = causes
      self.delay = delay
    }
  }

  package private(set) var seconds = 0.0
  package private(set) var executions: [Execution] = []
  /// When each sleep began, and how long it was.
  package private(set) var sleeps: [(begin: Double, seconds: Double)] = []
  /// How long it was waited for quiet, each time.
  package private(set) var waits: [Double] = []
  package private(set) var rounds = 0
  /// What happens to an arm in a round.
  package var event: (_ arm: Arm, _ round: Int) -> Event = { _, _ in Event() }
  /// What disturbs a whole round.
  package var roundCauses: (_ round: Int) -> [DropCause] = { _ in [] }
  /// What an arm fails with in a round.
  package var failure: (_ arm: Arm, _ round: Int) -> MeasurementError? = { _, _ in nil }
  /// How long a new process takes to start; `nil`: none can be started.
  package var startSeconds: Double?
  /// How much longer an arm takes in a process, drawn when that starts.
  package var startFactor: (_ arm: Arm, _ start: Int) -> Double = { _, _ in 1 }
  /// How many processes were started.
  package private(set) var starts = 0
  /// Who is busy when it was waited for quiet.
  package var busy: String?
  /// Who uses CPUs.
  package var others: [String] = []
  /// The true time of an arm of 50 tasks of 1000 units; time grows with both.
  private let truth: (Arm) -> Double
  private var noise: NoiseModel?
  /// In the order in which they ran first.
  private var arms: [Arm] = []
  private var isInRound = false

  /// A machine on which each arm takes its true time, with noise or exactly.
  ///
  /// Noise, events and failures are those of rounds: sizes are found, and work is proven, in peace.
  package init(noise shape: NoiseModel.Shape? = nil, seed: UInt64, truth: @escaping (Arm) -> Double)
  {
    self.truth = truth
    noise = shape.map { NoiseModel($0, trueSeconds: Array(repeating: 1, count: 32), seed: seed) }
  }

  package func run(_ arm: Arm) throws(MeasurementError) -> ArmSample {
    let exact = truth(arm) * Double(arm.tasks) / 50 * Double(arm.size) / 1000
    guard isInRound else {
      seconds += exact
      return ArmSample(seconds: exact, cpuSeconds: exact * Double(arm.workers))
    }
    let round = rounds - 1
    if let failure = failure(arm, round) { throw failure }
    if !arms.contains(arm) { arms.append(arm) }
    let event = event(arm, round)
    let index = arms.firstIndex(of: arm) ?? 0
    let taken = exact * (noise?.seconds(arm: index) ?? 1) * event.factor * startFactor(arm, starts)
    executions.append(
      Execution(arm: arm, round: round, begin: seconds, seconds: taken, causes: event.causes))
    seconds += taken
    return ArmSample(
      seconds: taken, cpuSeconds: taken * Double(arm.workers), disturbances: event.causes,
      delaySeconds: taken * event.delay)
  }

  /// How often priority helps.
  package var priorities = 0

  package func raisePriority() -> Bool {
    guard priorities > 0 else { return false }
    priorities -= 1
    return true
  }

  /// How much memory an arm takes in a new process; `nil`: not known.
  package var memory: ((_ arm: Arm) -> Int)?

  package func memory(
    of arm: Arm
  ) throws(MeasurementError) -> (sample: ArmSample, bytes: Int)? {
    guard startsProcesses, let bytes = memory?(arm) else { return nil }
    start([arm])
    if let failure = failure(arm, starts) { throw failure }
    return (try run(arm), bytes)
  }

  /// What the calls of an arm do in a new process; `nil`: nothing can be counted.
  package var counts: ((_ arm: Arm) -> StartCounts)?

  package func counts(
    of arm: Arm, calls: Int, _ counter: Counter
  ) throws(MeasurementError) -> (sample: ArmSample, counts: StartCounts)? {
    guard startsProcesses, let counts else { return nil }
    start([arm])
    if let failure = failure(arm, starts) { throw failure }
    return (try run(arm), counts(arm))
  }

  package var startsProcesses: Bool { startSeconds != nil }

  /// Whether rounds must be starts, each with a layout of its own, as those of revisions.
  package var isOfRevisions = false
  package var mustStart: Bool { isOfRevisions }
  package var drawsLayouts: Bool { isOfRevisions }
  package func staysWhole(_ arm: Arm) -> Bool {
    !isOfRevisions && arm.program != SeriesKey.ownProgram
  }

  package func start(_ arms: [Arm]) {
    starts += 1
    seconds += startSeconds ?? 0
  }

  /// Kernels whose inputs were freed, in time order.
  package private(set) var released: [(kernel: String, time: Double)] = []

  package func releaseInputs(of kernel: String) { released.append((kernel, seconds)) }

  package func sleep(seconds: Double) {
    sleeps.append((self.seconds, seconds))
    self.seconds += seconds
  }

  package func beginRound() {
    rounds += 1
    isInRound = true
  }

  package func endRound() -> [DropCause] {
    isInRound = false
    return roundCauses(rounds - 1)
  }

  package func waitUntilQuiet(seconds: Double) -> String? {
    waits.append(seconds)
    if busy != nil { self.seconds += seconds }
    return busy
  }

  package func neighbors() -> [String] { others }
}
