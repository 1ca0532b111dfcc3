extension Record {
  /// What the workers saw of their places, compared with the plan.
  public struct Verification: Hashable, Sendable, Codable {
    /// One way in which the run was not placed as planned.
    public struct Finding: Hashable, Sendable, Codable {
      /// What kind of finding, for programs: `otherCPU`.
      public var code: String
      /// One line with both sides.
      public var text: String

      /// A finding.
      package init(code: String, text: String) {
        self.code = code
        self.text = text
      }
    }

    /// What is wrong, in worker order; empty when everything is in place.
    public var findings: [Finding]
    /// What could not be checked here, such as memory on a kernel that does not report nodes.
    public var unchecked: [String]
    /// What the workers saw.
    public var observations: [Observation]

    /// A verification from its parts.
    package init(findings: [Finding], unchecked: [String], observations: [Observation]) {
      self.findings = findings
      self.unchecked = unchecked
      self.observations = observations
    }

    /// Whether every worker was where the plan put it.
    public var isVerified: Bool { findings.isEmpty }

    /// `verified`, or the first finding and how many more.
    public var text: String {
      guard let first = findings.first else {
        return unchecked.isEmpty
          ? "verified" : "verified; not checked: \(unchecked.joined(separator: ", "))"
      }
      return findings.count == 1 ? first.text : "\(first.text); and \(findings.count - 1) more"
    }

    /// The same of a run that was not looked at when it ended: nothing is known of its end.
    public var textAtStart: String {
      isVerified ? "verified at the start" + text.dropFirst("verified".count) : text
    }
  }
}

extension Record.Verification {
  /// What one worker saw of its own place.
  public struct Observation: Hashable, Sendable, Codable {
    /// The worker's number.
    public var worker: Int
    /// Its thread's number in the kernel.
    public var thread: Int
    /// The CPUs that it may run on: `3`; `null` where that cannot be read.
    @ExplicitNull public var mask: String?
    /// The CPU that it ran on when the run began; `null` where the system does not say.
    @ExplicitNull public var cpuBefore: Int?
    /// The CPU that it ran on when the run ended.
    @ExplicitNull public var cpuAfter: Int?
    /// How often the kernel moved it in between; `null` where the kernel does not say.
    @ExplicitNull public var migrations: Int?
    /// How its memory is kept on its node: `mbind`.
    @ExplicitNull public var binding: String?
    /// On which nodes the pages of its memory lie.
    @ExplicitNull public var residency: Residency?

    /// An observation from its parts.
    package init(
      worker: Int, thread: Int, mask: String?, cpuBefore: Int?, cpuAfter: Int?, migrations: Int?,
      binding: String?, residency: Residency?
    ) {
      self.worker = worker
      self.thread = thread
      self.mask = mask
      self.cpuBefore = cpuBefore
      self.cpuAfter = cpuAfter
      self.migrations = migrations
      self.binding = binding
      self.residency = residency
    }
  }

  /// On which memory nodes the pages of a worker's memory lie.
  public struct Residency: Hashable, Sendable, Codable {
    /// How many pages lie on each node, by its number.
    public var pagesByNode: [Int: Int]
    /// Pages that nobody has touched yet, so that they lie nowhere.
    public var untouched: Int
    /// How this was found out: `move_pages`.
    public var method: String

    /// A residency from its parts.
    package init(pagesByNode: [Int: Int], untouched: Int, method: String) {
      self.pagesByNode = pagesByNode
      self.untouched = untouched
      self.method = method
    }
  }
}

// MARK: - Records of earlier versions

/// Any key of an object.
private struct AnyKey: CodingKey {
  var stringValue: String
  var intValue: Int? { nil }
  init?(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}

extension Record.Verification.Finding {
  private enum CodingKeys: String, CodingKey { case code, text }

  /// Reads a finding; earlier versions wrote an object under the finding's code.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    if let code = try values.decodeIfPresent(String.self, forKey: .code) {
      self.init(code: code, text: try values.decode(String.self, forKey: .text))
      return
    }
    let code = try decoder.container(keyedBy: AnyKey.self).allKeys.first?.stringValue ?? "unknown"
    self.init(code: code, text: code)
  }
}

extension Record.Verification.Observation {
  private enum CodingKeys: String, CodingKey {
    case worker, thread, mask, cpuBefore, cpuAfter, migrations, binding, residency
  }

  /// Reads an observation; earlier versions wrote the binding as an object, which is not read.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      worker: try values.decode(Int.self, forKey: .worker),
      thread: try values.decode(Int.self, forKey: .thread),
      mask: try values.decodeIfPresent(String.self, forKey: .mask),
      cpuBefore: try values.decodeIfPresent(Int.self, forKey: .cpuBefore),
      cpuAfter: try values.decodeIfPresent(Int.self, forKey: .cpuAfter),
      migrations: try values.decodeIfPresent(Int.self, forKey: .migrations),
      binding: try? values.decodeIfPresent(String.self, forKey: .binding),
      residency: try values.decodeIfPresent(
        Record.Verification.Residency.self, forKey: .residency))
  }
}
