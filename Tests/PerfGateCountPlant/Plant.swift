import CPerfGateSystem
import Foundation
import PerfGateWorkers

/// An object.
final class Box: Sendable {
  let value: Int
  init(_ value: Int) { self.value = value }
}

/// Calls that do something a known number of times.
enum Plant {
  static let shared = Box(1)
  static let words = (0..<1000).map { "word \($0)" }

  static let texts = ["short", "twelve bytes", "text that is part of the program", words.joined()]

  @inline(never) static func seen(_ text: String) -> String { text }

  /// Memory that the compiler cannot know to be unused.
  static func seen(_ memory: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let memory { pgp_sink(memory) }
    return memory
  }

  static func give(_ memory: UnsafeMutableRawPointer?) { free(seen(memory)) }

  @inline(never) static func touch(pages: Int) {
    let size = Int(sysconf(Int32(_SC_PAGESIZE)))
    let memory = mmap(
      nil, pages * size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let memory, memory != MAP_FAILED else { return }
    for page in 0..<pages { memory.storeBytes(of: 1, toByteOffset: page * size, as: UInt8.self) }
    pgp_sink(memory)
    munmap(memory, pages * size)
  }

  @inline(never) static func box(_ value: Int) -> Box { Box(value) }

  static let nothing: TaskBody = { _ in 0 }

  static let all: [String: TaskBody] = [
    "nothing": nothing,
    "object": { UInt64(box($0).value) },
    "objects": { task in
      for value in 0..<5 { pgp_sink(Unmanaged.passUnretained(box(value)).toOpaque()) }
      return 0
    },
    "appends": { _ in
      var numbers: [Int] = []
      for number in 0..<1000 { numbers.append(number) }
      return UInt64(numbers.count)
    },
    "malloc": { _ in
      give(malloc(100))
      return 0
    },
    "calloc": { _ in
      give(calloc(10, 20))
      return 0
    },
    "realloc": { _ in
      give(realloc(seen(malloc(10)), 1000))
      return 0
    },
    "aligned": { _ in
      give(aligned_alloc(64, 640))
      return 0
    },
    "posix": { _ in
      var memory: UnsafeMutableRawPointer?
      posix_memalign(&memory, 64, 300)
      give(memory)
      return 0
    },
    "library": { _ in
      // The C library allocates for its callers.
      give(strdup("twelve bytes"))
      return 0
    },
    "thread": { _ in
      // Another thread of the process, which the call waits for.
      var thread = pthread_t()
      pthread_create(
        &thread, nil,
        { _ in
          Plant.give(malloc(5000))
          return nil
        }, nil)
      pthread_join(thread, nil)
      return 0
    },
    "retain": { _ in
      let reference = Unmanaged.passUnretained(shared)
      for _ in 0..<3 { pgp_sink(reference.retain().toOpaque()) }
      for _ in 0..<3 {
        reference.release()
        pgp_sink(reference.toOpaque())
      }
      return 0
    },
    // Another one each time, and one only in the first call that is counted.
    "growing": { task in
      for _ in 0..<task { give(malloc(8)) }
      return 0
    },
    // Pages that the kernel gives when they are touched, here and on another thread.
    "pages": { _ in
      touch(pages: 40)
      return 0
    },
    "pages-elsewhere": { _ in
      var thread = pthread_t()
      pthread_create(
        &thread, nil,
        { _ in
          Plant.touch(pages: 200)
          return nil
        }, nil)
      pthread_join(thread, nil)
      return 0
    },
    // Strings whose text is in the string, in the program, and on the heap.
    "strings": { _ in
      let copies = texts
      var bytes = 0
      for text in copies { bytes += seen(text).utf8.count }
      return UInt64(bytes)
    },
    "weak": { _ in
      weak var reference = shared
      return UInt64(reference?.value ?? 0)
    },
    "dictionary": { _ in
      var counts: [String: Int] = [:]
      for word in words { counts[word, default: 0] += 1 }
      return UInt64(counts.count)
    },
  ]
}
