#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The stored sessions of one machine, by claim, as in `baselines/<machine key>.json`.
package struct Baseline: Hashable, Sendable, Codable {
  /// The format that this code reads and writes.
  package static let currentSchema = "perfgate.baseline/1"
  /// The most sessions that are kept for a claim, besides the pinned one.
  package static let mostSessions = 20

  /// The name and version of the format.
  package var schema = Baseline.currentSchema
  /// The machine of all sessions.
  package var machine: Machine
  /// The entry of each claim, by ``name(of:configuration:)``.
  package var claims: [String: Entry] = [:]

  /// Makes a baseline without sessions.
  package init(machine: Machine) { self.machine = machine }

  /// The properties of a machine that determine its speed.
  package struct Machine: Hashable, Sendable, Codable {
    /// The machine's name: `amd-epyc-9r14-2c-1n`.
    package var key: String
    /// The CPU's model.
    package var cpu: String
    /// The number of physical cores that could be used.
    package var cores: Int
    /// The number of memory nodes.
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
    /// One sentence for people.
    package var text: String
    /// What the values are. Sessions of another quantity cannot be compared with them.
    package var quantity: String
    /// Whether a larger value is better, as for a speedup.
    package var isHigherBetter: Bool
    /// What is counted, if the values are counts, which may be 0; `nil` for all others.
    package var counter: Counter?
    /// The sessions in time order, at most 20.
    package var sessions: [StoredSession]
    /// The session that is never replaced by newer ones, so that slow creep shows.
    @ExplicitNull package var pinned: StoredSession?

    /// Makes an entry without sessions.
    package init(
      text: String, quantity: String, isHigherBetter: Bool, counter: Counter? = nil
    ) {
      self.text = text
      self.quantity = quantity
      self.isHigherBetter = isHigherBetter
      self.counter = counter
      sessions = []
    }

    /// The sessions that a new one of the same kind is compared with: those since the last new level.
    ///
    /// Only sessions of one kind are compared: the times of one process say nothing about those of
    /// the next.
    ///
    /// - Parameter isOfStarts: whether the rounds of the new one are processes of their own.
    package func current(isOfStarts: Bool) -> ArraySlice<StoredSession> {
      let same = sessions.filter { $0.isOfStarts == isOfStarts }
      return same[(same.lastIndex(where: \.beginsLevel) ?? 0)...]
    }

    /// Whether the rounds of every session are processes of their own, or those of one process; `nil`:
    /// there are sessions of both kinds, or none.
    package var ofStarts: Bool? {
      let kinds = Set(sessions.map(\.isOfStarts))
      return kinds.count == 1 ? kinds.first : nil
    }

    /// k, the logarithm of a value, signed so that larger is worse.
    package func k(_ value: Double) -> Double { isHigherBetter ? -log(value) : log(value) }

    /// k of each session that a new one is compared with.
    package func stored(isOfStarts: Bool) -> [Double] {
      current(isOfStarts: isOfStarts).map { k($0.median) }
    }

    /// Adds a session, and removes the oldest if there are too many.
    ///
    /// - Parameters:
    ///   - session: the session.
    ///   - pin: whether to pin it. The first session is always pinned.
    package mutating func add(_ session: StoredSession, pin: Bool) {
      sessions.append(session)
      if pin || pinned == nil { pinned = session }
      guard sessions.count > Baseline.mostSessions else { return }
      sessions.removeFirst(sessions.count - Baseline.mostSessions)
    }
  }
}

