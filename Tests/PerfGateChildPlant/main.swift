import CPerfGateSystem
import PerfGateMachine

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

// A child, and a parent of one, for the tests of children. Every process it starts carries the mark
// that it is called with, so that a test finds all of them.
let usage = """
  usage: PerfGateChildPlant MODE MARK
    parent    starts `child` and waits to be killed
    child     ends with its parent (descriptor 3), starts two `sleeper`s, says so, and sleeps
    piped     the same where it must not end with its parent: says why (descriptor 0)
    sleeper   sleeps
    addresses says whether every start has the same addresses
    asker     asks a shell that takes 2 s of running, and waits for 3 s: says what came
    hog       takes 64 MiB more each 10 ms
  """

func sleepForever() -> Never {
  while true { pause() }
}

/// Starts this program again, in the same process group.
func startSleeper(_ mark: String) {
  let texts = ["sleeper-plant", "sleeper", mark]
  var words: [UnsafeMutablePointer<CChar>?] = texts.map { strdup($0) } + [nil]
  var pid: pid_t = 0
  posix_spawn(&pid, "/proc/self/exe", nil, nil, &words, environ)
  for word in words { free(word) }
}

func say(_ line: String, to descriptor: Int32) {
  let bytes = Array((line + "\n").utf8)
  _ = write(descriptor, bytes, bytes.count)
}

func run(_ mode: String, _ mark: String) {
  switch mode {
  case "parent":
    do {
      let child = try ChildProcess(
        program: "/proc/self/exe", name: "child-plant", arguments: ["child", mark],
        environment: [:], socket: .descriptor3)
      say(try child.receive(atMost: 60), to: 1)
      withExtendedLifetime(child) { sleepForever() }
    } catch {
      say("\(error)", to: 1)
    }
  case "child":
    let result = pgp_end_with_parent(3)
    for _ in 0..<2 { startSleeper(mark) }
    say("ready \(result)", to: 3)
    sleepForever()
  case "piped":
    say("\(pgp_end_with_parent(0))", to: 1)
  case "asker":
    do {
      let child = try ChildProcess(
        program: "/bin/sh",
        arguments: [
          "-c", "read x; for i in 1 2 3 4; do sleep 0.5; done; echo late", mark,
        ],
        environment: ["PATH": "/usr/bin:/bin"], socket: .standardStreams)
      try child.send("go")
      say("asked \(child.pid)", to: 1)
      say(try child.receive(atMost: 6), to: 1)
    } catch { say("\(error)", to: 1) }
  case "sleeper":
    sleepForever()
  case "addresses":
    say("\(OwnProgram.hasFixedAddresses)", to: 1)
  case "hog":
    var bytes = 0
    while true {
      let block = UnsafeMutableRawPointer.allocate(byteCount: 64 << 20, alignment: 4096)
      memset(block, 1, 64 << 20)
      bytes += 64 << 20
      usleep(10_000)
    }
  default: say(usage, to: 2)
  }
}

if CommandLine.arguments.count == 3 {
  run(CommandLine.arguments[1], CommandLine.arguments[2])
} else {
  say(usage, to: 2)
}
