/// The kind of places that workers are assigned to, in OpenMP's words.
package enum Places: String, CaseIterable, Hashable, Sendable, Codable {
  /// One worker per physical core.
  case cores
  /// One worker per CPU, SMT siblings last.
  case threads
  /// Last-level caches in turn, one core per worker.
  case llCaches = "ll_caches"
  /// Memory nodes in turn, one core per worker.
  case numaDomains = "numa_domains"
  /// Packages in turn, one core per worker.
  case sockets
}

/// The order in which workers take the places.
package enum Bind: Hashable, Sendable {
  /// Neighbors first: fill a last-level cache, then its node, then the nearest node.
  case close
  /// As far apart as possible: every package, node and cache in turn.
  case spread
  /// Not pinned at all.
  case none
  /// Exactly these CPUs, worker 0 on the first.
  case cpus([Int])
}

/// Where workers' memory goes.
package enum MemoryPolicy: Hashable, Sendable {
  /// On the worker's own node.
  case local
  /// Pages alternate between the allowed nodes that have CPUs: others are often a graphics card's.
  case interleave
  /// Pages alternate between these nodes.
  case interleaveOver(CPUSet)
  /// On this node.
  case node(Int)
}

/// A placement word of the command line that cannot be understood.
package struct PlacementWordError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The option, such as `--bind`.
  package var option: String
  /// The given value.
  package var found: String
  /// The possible values.
  package var choices: String

  /// `--bind near: expected close, spread, none or cpus:LIST (such as cpus:0-3,8)`.
  package var description: String { "\(option) \(found): expected \(choices)" }
}

extension Places: CustomStringConvertible {
  /// The word of the command line.
  package var description: String { rawValue }

  /// Reads the word after `--places`.
  package init(parsing word: String) throws(PlacementWordError) {
    guard let places = Places(rawValue: word) else {
      throw PlacementWordError(
        option: "--places", found: abbreviated(word),
        choices: "cores, threads, ll_caches, numa_domains or sockets")
    }
    self = places
  }
}

extension Bind: CustomStringConvertible {
  /// The word of the command line.
  package var description: String {
    switch self {
    case .close: "close"
    case .spread: "spread"
    case .none: "none"
    case .cpus(let list): "cpus:\(Self.text(list))"
    }
  }

  /// Reads the word after `--bind`.
  package init(parsing word: String) throws(PlacementWordError) {
    let choices = "close, spread, none or cpus:LIST (such as cpus:0-3,8)"
    switch word {
    case "close": self = .close
    case "spread": self = .spread
    case "none": self = .none
    default:
      guard word.hasPrefix("cpus:") else {
        throw PlacementWordError(option: "--bind", found: abbreviated(word), choices: choices)
      }
      do {
        self = .cpus(try CPUList.ordered(word.dropFirst(5)))
      } catch {
        throw PlacementWordError(
          option: "--bind", found: abbreviated(word), choices: "\(choices); \(error)")
      }
      if self == .cpus([]) {
        throw PlacementWordError(
          option: "--bind", found: abbreviated(word), choices: "at least one cpu after 'cpus:'")
      }
    }
  }

  /// The list in its own order, such as `0-3,8`: consecutive numbers become a range if there are at
  /// least `shortestRange`.
  static func text(_ list: [Int], shortestRange: Int = 2) -> String {
    var runs: [ClosedRange<Int>] = []
    for number in list {
      if let run = runs.last, run.upperBound + 1 == number {
        runs[runs.count - 1] = run.lowerBound...number
      } else {
        runs.append(number...number)
      }
    }
    return runs.map { run in
      run.count >= shortestRange
        ? "\(run.lowerBound)-\(run.upperBound)" : run.map(String.init).joined(separator: ",")
    }.joined(separator: ",")
  }
}

extension MemoryPolicy: CustomStringConvertible {
  /// The word of the command line.
  package var description: String {
    switch self {
    case .local: "local"
    case .interleave: "interleave"
    case .interleaveOver(let nodes): "interleave:\(nodes)"
    case .node(let number): "node:\(number)"
    }
  }

  /// Reads the word after `--mem`.
  package init(parsing word: String) throws(PlacementWordError) {
    switch word {
    case "local": self = .local
    case "interleave": self = .interleave
    default:
      if word.hasPrefix("interleave:"), let nodes = try? CPUSet(parsing: word.dropFirst(11)),
        !nodes.isEmpty
      {
        self = .interleaveOver(nodes)
        return
      }
      guard word.hasPrefix("node:"), let list = try? CPUList.ordered(word.dropFirst(5)),
        list.count == 1
      else {
        throw PlacementWordError(
          option: "--mem", found: abbreviated(word),
          choices:
            "local, interleave, interleave:LIST (such as interleave:0-1) or node:N (such as node:0)"
        )
      }
      self = .node(list[0])
    }
  }
}

/// A requested value, and whether the user asked for it or it is the default: an explicit request
/// that cannot be met is an error, a default falls back to what is possible.
package struct Requested<Value: Hashable & Sendable>: Hashable, Sendable {
  /// The requested value.
  package var value: Value
  /// Whether the user asked for it.
  package var isExplicit: Bool

  /// A default value.
  package static func byDefault(_ value: Value) -> Requested {
    Requested(value: value, isExplicit: false)
  }

  /// A value that the user asked for.
  package static func explicitly(_ value: Value) -> Requested {
    Requested(value: value, isExplicit: true)
  }
}

/// Where workers and their memory should be.
package struct PlacementRequest: Hashable, Sendable {
  /// `--places`, by default `cores`.
  package var places: Requested<Places> = .byDefault(.cores)
  /// `--bind`, by default `close`.
  package var bind: Requested<Bind> = .byDefault(.close)
  /// `--mem`, by default `local`.
  package var memory: Requested<MemoryPolicy> = .byDefault(.local)
  /// `--oversubscribe`: more workers than cores are wanted.
  package var oversubscribe = false

  /// The defaults: one worker per core, neighbors first, memory on the worker's node.
  package init() {}

  /// Explicit requests where given, defaults elsewhere.
  package init(
    places: Places? = nil, bind: Bind? = nil, memory: MemoryPolicy? = nil,
    oversubscribe: Bool = false
  ) {
    if let places { self.places = .explicitly(places) }
    if let bind { self.bind = .explicitly(bind) }
    if let memory { self.memory = .explicitly(memory) }
    self.oversubscribe = oversubscribe
  }
}

extension PlacementRequest {
  /// The request on an operating system that may not be able to pin threads: there, workers are not
  /// pinned, and an explicit request to pin them is an error.
  ///
  /// - Parameter canPin: whether the operating system can pin threads.
  package func possible(canPin: Bool) throws(PlacementError) -> PlacementRequest {
    guard !canPin, bind.value != .none else { return self }
    guard !bind.isExplicit else {
      throw PlacementError(
        "--bind \(bind.value): this operating system does not pin threads; choose --bind none")
    }
    var request = self
    request.bind.value = .none
    return request
  }
}

extension Bind: Codable {
  /// Reads the word of the command line.
  package init(from decoder: any Decoder) throws {
    try self.init(parsing: decoder.singleValueContainer().decode(String.self))
  }

  /// Writes the word of the command line.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension MemoryPolicy: Codable {
  /// Reads the word of the command line.
  package init(from decoder: any Decoder) throws {
    try self.init(parsing: decoder.singleValueContainer().decode(String.self))
  }

  /// Writes the word of the command line.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
