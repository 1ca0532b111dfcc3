/// The stored count that a claim is compared with.
///
/// Part of the record, so that the same starts can be judged again.
public struct CountBaseline: Hashable, Sendable, Codable {
  /// By how much more than stored it may be, as a share of that.
  public var margin: Double
  /// What is stored; `nil` while the first session is recorded.
  @ExplicitNull public var session: Session?

  /// A limit that is stored.
  package init(margin: Double, session: Session?) {
    self.margin = margin
    self.session = session
  }

  /// A stored session of starts.
  public struct Session: Hashable, Sendable, Codable {
    /// The smallest count of all calls.
    public var least: Int
    /// The largest.
    public var most: Int
    /// When it was counted, ISO 8601 in UTC.
    public var date: String
    /// The compilers.
    public var toolchain: String
    /// The key of the machine that it was counted on.
    public var machine: String

    /// A stored session.
    package init(least: Int, most: Int, date: String, toolchain: String, machine: String) {
      self.least = least
      self.most = most
      self.date = date
      self.toolchain = toolchain
      self.machine = machine
    }
  }

  /// The most that the claim allows; 0 without a session.
  package var limit: Double {
    // 100 × 1.15 is a little less than 115 in binary.
    session.map { (Double($0.most) * (1 + margin) * (1 + 1e-12)).rounded(.down) } ?? 0
  }

  /// A value that no run writes; `nil` if there is none.
  var problem: String? {
    guard (0...1).contains(margin) else { return "margin is \(margin), expected 0 to 1" }
    guard let session else { return nil }
    return 0 <= session.least && session.least <= session.most && session.most <= 1 << 53
      ? nil : "session has \(session.least) to \(session.most), expected rising counts from 0"
  }
}

extension BaselineContext {
  /// The last stored session of a claim about counts: of any machine, because another one counts the
  /// same, except of instructions. `nil`: none is stored.
  package func counted(
    _ claim: String, quantity: String, counter: Counter
  ) -> CountBaseline.Session? {
    let name = Baseline.name(of: claim, configuration: configuration)
    let machines = [baseline].compactMap(\.self) + (counter.dependsOnMachine ? [] : elsewhere)
    let stored = machines.compactMap { machine -> CountBaseline.Session? in
      // A file that somebody has changed by hand may have any numbers.
      guard let entry = machine.claims[name], entry.quantity == quantity,
        entry.counter == counter, let last = entry.sessions.last,
        let least = last.interval.first.flatMap(Int.init(exactly:)),
        let most = Int(exactly: last.median), least <= most
      else { return nil }
      return CountBaseline.Session(
        least: least, most: most, date: last.date, toolchain: last.toolchain,
        machine: machine.machine.key)
    }
    // Dates in UTC are ordered as their text is; of two at the same time, this machine's.
    return stored.max { $0.date < $1.date }
  }
}
