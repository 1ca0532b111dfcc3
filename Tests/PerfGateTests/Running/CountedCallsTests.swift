#if os(Linux)
  import CPerfGateSystem
  import Foundation
  import PerfGate
  import PerfGateTestSupport
  import Testing

  /// The program that counts calls which do something a known number of times.
  enum CountPlant {
    /// Whether the system lets programs count events.
    static let hasEvents = ![EPERM, EACCES, ENOSYS].contains(pgp_instructions_error())

    /// The lines that it prints: each has what ten calls were counted to do.
    static func counts(
      _ plant: String, times: Int = 1, event: Int? = nil, preload: String? = nil
    ) throws -> (lines: [[String]], end: StartedProcess.End) {
      let folder = try TemporaryFolder()
      let program = builtProgram("PerfGateCountPlant")
      let process = try StartedProcess(
        (preload.map { ["/usr/bin/env", "LD_PRELOAD=\($0)"] } ?? []) + [
          program, plant, "\(times)",
        ] + (event.map { ["\($0)"] } ?? []),
        output: folder.path("output"))
      let end = try process.wait(atMost: .seconds(300))
      let lines = try folder.text("output").split(separator: "\n")
      return (lines.map { $0.split(separator: " ").map(String.init) }, end)
    }
  }

  /// The same on a machine that is busy, where nothing else is measured.
  @Suite(.engine, .uninstrumented, .serialized, .timeLimit(.minutes(15))) struct RealCountTests {
    @Test func nothingDependsOnOthers() throws {
      let busy = try (0..<ProcessInfo.processInfo.activeProcessorCount).map { _ in
        try StartedProcess(["/bin/sh", "-c", "while :; do :; done"])
      }
      defer { for process in busy { process.send(SIGKILL) } }
      for plant in ["nothing", "object", "appends", "retain"] {
        let (lines, end) = try CountPlant.counts(plant, times: 1000)
        #expect(lines.count == 1000 && Set(lines.flatMap(\.self)).count == 1, "\(plant): \(end)")
        let starts = try (0..<25).flatMap { _ in try CountPlant.counts(plant).lines }
        #expect(starts.count == 25 && Set(starts.flatMap(\.self)).count == 1, "\(plant)")
      }
    }
  }

  /// What calls ask of the allocator and the runtime is counted exactly, in processes of their own.
  @Suite(.uninstrumented, .timeLimit(.minutes(15))) struct CountedCallsTests {
    private func counts(
      _ plant: String, times: Int = 1, event: Int? = nil, preload: String? = nil
    ) throws -> (lines: [[String]], end: StartedProcess.End) {
      try CountPlant.counts(plant, times: times, event: event, preload: preload)
    }

    /// Allocations, bytes, retains and releases of each call.
    @Test(arguments: [
      ("nothing", "0/0/0/0"), ("object", "1/24/0/1"), ("malloc", "1/100/0/0"),
      ("calloc", "1/200/0/0"), ("realloc", "2/1010/0/0"), ("aligned", "1/640/0/0"),
      ("posix", "1/300/0/0"), ("library", "1/13/0/0"), ("retain", "0/0/3/3"),
    ])
    func eachIsCounted(plant: String, told: String) throws {
      let found = try counts(plant)
      #if arch(x86_64)
        #expect(found.lines == [Array(repeating: told, count: 10)])
      #else
        let told = told.split(separator: "/").prefix(2).joined(separator: "/")
        #expect(found.lines == [Array(repeating: "\(told)/0/0", count: 10)])
      #endif
    }

    /// What an array needs to grow depends on the library, but not on luck.
    @Test func severalAreCounted() throws {
      #expect(try counts("objects").lines[0][0].hasPrefix("5/120/"))
      let appends = try counts("appends").lines[0]
      #expect(Set(appends).count == 1 && appends[0].hasPrefix("10/"), "\(appends)")
    }

    /// Strings are counted, whatever they consist of, and so are references that are taken through weak
    /// ones.
    @Test func stringsAndWeakReferences() throws {
      for plant in ["strings", "weak", "dictionary"] {
        let found = try counts(plant)
        #expect(found.end == .exit(0) && found.lines.count == 1, "\(plant): \(found)")
        #expect(Set(found.lines.flatMap(\.self)).count == 1, "\(plant): \(found)")
      }
      #if arch(x86_64)
        let weak = try counts("weak").lines[0][0].split(separator: "/").compactMap { Int($0) }
        #expect(weak.count == 4 && weak[2] >= 1, "\(weak)")
      #endif
    }

    /// What other threads do meanwhile counts too: the library allocates a thread's own memory, and the
    /// thread 5,000 bytes.
    @Test func allThreadsCount() throws {
      let found = try counts("thread").lines[0]
      let bytes = found.compactMap { Int($0.split(separator: "/")[1]) }
      #expect(bytes.count == 10 && bytes.allSatisfy { $0 >= 5000 }, "\(found)")
    }

    @Test func callsThatDifferAreTold() throws {
      // The first two calls are not counted.
      #expect(
        try counts("growing").lines[0].map { $0.split(separator: "/")[0] }
          == (2...11).map { "\($0)" })
    }

    /// However often it is counted, it is the same.
    @Test func nothingDependsOnLuck() throws {
      for plant in ["nothing", "object", "appends", "retain"] {
        let (lines, end) = try counts(plant, times: 1000)
        #expect(lines.count == 1000 && Set(lines.flatMap(\.self)).count == 1, "\(plant): \(end)")
      }
    }

    /// The way to the processor's counter, with one that the kernel has on each machine in its place: page
    /// faults, on the calling thread and on those that a call starts.
    @Test(.enabled(if: CountPlant.hasEvents, "the system forbids perf_event_open"))
    func eventsAreCounted() throws {
      for (plant, count) in [("nothing", "0"), ("pages", "40")] {
        let found = try counts(plant, times: 100, event: Self.pageFaults).lines
        #expect(
          found.count == 100 && Set(found.flatMap(\.self)) == [count], "\(plant): \(found)")
      }
      // The library may need another page for a thread.
      let elsewhere = try counts("pages-elsewhere", event: Self.pageFaults).lines[0]
      #expect(
        elsewhere.count == 10 && elsewhere.compactMap { Int($0) }.allSatisfy { $0 >= 200 },
        "\(elsewhere)")
    }

    /// An event that there is not is no count of 0.
    @Test func noEventIsNoCount() throws {
      #expect(try counts("pages", event: 9999).lines.flatMap(\.self) == [])
    }

    private static let pageFaults = 2

    /// One that was loaded before the system's own is used as always, and told.
    @Test(.enabled(if: installed("clang") != nil, "needs clang"))
    func anotherAllocatorIsTold() throws {
      let folder = try TemporaryFolder()
      let source = """
        #include <stddef.h>
        extern void *__libc_malloc(size_t);
        extern void __libc_free(void *);
        void *malloc(size_t bytes) { return __libc_malloc(bytes); }
        void free(void *memory) { __libc_free(memory); }
        """
      try Data(source.utf8).write(to: URL(fileURLWithPath: folder.path("other.c")))
      let library = folder.path("libother.so")
      let clang = try StartedProcess([
        "/usr/bin/env", "clang", "-shared", "-fPIC", "-o", library, folder.path("other.c"),
      ])
      #expect(try clang.wait() == .exit(0))
      let found = try counts("object", preload: library)
      #expect(found.end == .exit(75) && found.lines == [[library]])
    }
  }
#endif
