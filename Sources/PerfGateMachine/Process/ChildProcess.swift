import CPerfGateSystem

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A child process that answers lines over a socket, and what it writes to standard error.
///
/// It leads its own process group; the whole group ends with `end()`, or when this object is gone.
/// Use it from one thread at a time. Only on Linux; elsewhere the start fails with `ENOSYS`.
package final class ChildProcess {
  /// Where the child finds its end of the socket.
  package enum Socket: Hashable, Sendable {
    /// Standard input and output, for a program that speaks the protocol.
    case standardStreams
    /// Descriptor 3, for a test bundle; its standard input and output are `/dev/null`.
    case descriptor3
  }

  /// The process's number, which is also its group's.
  package let pid: Int
  /// The most resident memory it may use while it is waited for, in bytes; `nil` for no limit.
  package var memoryLimit: Int?
  /// Whether the limit is for it and all processes that it starts; pages that they share count once.
  package var limitsTree = false

  /// This end of the socket, for those who send no lines over it. It is closed by `end()`.
  package let socket: Int32
  var output: Int32
  var tail = OutputTail()
  var buffer = LineBuffer()
  /// When the child's memory was last looked at, by the monotonic clock in nanoseconds.
  var lookedAt = pgp_monotonic_ns()
  /// How long this process itself was stopped while it waited, in nanoseconds: no fault of the
  /// child's.
  var stoppedNanoseconds: UInt64 = 0
  private(set) var ending: ChildEnd?

  /// Starts a program.
  ///
  /// - Parameters:
  ///   - program: its path, which is not looked up in `PATH`.
  ///   - name: the first argument, which programs take as their own name; `nil`: the path.
  ///   - arguments: the arguments after the name.
  ///   - environment: all of its environment variables.
  ///   - socket: where it finds the socket.
  ///   - cpus: the CPUs it starts on; `nil`: those of the calling thread.
  package init(
    program: String, name: String? = nil, arguments: [String], environment: [String: String],
    socket: Socket, cpus: CPUSet? = nil
  ) throws(ChildFailure) {
    let started = Self.start(
      program: program, arguments: [name ?? program] + arguments,
      environment: environment.map { "\($0.key)=\($0.value)" }.sorted(), socket: socket,
      words: cpus?.bitWords ?? [])
    guard started.error == 0 else {
      throw .cannotStart(program: program, errorNumber: started.error)
    }
    pid = Int(started.child.pid)
    self.socket = started.child.socket
    output = started.child.output
  }

  deinit { end() }

  private static func start(
    program: String, arguments: [String], environment: [String], socket: Socket, words: [UInt64]
  ) -> (error: Int32, child: pgp_child) {
    var arguments: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    var environment: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
    defer { for text in arguments + environment { free(text) } }
    var child = pgp_child(pid: 0, socket: -1, output: -1)
    let error = program.withCString { path in
      arguments.withUnsafeMutableBufferPointer { arguments in
        environment.withUnsafeMutableBufferPointer { environment in
          words.withUnsafeBufferPointer { words in
            guard let first = arguments.baseAddress, let variables = environment.baseAddress else {
              return ErrorNumber.noMemory
            }
            var request = pgp_child_request(
              program: path, arguments: first, environment: variables,
              on_standard_streams: socket == .standardStreams, cpus: words.baseAddress,
              cpu_words: words.count)
            return pgp_start_child(&request, &child)
          }
        }
      }
    }
    return (error, child)
  }

  /// How it has ended by itself; `nil` while it runs.
  package var hasEnded: ChildEnd? { ending ?? look(seconds: 0) }

  /// Its resident memory now, in bytes; `nil` when it has ended.
  package var residentBytes: Int? { status?.residentBytes }

  /// Its peak resident memory, in bytes; `nil` when it has ended.
  package var peakBytes: Int? { status?.peakBytes }

  var status: ProcessStatus? { ending == nil ? ProcessStatus(pid: pid) : nil }

  /// The kernel's letter for what it does: that of a thread that computes, or waits for a device, and
  /// otherwise that of its main thread. `nil`: unknown.
  ///
  /// It looks several times, 40 ms in all: a thread that sleeps wakes up for a moment now and then.
  var state: Character? {
    var letters: [Character?] = []
    for look in 0..<Self.looks {
      if look > 0 { pgp_sleep_ns(10_000_000) }
      letters.append(stateNow)
    }
    let rests = letters.first { $0 != "R" && $0 != "D" }
    return rests ?? letters.last ?? nil
  }

  private static let looks = 5

  private var stateNow: Character? {
    let threads = (try? SystemTree(root: "/").names(in: "/proc/\(pid)/task")) ?? []
    let states = threads.compactMap { thread in
      SystemTree.ofThisMachine("/proc/\(pid)/task/\(thread)/status").flatMap {
        ProcessStatus($0).state
      }
    }
    return ["R", "D"].first(where: states.contains) ?? status?.state
  }

  /// The last lines it wrote to standard error, at most 4,096 bytes, without empty ones and with
  /// blanks for control characters.
  package var lastLines: [String] {
    drain()
    return tail.lines
  }

  /// Ends its whole process group with SIGKILL and waits for it, some milliseconds; only a process
  /// that the kernel cannot end takes longer, at most 10 s. Returns how it ended, by itself before
  /// or by this call. Later calls return the same.
  @discardableResult package func end() -> ChildEnd {
    if let ending { return ending }
    pgp_kill_child_group(Int32(pid))
    var value: Int32 = 0
    let state = pgp_wait_child(Int32(pid), 10_000_000_000, true, &value)
    let end = ChildEnd(state: state, value: value) ?? .unknown
    ending = end
    drain()
    if output >= 0 { close(output) }
    output = -1
    close(socket)
    return end
  }

  /// Waits for it to exit by itself, as it does after `quit`, and then ends what is left of its
  /// group. Blocks for `seconds` at most, and for what `end()` takes.
  @discardableResult package func quit(atMost seconds: Double) -> ChildEnd {
    if ending == nil { _ = waitForEnd(atMost: seconds) }
    return end()
  }

  /// Waits for the end of the process and keeps reading its output meanwhile, so that it does not
  /// block; `nil` when it still runs.
  package func waitForEnd(atMost seconds: Double) -> ChildEnd? {
    let start = pgp_monotonic_ns()
    while true {
      let left = seconds - Double(pgp_monotonic_ns() - start) * 1e-9
      if let end = look(seconds: min(left, 0.02)) { return end }
      drain()
      guard left > 0 else { return nil }
    }
  }

  /// Waits this long for the end of the process, which stays a zombie; `nil` when it still runs.
  func look(seconds: Double) -> ChildEnd? {
    var value: Int32 = 0
    let nanoseconds = UInt64(max(0, seconds) * 1e9)
    return ChildEnd(
      state: pgp_wait_child(Int32(pid), nanoseconds, false, &value), value: value)
  }

  /// Reads what it has written to standard error since the last time.
  package func drain() {
    guard output >= 0, !tail.drain(output) else { return }
    close(output)
    output = -1
  }
}
