#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The stored sessions of one machine, by claim: `baselines/<machine key>.json`.
package struct Baseline: Hashable, Sendable, Codable {
  /// The format that this code reads and writes.
  package static let currentSchema = "perfgate.baseline/1"
  /// How many sessions of a claim are kept, beside the pinned one.
  package static let mostSessions = 20

  /// The name and version of the format.
  package var schema = Baseline.currentSchema
  /// The machine that all sessions are of.
  package var machine: Machine
  /// What is stored of each claim, see ``name(of:configuration:)``.
  package var claims: [String: Entry] = [:]

  /// A baseline without sessions.
  package init(machine: Machine) { self.machine = machine }

  /// What decides a machine's speed.
  package struct Machine: Hashable, Sendable, Codable {
    /// The machine's name: `amd-epyc-9r14-2c-1n`.
    package var key: String
    /// The CPU's model.
    package var cpu: String
    /// How many physical cores could be used.
    package var cores: Int
    /// How many memory nodes there are.
    package var memoryNodes: Int

    /// A machine.
    package init(key: String, cpu: String, cores: Int, memoryNodes: Int) {
      self.key = key
      self.cpu = cpu
      self.cores = cores
      self.memoryNodes = memoryNodes
    }

    /// The machine of a record.
    package init(_ machine: Record.MachineSummary) {
      self.init(
        key: machine.key, cpu: machine.cpu, cores: machine.cores, memoryNodes: machine.memoryNodes)
    }
  }
}

extension Baseline {
  /// The sessions of one claim.
  package struct Entry: Hashable, Sendable, Codable {
    /// The sentence a reader needs.
    package var text: String
    /// What the numbers are; sessions of another quantity cannot be compared with.
    package var quantity: String
    /// Whether a larger number is the better one, as for a speedup.
    package var isHigherBetter: Bool
    /// In time order, at most 20.
    package var sessions: [StoredSession]
    /// The session that stays, so that slow creep shows.
    @ExplicitNull package var pinned: StoredSession?

    /// An entry without sessions.
    package init(text: String, quantity: String, isHigherBetter: Bool) {
      self.text = text
      self.quantity = quantity
      self.isHigherBetter = isHigherBetter
      sessions = []
    }

    /// The sessions that today's is compared with: those since the last new level.
    package var current: ArraySlice<StoredSession> {
      sessions[(sessions.lastIndex(where: \.beginsLevel) ?? 0)...]
    }

    /// k of a figure: larger is worse.
    package func k(_ value: Double) -> Double { isHigherBetter ? -log(value) : log(value) }

    /// k of each session that today's is compared with.
    package var stored: [Double] { current.map { k($0.median) } }

    /// Adds a session; the oldest goes when there are too many.
    ///
    /// - Parameters:
    ///   - session: the session.
    ///   - pin: whether it becomes the pinned one; the first always does.
    package mutating func add(_ session: StoredSession, pin: Bool) {
      sessions.append(session)
      if pin || pinned == nil { pinned = session }
      guard sessions.count > Baseline.mostSessions else { return }
      sessions.removeFirst(sessions.count - Baseline.mostSessions)
    }
  }
}

/// What one run found for a claim, without its rounds.
package struct StoredSession: Hashable, Sendable, Codable {
  /// The claim's figure: a relative time, a ratio, a speedup; above 0.
  package var median: Double
  /// Where the median lies, with 95 % confidence or nearly so; the lower end first.
  package var interval: [Double]
  /// How many rounds counted, from 8.
  package var rounds: Int
  /// How many pairs were dropped because they were disturbed.
  package var discarded: Int
  /// When the run began, ISO 8601 in UTC.
  package var date: String
  /// The commit of the work tree; `-dirty` behind it when there were changes; `unknown` without one.
  package var commit: String
  /// The compilers: `Swift 6.3.1, clang 21.0.0`.
  package var toolchain: String
  /// Flags that decide how measured code was built.
  package var flags: [String]
  /// Where the workers ran: `cpus 0,1, cores, close`.
  package var placement: String
  /// Whether it differs from the sessions before it by more than noise, and was stored on purpose: those
  /// before it are history.
  package var beginsLevel: Bool

  /// A session.
  package init(
    median: Double, interval: [Double], rounds: Int, discarded: Int, date: String, commit: String,
    toolchain: String, flags: [String], placement: String, beginsLevel: Bool = false
  ) {
    self.median = median
    self.interval = interval
    self.rounds = rounds
    self.discarded = discarded
    self.date = date
    self.commit = commit
    self.toolchain = toolchain
    self.flags = flags
    self.placement = placement
    self.beginsLevel = beginsLevel
  }
}

extension Baseline {
  /// The name that a claim is stored under: its own, with `@debug` behind it for a debug build.
  ///
  /// Two configurations are two programs, also where the kernels are optimised in both: the code
  /// around them is not the same, and a session of one says nothing about the other.
  package static func name(of claim: String, configuration: String) -> String {
    configuration == "release" ? claim : "\(claim)@\(configuration)"
  }

  /// The claim that is stored under a name.
  static func claim(of name: String) -> String {
    String(name.prefix { $0 != "@" })
  }

  /// The key most like `key`: it shares the most words from the front; `nil` when there is none, or
  /// none shares the maker's name.
  package static func nearest(to key: String, among keys: [String]) -> String? {
    func shared(_ other: String) -> Int {
      zip(key.split(separator: "-"), other.split(separator: "-")).prefix { $0 == $1 }.count
    }
    return keys.filter { $0 != key && shared($0) > 0 }.max {
      (shared($0), $1) < (shared($1), $0)
    }
  }
}
