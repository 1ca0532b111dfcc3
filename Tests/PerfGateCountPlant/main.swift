// Counts calls that are known to do something a known number of times, in a process in which nobody else
// does: `PerfGateCountPlant NAME [TIMES [EVENT]]` prints what each of so many sequences of calls was counted
// to do. EVENT is the number of one that the kernel counts, which then takes the place of the processor's
// counter of instructions.

import CPerfGateSystem
import Foundation
import PerfGateWorkers

/// The kind of events that the kernel itself counts, in `perf_event_open`.
let softwareEvents: UInt32 = 1

guard CommandLine.arguments.count > 1, let body = Plant.all[CommandLine.arguments[1]]
else { exit(69) }
if let file = pgp_other_allocator() {
  print(String(cString: file))
  exit(75)
}
let times = CommandLine.arguments.dropFirst(2).first.flatMap { Int($0) } ?? 1
for _ in 0..<times {
  if let event = CommandLine.arguments.dropFirst(3).first.flatMap({ UInt64($0) }) {
    pgp_plant_instructions(softwareEvents, event)
    let counts = CountedCalls.run(.instructions, calls: 10, empty: Plant.nothing, body)
    print((counts ?? []).map { "\($0.instructions)" }.joined(separator: " "))
    continue
  }
  let counts = CountedCalls.run(.requests, calls: 10, empty: Plant.nothing, body) ?? []
  print(
    counts.map { "\($0.allocations)/\($0.bytes)/\($0.retains)/\($0.releases)" }.joined(
      separator: " "))
}
