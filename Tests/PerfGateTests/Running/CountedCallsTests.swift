#if os(Linux)
  import CPerfGateSystem
  import Foundation
  import PerfGate
  import PerfGateTestSupport
  import Testing

  /// What calls ask of the allocator and the runtime is counted exactly, in processes of their own.
  @Suite(.uninstrumented, .timeLimit(.minutes(2))) struct CountedCallsTests {
    /// The lines that the plant prints: each has what ten calls were counted to do.
    private func counts(
      _ plant: String, times: Int = 1, preload: String? = nil
    ) throws -> (lines: [[String]], end: StartedProcess.End) {
      let folder = try TemporaryFolder()
      let program = builtProgram("PerfGateCountPlant")
      let process = try StartedProcess(
        (preload.map { ["/usr/bin/env", "LD_PRELOAD=\($0)"] } ?? []) + [
          program, plant, "\(times)",
        ],
        output: folder.path("output"))
      let end = try process.wait(atMost: .seconds(30))
      let lines = try folder.text("output").split(separator: "\n")
      return (lines.map { $0.split(separator: " ").map(String.init) }, end)
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

    /// However busy the machine is, and however often it is counted: 1,000 times the same.
    @Test func nothingDependsOnLuck() throws {
      let busy = try (0..<2 * ProcessInfo.processInfo.activeProcessorCount).map { _ in
        try StartedProcess(["/bin/sh", "-c", "while :; do :; done"])
      }
      defer { for process in busy { process.send(SIGKILL) } }
      for plant in ["nothing", "object", "appends", "retain"] {
        let lines = try counts(plant, times: 1000).lines
        #expect(lines.count == 1000 && Set(lines.flatMap(\.self)).count == 1, "\(plant)")
      }
      // Each start has another seed of hashes.
      let starts = try (0..<100).map { _ in try counts("object").lines[0] }
      #expect(Set(starts.flatMap(\.self)).count == 1)
    }

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