/// The result of one run for a claim, without its rounds.
package struct StoredSession: Hashable, Sendable, Codable {
  /// The median of the claim's value: a relative time, a ratio, or a speedup; above 0. Of counts the
  /// largest, from 0.
  package var median: Double
  /// The interval of the median, with about 95 % confidence, the lower end first.
  package var interval: [Double]
  /// The number of kept rounds, from 8; of counts from 2.
  package var rounds: Int
  /// How many processes they came from: as many, or 1.
  package var starts: Int
  /// The number of pairs that were dropped because they were disturbed.
  package var discarded: Int
  /// When the run began, ISO 8601 in UTC.
  package var date: String
  /// The commit of the work tree, followed by `-dirty` if there were changes; `unknown` without
  /// one.
  package var commit: String
  /// The compilers: `Swift 6.3.1, clang 21.0.0`.
  package var toolchain: String
  /// Flags that decide how measured code was built.
  package var flags: [String]
  /// Where the workers ran: `cpus 0,1, cores, close`.
  package var placement: String
  /// Whether it begins a new level: it was stored on purpose although it differs from the earlier
  /// sessions by more than noise. Earlier sessions are then no longer compared with.
  package var beginsLevel: Bool

  /// A session.
  package init(
    median: Double, interval: [Double], rounds: Int, starts: Int = 1, discarded: Int, date: String,
    commit: String, toolchain: String, flags: [String], placement: String, beginsLevel: Bool = false
  ) {
    self.median = median
    self.interval = interval
    self.rounds = rounds
    self.starts = starts
    self.discarded = discarded
    self.date = date
    self.commit = commit
    self.toolchain = toolchain
    self.flags = flags
    self.placement = placement
    self.beginsLevel = beginsLevel
  }
}

extension StoredSession {
  /// Whether each of its rounds was a process of its own.
  package var isOfStarts: Bool { starts > 1 }

  private enum CodingKeys: String, CodingKey {
    case median, interval, rounds, starts, discarded, date, commit, toolchain, flags, placement
    case beginsLevel
  }

  /// Reads a session. Those of earlier versions are of one process.
  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    median = try values.decode(Double.self, forKey: .median)
    interval = try values.decode([Double].self, forKey: .interval)
    rounds = try values.decode(Int.self, forKey: .rounds)
    starts = try values.decodeIfPresent(Int.self, forKey: .starts) ?? 1
    discarded = try values.decode(Int.self, forKey: .discarded)
    date = try values.decode(String.self, forKey: .date)
    commit = try values.decode(String.self, forKey: .commit)
    toolchain = try values.decode(String.self, forKey: .toolchain)
    flags = try values.decode([String].self, forKey: .flags)
    placement = try values.decode(String.self, forKey: .placement)
    beginsLevel = try values.decode(Bool.self, forKey: .beginsLevel)
  }

  /// Writes a session. One process is not written, so that earlier sessions stay as they are.
  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(median, forKey: .median)
    try values.encode(interval, forKey: .interval)
    try values.encode(rounds, forKey: .rounds)
    try values.encodeIfPresent(isOfStarts ? starts : nil, forKey: .starts)
    try values.encode(discarded, forKey: .discarded)
    try values.encode(date, forKey: .date)
    try values.encode(commit, forKey: .commit)
    try values.encode(toolchain, forKey: .toolchain)
    try values.encode(flags, forKey: .flags)
    try values.encode(placement, forKey: .placement)
    try values.encode(beginsLevel, forKey: .beginsLevel)
  }
}

extension Baseline {
  /// The name under which a claim is stored: its own, followed by `@debug` for a debug build.
  ///
  /// Sessions of one build configuration say nothing about the other, even if the kernels are
  /// optimized in both, because the code around them differs.
  package static func name(of claim: String, configuration: String) -> String {
    configuration == "release" ? claim : "\(claim)@\(configuration)"
  }

  /// The name of the claim that is stored under a name.
  package static func claim(of name: String) -> String {
    String(name.prefix { $0 != "@" })
  }

  /// The key most similar to `key`: the one with the most leading words in common; `nil` if no key
  /// has the maker's name in common.
  package static func nearest(to key: String, among keys: [String]) -> String? {
    func shared(_ other: String) -> Int {
      zip(key.split(separator: "-"), other.split(separator: "-")).prefix { $0 == $1 }.count
    }
    return keys.filter { $0 != key && shared($0) > 0 }.max {
      (shared($0), $1) < (shared($1), $0)
    }
  }
}
