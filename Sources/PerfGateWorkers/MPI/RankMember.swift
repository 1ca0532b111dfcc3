#if MPI
  import CPerfGateSystem
  import PerfGateMachine

  #if canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #elseif canImport(Darwin)
    import Darwin
  #endif

  /// A rank of the job, as every rank knows it.
  package struct RankMember: Hashable, Sendable {
    /// Its number.
    package var rank: Int
    /// The name of its host.
    package var host: String
    /// The number of its process there.
    package var process: Int32
    /// Where its thread is pinned.
    package var slot: WorkerSlot
    /// Which machine it is on: a number that only ranks of one running kernel have in common.
    package var machine: UInt64
    /// Which numbers of processes mean the same to it.
    package var processSpace: UInt64
    /// The CPUs that the launcher left it.
    var mask: CPUSet
    /// Why it could not be pinned; empty: it was.
    var problem = ""

    /// `rank 1 on host node7`.
    package var name: String { "rank \(rank) on host \(host)" }
  }

  extension RankMember {
    private static let hostWords = 16
    private static let maskWords = 64
    private static let problemWords = 32
    private static let numbers = 6
    /// How many words describe a rank.
    static let wordCount = numbers + hostWords + maskWords + problemWords

    /// This process.
    static func own(rank: Int) -> RankMember {
      var name = [CChar](repeating: 0, count: 8 * hostWords)
      gethostname(&name, name.count - 1)
      let host = String(
        decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      return RankMember(
        rank: rank, host: host, process: getpid(),
        slot: WorkerSlot(worker: rank, cpu: nil, node: nil),
        machine: hash((MachineIdentity.bootID ?? host).utf8),
        processSpace: hash((MachineIdentity.processSpace ?? "").utf8),
        mask: (try? ThreadPinning.mainThreadMask()) ?? CPUSet())
    }

    private static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
      bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    /// The words that describe it to others.
    var words: [UInt64] {
      var masks = [UInt64](repeating: 0, count: Self.maskWords)
      for cpu in mask where cpu < 64 * Self.maskWords { masks[cpu / 64] |= 1 << UInt64(cpu % 64) }
      return [
        UInt64(rank), UInt64(bitPattern: Int64(process)), machine, processSpace,
        Self.word(slot.cpu), Self.word(slot.node),
      ] + Self.words(host, Self.hostWords) + masks + Self.words(problem, Self.problemWords)
    }

    /// Reads the words.
    init(_ words: ArraySlice<UInt64>) {
      let words = Array(words)
      let rank = Int(words[0])
      let masks = Self.numbers + Self.hostWords
      self.init(
        rank: rank, host: Self.text(words[Self.numbers..<masks]),
        process: Int32(truncatingIfNeeded: words[1]),
        slot: WorkerSlot(worker: rank, cpu: Self.number(words[4]), node: Self.number(words[5])),
        machine: words[2], processSpace: words[3],
        mask: CPUSet(words: Array(words[masks..<masks + Self.maskWords])),
        problem: Self.text(words[(masks + Self.maskWords)...]))
    }

    /// A number from 0, or none.
    static func word(_ number: Int?) -> UInt64 { number.map { UInt64($0) + 1 } ?? 0 }

    /// The same, read.
    static func number(_ word: UInt64) -> Int? { word == 0 ? nil : Int(word - 1) }

    private static func words(_ text: String, _ count: Int) -> [UInt64] {
      var words = [UInt64](repeating: 0, count: count)
      for (index, byte) in text.utf8.prefix(8 * count - 1).enumerated() {
        words[index / 8] |= UInt64(byte) << UInt64(8 * (index % 8))
      }
      return words
    }

    private static func text(_ words: ArraySlice<UInt64>) -> String {
      let bytes = words.flatMap { word in (0..<8).map { UInt8(word >> UInt64(8 * $0) & 0xff) } }
      return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }

  extension RankMember {
    /// Where this rank's thread goes: ranks of one machine to which the launcher left the same CPUs take
    /// them in the order of the machine's cores; one that has CPUs of its own takes the first of them.
    func seat(among all: [RankMember]) throws -> WorkerSlot {
      let equals = all.filter { $0.machine == machine && $0.mask == mask }
      let own = try Machine.current()
      var request = PlacementRequest()
      // How many ranks a machine may have was the launcher's decision.
      request.oversubscribe = true
      let plan = try Placement.plan(
        request.possible(canPin: ThreadPinning.isAvailable), workers: equals.count,
        topology: own.topology, allowed: own.allowed)
      let slot = plan.slots[equals.firstIndex { $0.rank == rank } ?? 0]
      return WorkerSlot(worker: rank, cpu: slot.cpu, node: slot.node)
    }
  }
#endif
