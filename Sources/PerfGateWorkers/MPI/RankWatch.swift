#if MPI
  import CPerfGateSystem
  import Synchronization

  #if canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #elseif canImport(Darwin)
    import Darwin
  #endif

  /// When each rank was last heard of, and from which one an answer is due.
  ///
  /// `@unchecked Sendable`: the pointer never changes, and what it points to is atomic.
  final class RankWatch: @unchecked Sendable {
    private let job: MPIJob
    private let heard: UnsafeMutablePointer<Atomic<UInt64>>
    private let due: UnsafeMutablePointer<Atomic<Bool>>
    /// The ranks whose processes can be seen from here.
    private let neighbors: [RankMember]

    init(_ job: MPIJob) {
      self.job = job
      let count = job.members.count
      heard = .allocate(capacity: count)
      due = .allocate(capacity: count)
      for rank in 0..<count {
        (heard + rank).initialize(to: Atomic(0))
        (due + rank).initialize(to: Atomic(false))
      }
      neighbors = job.visible
    }

    deinit {
      heard.deallocate()
      due.deallocate()
    }

    /// Something begins: the time of each rank counts from now.
    func begin() {
      let now = pgp_monotonic_ns()
      for rank in job.members.indices {
        heard[rank].store(now, ordering: .relaxed)
        due[rank].store(false, ordering: .relaxed)
      }
    }

    /// An answer of these ranks is due.
    func expect(_ ranks: some Sequence<Int>) {
      for rank in ranks { due[rank].store(true, ordering: .relaxed) }
    }

    /// A rank is alive.
    func hear(_ rank: Int, isLast: Bool = false) {
      heard[rank].store(pgp_monotonic_ns(), ordering: .relaxed)
      if isLast { due[rank].store(false, ordering: .relaxed) }
    }

    /// For so long, in ns, nobody could be heard, which is nobody's silence.
    func forgive(_ nanoseconds: UInt64) {
      for rank in job.members.indices { heard[rank].add(nanoseconds, ordering: .relaxed) }
    }

    /// Who has been silent for longest among those whose answer is due, if nobody at all was heard for
    /// `seconds`.
    func silent(_ seconds: Double) -> RankMember? {
      let now = pgp_monotonic_ns()
      let times = job.members.indices.map { heard[$0].load(ordering: .relaxed) }
      guard let last = times.max(), now > last, Double(now - last) * 1e-9 > seconds else {
        return nil
      }
      let awaited = job.members.filter { due[$0.rank].load(ordering: .relaxed) }
      // Where this rank is due too, it is waiting for one of the others.
      let others = awaited.filter { $0.rank != job.rank }
      return (others.isEmpty ? awaited : others).min { times[$0.rank] < times[$1.rank] }
    }

    /// The ranks whose answers are due, and whose processes cannot be seen from here.
    var awaitedElsewhere: [RankMember] {
      job.members.filter { member in
        member.rank != job.rank && due[member.rank].load(ordering: .relaxed)
          && !neighbors.contains { $0.rank == member.rank }
      }
    }

    /// A rank whose process has ended; `nil`: none that can be seen.
    var ended: RankMember? { MPIJob.ended(neighbors) }
  }

  extension MPIJob {
    /// The other ranks whose processes can be seen from this one.
    var visible: [RankMember] {
      members.filter {
        $0.rank != rank && $0.machine == own.machine && $0.processSpace == own.processSpace
          && kill($0.process, 0) == 0
      }
    }

    /// The first of these ranks whose process has ended.
    static func ended(_ members: [RankMember]) -> RankMember? {
      members.first { kill($0.process, 0) != 0 && errno == ESRCH }
    }

    /// The name of a rank whose process has ended; `nil`: none that can be seen.
    package var endedRank: String? {
      let others = members.filter {
        $0.rank != rank && $0.machine == own.machine && $0.processSpace == own.processSpace
      }
      return Self.ended(others).map { "\($0.name) (process \($0.process))" }
    }
  }
#endif
