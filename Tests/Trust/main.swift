#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

// Whether verdicts can be trusted, tried on the machine at hand: gates of a program against itself,
// and against itself with more iterations. Exit status: 0 all promises kept, 1 one is broken, 64
// wrong usage, 70 no measurement.

/// Prints a line at once, also into a pipe.
func say(_ line: String) {
  print(line)
  fflush(nil)
}

guard let settings = Settings.current else {
  say(Settings.usage)
  exit(64)
}
do {
  let trial = try Trial(settings)
  say(trial.place)
  let equal = try trial.run("c.scalar.again", count: settings.gates)
  let worse = try trial.run("c.scalar.worse", count: settings.worse)
  say("\n\(equal.summary)\n\(worse.summary)")
  let broken = brokenPromises(equal: equal, worse: worse, isDisturbed: settings.isDisturbed)
  for promise in broken { say("BROKEN: \(promise)") }
  if broken.isEmpty { say("all promises kept") }
  exit(broken.isEmpty ? 0 : 1)
} catch {
  say("trust: \(error)")
  exit(70)
}
