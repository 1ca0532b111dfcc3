import PerfGate
import PerfGateTestSupport

/// A machine whose clock only moves when an arm runs or somebody sleeps: runner, clock and probe of
/// a gate in one, with made-up times and made-up disturbances.
final class VirtualMachine: ArmRunner, MeasurementClock, RoundProbe {
  /// One execution of an arm.
  struct Execution {
    var arm: Arm
    /// Counts `beginRound`, warm-ups too, over all sequences, from 0.
    var round: Int
    var begin: Double
    var seconds: Double
    var causes: [DropCause]
  }

  /// What is to happen to one execution besides the noise.
  struct Event {
    var factor = 1.0
    var causes: [DropCause] = []
    /// The part of its time in which it waits for its CPU, 0 to 1.
    var delay = 0.0
  }

  private(set) var seconds = 0.0
  private(set) var executions: [Execution] = []
  /// When each sleep began, and how long it was.
  private(set) var sleeps: [(begin: Double, seconds: Double)] = []
  /// How long it was waited for quiet, each time.
  private(set) var waits: [Double] = []
  private(set) var rounds = 0
  /// What happens to an arm in a round.
  var event: (_ arm: Arm, _ round: Int) -> Event = { _, _ in Event() }
  /// What disturbs a whole round.
  var roundCauses: (_ round: Int) -> [DropCause] = { _ in [] }
  /// What an arm fails with in a round.
  var failure: (_ arm: Arm, _ round: Int) -> MeasurementError? = { _, _ in nil }
  /// Who is busy when it was waited for quiet.
  var busy: String?
  /// Who uses CPUs.
  var others: [String] = []
  /// The true time of an arm of 50 tasks of 1000 units; time grows with both.
  private let truth: (Arm) -> Double
  private var noise: NoiseModel?
  /// In the order in which they ran first.
  private var arms: [Arm] = []
  private var isInRound = false

  /// A machine on which each arm takes its true time, with noise or exactly.
  ///
  /// Noise, events and failures are those of rounds: sizes are found, and work is proven, in peace.
  init(noise shape: NoiseModel.Shape? = nil, seed: UInt64, truth: @escaping (Arm) -> Double) {
    self.truth = truth
    noise = shape.map { NoiseModel($0, trueSeconds: Array(repeating: 1, count: 32), seed: seed) }
  }

  func run(_ arm: Arm) throws(MeasurementError) -> ArmSample {
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
    let taken = exact * (noise?.seconds(arm: index) ?? 1) * event.factor
    executions.append(
      Execution(arm: arm, round: round, begin: seconds, seconds: taken, causes: event.causes))
    seconds += taken
    return ArmSample(
      seconds: taken, cpuSeconds: taken * Double(arm.workers), disturbances: event.causes,
      delaySeconds: taken * event.delay)
  }

  func sleep(seconds: Double) {
    sleeps.append((self.seconds, seconds))
    self.seconds += seconds
  }

  func beginRound() {
    rounds += 1
    isInRound = true
  }

  func endRound() -> [DropCause] {
    isInRound = false
    return roundCauses(rounds - 1)
  }

  func waitUntilQuiet(seconds: Double) -> String? {
    waits.append(seconds)
    if busy != nil { self.seconds += seconds }
    return busy
  }

  func neighbors() -> [String] { others }
}
