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
    var causes: [String]
  }

  /// What is to happen to one execution besides the noise.
  struct Event {
    var factor = 1.0
    var causes: [String] = []
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
  var roundCauses: (_ round: Int) -> [String] = { _ in [] }
  /// What an arm fails with in a round.
  var failure: (_ arm: Arm, _ round: Int) -> MeasurementError? = { _, _ in nil }
  /// Who is busy when it was waited for quiet.
  var busy: String?
  /// Who uses CPUs.
  var others: [String] = []
  private let truth: [(arm: Arm, seconds: Double)]
  private var noise: NoiseModel?

  /// A machine on which each arm takes its true time, with noise or exactly.
  init(_ truth: [(arm: Arm, seconds: Double)], noise shape: NoiseModel.Shape? = nil, seed: UInt64) {
    self.truth = truth
    noise = shape.map { NoiseModel($0, trueSeconds: truth.map(\.seconds), seed: seed) }
  }

  func run(_ arm: Arm) throws(MeasurementError) -> ArmSample {
    let round = rounds - 1
    if let failure = failure(arm, round) { throw failure }
    guard let index = truth.firstIndex(where: { $0.arm == arm }) else {
      throw .unknownKernel(arm.id, known: truth.map(\.arm.id))
    }
    let event = event(arm, round)
    let taken = (noise?.seconds(arm: index) ?? truth[index].seconds) * event.factor
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

  func beginRound() { rounds += 1 }

  func endRound() -> [String] { roundCauses(rounds - 1) }

  func waitUntilQuiet(seconds: Double) -> String? {
    waits.append(seconds)
    if busy != nil { self.seconds += seconds }
    return busy
  }

  func neighbors() -> [String] { others }
}
