import PerfGate
import PerfGateKernels
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct InputTests {
  private let texts: [any Kernel.Type] = [TextLength.self, TextScan.self, TextScalars.self]

  private func failure<K: Kernel>(of kernel: K.Type, size: Int) -> KernelError? {
    do {
      _ = try K.makeInput(size: size, seed: 1)
      return nil
    } catch {
      return error as? KernelError
    }
  }

  @Test func aNegativeSizeIsRefused() {
    for kernel in shippedKernels {
      for size in [-1, Int.min] {
        #expect(failure(of: kernel, size: size) == .sizeNegative(size: size), "\(kernel.name)")
        #expect(kernel.inputBytes(size: size) == 0, "\(kernel.name)")
      }
    }
  }

  @Test func aSizeBeyondMemoryIsRefused() {
    for kernel in texts {
      for size in [Int.max, Int.max - 64, Int.max - 65, Int.max / 2, 1 << 50] {
        guard case .sizeBeyondMemory(size, let memory) = failure(of: kernel, size: size) else {
          Issue.record("\(kernel.name) took size \(size)")
          continue
        }
        #expect(memory > 0 && memory < size)
      }
    }
  }

  @Test func inputBytesCountEveryCopyAndNeverOverflow() {
    #expect(TextScan.inputBytes(size: 1000) == 1065)
    #expect(TextLength.inputBytes(size: 1000) == 2 * 1065)
    #expect(TextScalars.inputBytes(size: 1000) == 2 * 1065)
    #expect(Viete.inputBytes(size: 1000) == 0)
    for kernel in texts { #expect(kernel.inputBytes(size: .max) == .max, "\(kernel.name)") }
  }

  /// Also where the string's pages are its own.
  @Test(arguments: [0, 1, 15, 16, 1000, 8 << 20, (8 << 20) + 5000])
  func theStringHasTheTextsBytes(size: Int) throws {
    let input = try TextScalars.makeInput(size: size, seed: 3)
    #expect(input.string == String(decoding: input.buffer.bytes, as: UTF8.self))
    #expect(input.string.utf8.count == size)
  }

  @Test func errorsSayWhatWasFoundAndWhatToDo() {
    let errors: [KernelError] = [
      .sizeNegative(size: -7), .sizeBeyondMemory(size: 1 << 50, memoryBytes: 4096),
      .memoryRefused(bytes: 77, errorNumber: 12),
    ]
    #expect(
      errors.map(\.description) == [
        "cannot make an input of size -7: a size is 0 or more; choose a positive size",
        "cannot make an input of size 1125899906842624: this machine has 4096 bytes of memory; "
          + "choose a smaller size",
        "cannot make an input of 77 bytes: the system refused the memory (errno 12); "
          + "choose a smaller size or raise the limit (ulimit -v)",
      ])
  }
}

@Suite struct TextBufferTests {
  @Test func aZeroAndPaddingFollowTheText() throws {
    for count in [0, 1, 4031, 4032, 4095, 4096] {
      let buffer = try TextBuffer(count: count) {
        $0.initializeMemory(as: UInt8.self, repeating: 7)
      }
      #expect(buffer.bytes.count == count && buffer.bytes.allSatisfy { $0 == 7 })
      let start = try #require(buffer.bytes.baseAddress)
      let behind = UnsafeRawBufferPointer(start: start + count, count: 1 + TextBuffer.paddingBytes)
      #expect(behind.allSatisfy { $0 == 0 })
    }
  }

  #if os(Linux)
    @Test func theMemoryIsGivenBack() throws {
      let before = try #require(mappedBytes())
      for _ in 0..<100 { _ = try TextBuffer(count: 1 << 30) { _ in } }
      let after = try #require(mappedBytes())
      #expect(after - before < 20 << 30)
    }
  #endif

  @Test func aWriteToAFinishedBufferDies() async {
    await #expect(processExitsWith: .signal(SIGSEGV)) {
      let buffer = try TextBuffer(count: 10) { _ in }
      UnsafeMutableRawBufferPointer(mutating: buffer.bytes)[3] = 1
    }
  }

  @Test func aReadOutsideGuardedPagesDies() async {
    await #expect(processExitsWith: .signal(SIGSEGV)) {
      let pages = try #require(GuardedPages())
      blackHole(
        UnsafeRawBufferPointer(start: pages.bytes.baseAddress, count: .max)[pages.bytes.count])
    }
  }

  #if os(Linux)
    @Test func refusedMemoryIsAnErrorAndNotTheEnd() async {
      await #expect(processExitsWith: .success) {
        // Room for the bytes and half of the string, which would end the program by itself.
        let size = 64 << 20
        let limit = rlim_t(try #require(mappedBytes()) + size + size / 2)
        var limits = rlimit(rlim_cur: limit, rlim_max: limit)
        try #require(setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limits) == 0)
        _ = try TextScan.makeInput(size: size, seed: 1)
        #expect(throws: KernelError.memoryRefused(bytes: size + 65, errorNumber: ENOMEM)) {
          try TextLength.makeInput(size: size, seed: 1)
        }
        #expect(throws: KernelError.memoryRefused(bytes: 2 * size + 65, errorNumber: ENOMEM)) {
          try TextScan.makeInput(size: 2 * size, seed: 1)
        }
      }
    }
  #endif
}

#if os(Linux)
  /// How much address space this process has taken.
  private func mappedBytes() -> Int? {
    guard let file = fopen("/proc/self/statm", "r") else { return nil }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 200)
    guard fgets(&line, Int32(line.count), file) != nil else { return nil }
    let digits = line.prefix { $0 >= 48 && $0 <= 57 }.map { UInt8(bitPattern: $0) }
    return Int(String(decoding: digits, as: UTF8.self)).map { $0 * sysconf(Int32(_SC_PAGESIZE)) }
  }
#endif
