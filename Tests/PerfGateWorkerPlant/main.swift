import CPerfGateSystem
import Foundation
import PerfGateMachine
import PerfGatePlantTasks
import PerfGateWorkers

// Worker processes for the tests of executors: one that works, and some that do not.
let usage = """
  usage: PerfGateWorkerPlant MODE MARK
    worker    serves tasks (descriptor 3)
    mute      reads and says nothing
    failing   exits at once
    early     exits when it is told what to do
    stranger  sends something else instead of its first frame
    liar      answers each task with the result of another one
    cut       answers each task with half a frame, and closes its end
    long      answers each task with a longer result than there is
    parent    starts three workers with the mark, says so on standard output, and sleeps in a round
  """

func say(_ line: String) {
  print(line)
  fflush(nil)
}

/// A frame with its payload.
func frame(_ kind: FrameKind, length: Int? = nil, value: UInt64, _ payload: [UInt8] = []) -> [UInt8]
{
  var bytes = [UInt8](repeating: 0, count: FrameHeader.bytes)
  bytes.withUnsafeMutableBytes {
    FrameHeader(kind, length: UInt64(length ?? payload.count), value: value).write(to: $0)
  }
  return bytes + payload
}

func send(_ bytes: [UInt8]) { _ = bytes.withUnsafeBytes { write(3, $0.baseAddress, $0.count) } }

/// Reads frames, and gets ready when told what to do; answers tasks as `answer` says.
func serve(_ answer: (_ task: UInt64) -> [UInt8]?) -> Never {
  send(frame(.ready, value: 0))
  while true {
    var head = [UInt8](repeating: 0, count: FrameHeader.bytes)
    guard read(3, &head, head.count) == head.count,
      let header = head.withUnsafeBytes({ try? FrameHeader($0, mostMessage: 1 << 30) })
    else { exit(0) }
    var payload = [UInt8](repeating: 0, count: Int(header.length) + 1)
    if header.length > 0 { _ = read(3, &payload, Int(header.length)) }
    if header.kind == .work {
      send(frame(.ready, value: 0))
    } else if let bytes = answer(header.value) {
      send(bytes)
    } else {
      exit(0)
    }
  }
}

func run(_ mode: String, _ mark: String) {
  switch mode {
  case "worker":
    precondition(pgp_end_with_parent(3) == 0)
    ProcessSignals.tellCrashes()
    exit(WorkerServer(socket: 3, find: PlantTask.code).serve() ? 0 : 1)
  case "mute": while true { pause() }
  case "failing": exit(5)
  case "early":
    send(frame(.ready, value: 0))
    var byte: UInt8 = 0
    _ = read(3, &byte, 1)
    exit(6)
  case "stranger":
    send(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8))
    while true { pause() }
  case "liar": serve { frame(.result, value: $0 + 1, [UInt8](repeating: 0, count: 8)) }
  case "cut":
    serve { task in
      send(Array(frame(.result, value: task, [UInt8](repeating: 0, count: 8)).prefix(13)))
      return nil
    }
  case "long": serve { frame(.result, length: 1 << 40, value: $0) }
  case "parent":
    do {
      let slots = (0..<3).map { WorkerSlot(worker: $0, cpu: nil, node: nil) }
      guard let kind = Executors.named("process") else { return }
      let executor = try kind.start(
        ExecutorSetup(slots: slots, program: PlantTask.program(mark: mark)))
      let board = Board()
      _ = try executor.run(PlantTask.plus.batch(board, tasks: 9, workers: 3))
      say("started")
      let batch = PlantTask.sleeping.batch(board, number: 1, tasks: 9, workers: 3)
      _ = try executor.run(batch)
    } catch { say("\(error)") }
  default: say(usage)
  }
}

if CommandLine.arguments.count == 3 {
  run(CommandLine.arguments[1], CommandLine.arguments[2])
} else {
  say(usage)
}
