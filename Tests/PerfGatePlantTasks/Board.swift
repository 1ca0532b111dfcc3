import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Memory that a test and the tasks of its executor share, in whatever process they run: a file that both
/// map.
///
/// `@unchecked Sendable`: the pointer never changes, and what it points to is atomic.
package final class Board: @unchecked Sendable {
  /// The path of the file, for other processes.
  package let path: String
  private let words: UnsafeMutablePointer<Atomic<Int>>
  private let file: Int32

  /// The most tasks whose calls are counted.
  package static let mostTasks = 100_000
  private static let tasksStart = 64
  private static let bytes = (tasksStart + mostTasks) * MemoryLayout<Atomic<Int>>.stride

  private enum Word: Int {
    case inside, most, gate, owner, cpus
  }

  /// Makes a board. Its file has no name, so that nothing stays behind however the test ends.
  package init() {
    let name = FileManager.default.temporaryDirectory
      .appendingPathComponent("perfgate-board-\(UUID().uuidString)").path
    file = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    unlink(name)
    precondition(file >= 0 && ftruncate(file, off_t(Self.bytes)) == 0, "no board \(name)")
    path = "/proc/\(getpid())/fd/\(file)"
    words = Self.map(file)
    at(.owner).pointee.store(Int(getpid()), ordering: .relaxed)
  }

  /// The board of another process.
  package init?(path: String) {
    self.path = path
    file = open(path, O_RDWR | O_CLOEXEC)
    guard file >= 0 else { return nil }
    words = Self.map(file)
  }

  deinit {
    munmap(UnsafeMutableRawPointer(words), Self.bytes)
    close(file)
  }

  private static func map(_ file: Int32) -> UnsafeMutablePointer<Atomic<Int>> {
    let start = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)
    guard let start, start != MAP_FAILED else { fatalError("cannot map a board") }
    // Zero bytes are an atomic zero.
    return start.assumingMemoryBound(to: Atomic<Int>.self)
  }

  private func at(_ word: Word) -> UnsafeMutablePointer<Atomic<Int>> { words + word.rawValue }

  // MARK: - What tasks tell

  /// Counts a call of a task.
  package func count(_ task: Int) { words[Self.tasksStart + task].add(1, ordering: .relaxed) }

  /// How often each of the first tasks was called.
  package func counts(_ tasks: Int) -> [Int] {
    (0..<tasks).map { words[Self.tasksStart + $0].load(ordering: .relaxed) }
  }

  /// Forgets the calls of these tasks.
  package func clear(_ tasks: Int) {
    for task in 0..<tasks { words[Self.tasksStart + task].store(0, ordering: .relaxed) }
  }

  /// A task begins to be inside.
  package func enter() {
    let now = at(.inside).pointee.add(1, ordering: .sequentiallyConsistent).newValue
    at(.most).pointee.max(now, ordering: .sequentiallyConsistent)
  }

  /// A task is inside no longer.
  package func leave() { at(.inside).pointee.subtract(1, ordering: .sequentiallyConsistent) }

  /// How many were inside at a time, at most, since this was last read.
  package func takeMost() -> Int {
    at(.most).pointee.exchange(0, ordering: .sequentiallyConsistent)
  }

  // MARK: - What tasks are told

  /// Whether tasks that wait may go on.
  package var isOpen: Bool {
    get { at(.gate).pointee.load(ordering: .acquiring) != 0 }
    set { at(.gate).pointee.store(newValue ? 1 : 0, ordering: .releasing) }
  }

  /// The process of the test.
  package var owner: Int32 { Int32(at(.owner).pointee.load(ordering: .relaxed)) }

  /// The CPUs on which tasks may be, below 64, as bits.
  package var cpus: Set<Int> {
    get {
      let bits = at(.cpus).pointee.load(ordering: .relaxed)
      return Set((0..<63).filter { bits >> $0 & 1 == 1 })
    }
    set { at(.cpus).pointee.store(newValue.reduce(0) { $0 | 1 << $1 }, ordering: .relaxed) }
  }
}
