// Counts calls that are known to do something a known number of times, in a process in which nobody else
// does: `PerfGateCountPlant NAME [TIMES]` prints what each of so many sequences of calls was counted to do.

import CPerfGateSystem
import Foundation
import PerfGateWorkers

guard CommandLine.arguments.count > 1, let body = Plant.all[CommandLine.arguments[1]]
else { exit(69) }
if let file = pgp_other_allocator() {
  print(String(cString: file))
  exit(75)
}
let times = CommandLine.arguments.dropFirst(2).first.flatMap { Int($0) } ?? 1
for _ in 0..<times {
  let counts = CountedCalls.run(calls: 10, empty: Plant.nothing, body)
  print(
    counts.map { "\($0.allocations)/\($0.bytes)/\($0.retains)/\($0.releases)" }.joined(
      separator: " "))
}
