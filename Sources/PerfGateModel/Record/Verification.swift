extension Record {
  /// Where the workers actually ran, compared with the plan.
  public struct Verification: Hashable, Sendable, Codable {
    /// One difference between the planned and the actual placement.
    public struct Finding: Hashable, Sendable, Codable {
      /// The kind of finding, for programs: `otherCPU`.
      public var code: String
      /// One line with the planned and the actual placement.
      public var text: String

      /// A finding.
      package init(code: String, text: String) {
        self.code = code
        self.text = text
      }
    }

    /// The differences, in worker order; empty if all workers were in place.
    public var findings: [Finding]
    /// What could not be checked, such as memory if the kernel does not report nodes.
    public var unchecked: [String]
    /// What each worker observed.
    public var observations: [Observation]

    /// A verification from its parts.
    package init(findings: [Finding], unchecked: [String], observations: [Observation]) {
      self.findings = findings
      self.unchecked = unchecked
      self.observations = observations
    }

    /// Whether every worker was where the plan put it.
    public var isVerified: Bool { findings.isEmpty }

    /// `verified`, or the first finding and the number of others.
    public var text: String {
      guard let first = findings.first else {
        return unchecked.isEmpty
          ? "verified" : "verified; not checked: \(unchecked.joined(separator: ", "))"
      }
      return findings.count == 1 ? first.text : "\(first.text); and \(findings.count - 1) more"
    }

    /// The same for a run that was checked only at its start.
    public var textAtStart: String {
      isVerified ? "verified at the start" + text.dropFirst("verified".count) : text
    }
  }
}

extension Record.Verification {
  /// What one worker observed about its own placement.
  public struct Observation: Hashable, Sendable, Codable {
    /// The worker's number.
    public var worker: Int
    /// The thread id of the worker in the kernel.
    public var thread: Int
    /// The CPUs that it may run on, such as `3`; `null` if that cannot be read.
    @ExplicitNull public var mask: String?
    /// The CPU that it ran on when the run began; `null` if the system does not report it.
    @ExplicitNull public var cpuBefore: Int?
    /// The CPU that it ran on when the run ended.
    @ExplicitNull public var cpuAfter: Int?
    /// How often the kernel moved it in between; `null` if the kernel does not report it.
    @ExplicitNull public var migrations: Int?
    /// How its memory is bound to its node: `mbind`.
    @ExplicitNull public var binding: String?
    /// Which memory nodes hold the pages of its memory.
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

  /// Which memory nodes hold the pages of a worker's memory.
  public struct Residency: Hashable, Sendable, Codable {
    /// The number of pages on each node, by the node's number.
    public var pagesByNode: [Int: Int]
    /// The number of pages that were not touched yet, so that they are on no node.
    public var untouched: Int
    /// How this was determined: `move_pages`.
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

  /// Reads a finding. Earlier versions wrote an object under the finding's code.
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

  /// Reads an observation. Earlier versions wrote the binding as an object, which is ignored.
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
