import Foundation
import PerfGate

// Stores sessions as fast as it can, until it is killed or has stored as many as it was told to:
//
//   PerfGateBaselineWriter FOLDER KEY NAME COUNT
//
// The n-th update adds the claim NAME.n and a session to NAME, so that whoever reads can tell what
// was stored, and whether any update was lost.
let arguments = CommandLine.arguments
guard arguments.count == 5, let count = Int(arguments[4]) else {
  FileHandle.standardError.write(Data("usage: PerfGateBaselineWriter FOLDER KEY NAME COUNT\n".utf8))
  exit(64)
}
let store = BaselineStore(folder: arguments[1])
let (key, name) = (arguments[2], arguments[3])

func session(_ number: Int) -> StoredSession {
  StoredSession(
    median: Double(number + 1), interval: [0.5, 1e6], rounds: 10, discarded: 0,
    date: "2026-01-02T03:04:05Z", commit: "0123456789ab", toolchain: "Swift 6", flags: ["-O"],
    placement: "cpus 0, cores, close")
}

do {
  for number in 0..<count {
    try store.update(key) { stored in
      var baseline =
        stored
        ?? Baseline(
          machine: Baseline.Machine(key: key, cpu: "made up", cores: 1, memoryNodes: 1))
      for claim in [name, "\(name).\(number)"] {
        var entry =
          baseline.claims[claim]
          ?? Baseline.Entry(text: "made up", quantity: "time", isHigherBetter: false)
        entry.add(session(number), pin: false)
        baseline.claims[claim] = entry
      }
      return baseline
    }
  }
} catch {
  FileHandle.standardError.write(Data("\(error)\n".utf8))
  exit(75)
}
