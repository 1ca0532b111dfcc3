import CPerfGateSystem
import Foundation
import PerfGateMachine
import Testing

@testable import PerfGateWorkers

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The bytes between an executor and its worker processes.
@Suite struct FrameTests {
  private func bytes(_ header: FrameHeader) -> [UInt8] {
    var bytes = [UInt8](repeating: 0xff, count: FrameHeader.bytes)
    bytes.withUnsafeMutableBytes { header.write(to: $0) }
    return bytes
  }

  private func header(
    _ bytes: [UInt8], mostMessage: UInt64 = 100
  ) throws(FrameError) -> FrameHeader {
    let result = bytes.withUnsafeBytes { bytes in
      Result { () throws(FrameError) in try FrameHeader(bytes, mostMessage: mostMessage) }
    }
    return try result.get()
  }

  @Test func headersAreReadAsWritten() throws {
    for kind in FrameKind.allCases {
      for length in [kind.lengths(message: 100).lowerBound, kind.lengths(message: 100).upperBound] {
        for value in [0, 7, kind.isOfTask ? 9_999_999 : UInt64.max] {
          let written = FrameHeader(kind, length: length, value: value)
          #expect(try header(bytes(written)) == written)
        }
      }
    }
  }

  @Test func everythingElseIsRefused() {
    let good = bytes(FrameHeader(.task, value: 3))
    func changed(_ index: Int, _ byte: UInt8) -> [UInt8] {
      var other = good
      other[index] = byte
      return other
    }
    #expect(throws: FrameError.size(23)) { try header(Array(good.dropLast())) }
    #expect(throws: FrameError.version(2)) { try header(changed(0, 2)) }
    #expect(throws: FrameError.kind(99)) { try header(changed(1, 99)) }
    for index in 2..<8 { #expect(throws: FrameError.reserved) { try header(changed(index, 1)) } }
    #expect(throws: FrameError.length(1, of: .task, allowed: 0...0)) { try header(changed(8, 1)) }
    for task in [10_000_000, UInt64.max] {
      #expect(throws: FrameError.task(task)) { try header(bytes(FrameHeader(.task, value: task))) }
    }
    let long = bytes(FrameHeader(.message, length: 101, value: 0))
    #expect(throws: FrameError.length(101, of: .message, allowed: 0...100)) { try header(long) }
    #expect(try! header(long, mostMessage: 101).length == 101)
    let huge = bytes(FrameHeader(.failed, length: .max, value: 0))
    #expect(throws: FrameError.length(.max, of: .failed, allowed: 0...4096)) { try header(huge) }
  }

  @Test func worksAreReadAsWritten() throws {
    let origin = TaskOrigin(kernel: "text.scan", variant: "swift.simd", size: 5, seed: .max)
    let text = WorkText(origin, label: "text.scan/swift.simd/process/2 ä")
    let bytes = try #require(text.bytes)
    #expect(try bytes.withUnsafeBytes { try WorkText($0) } == text)
    #expect(
      WorkText(TaskOrigin(kernel: "a\0b", variant: "", size: 1, seed: 0), label: "").bytes == nil)
    let long = String(repeating: "k", count: 5000)
    #expect(
      WorkText(TaskOrigin(kernel: long, variant: "", size: 1, seed: 0), label: "").bytes == nil)
    for damaged in [
      Array(bytes.dropLast()), bytes + [0], Array("a\0b\0-1\00\0l\0".utf8),
      Array("a\0b\01\0x\0l\0".utf8), [0xff, 0, 0, 0x31, 0, 0x31, 0, 0], [],
    ] {
      #expect(throws: FrameError.self, "\(damaged)") {
        try damaged.withUnsafeBytes { bytes in
          try Result { () throws(FrameError) in try WorkText(bytes) }.get()
        }
      }
    }
  }

  #if os(Linux)
    /// What a worker answers to these bytes, until their end.
    private func answers(_ bytes: [UInt8]) throws -> [UInt8] {
      var pair: [Int32] = [0, 0]
      #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
      defer { for end in pair { close(end) } }
      #expect(bytes.withUnsafeBytes { write(pair[0], $0.baseAddress, $0.count) } == bytes.count)
      shutdown(pair[0], Int32(SHUT_WR))
      let server = WorkerServer(socket: pair[1]) { _ in
        WorkerCode(run: { UInt64($0) &* 3 })
      }
      _ = server.serve()
      shutdown(pair[1], Int32(SHUT_WR))
      var found: [UInt8] = []
      var chunk = [UInt8](repeating: 0, count: 65_536)
      while true {
        let count = read(pair[0], &chunk, chunk.count)
        guard count > 0 else { return found }
        found += chunk[..<count]
      }
    }

    private func work(_ label: String = "l") -> [UInt8] {
      let text =
        WorkText(TaskOrigin(kernel: "k", variant: "v", size: 1, seed: 0), label: label).bytes ?? []
      return bytes(FrameHeader(.work, length: UInt64(text.count), value: 0)) + text
    }

    @Test func aWorkerAnswersUntilTheEnd() throws {
      let task = bytes(FrameHeader(.task, value: 7))
      let found = try answers(work() + task)
      #expect(found.count == 2 * FrameHeader.bytes + FrameHeader.bytes + 8)
      #expect(
        Array(found.suffix(FrameHeader.bytes + 8))
          == bytes(FrameHeader(.result, length: 8, value: 7)) + [21, 0, 0, 0, 0, 0, 0, 0])
    }

    /// No frame has two descriptors, and none but one kind has any: they are closed.
    @Test func descriptorsThatNobodyExpectsAreClosed() throws {
      var (pair, ends): ([Int32], [Int32]) = ([0, 0], [0, 0])
      #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
      #expect(pipe(&ends) == 0 && fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0)
      defer { for end in pair + [ends[0]] { close(end) } }
      let frame = work()
      let sent = frame.withUnsafeBytes { bytes in
        bytes.baseAddress.map { pgp_send_within(pair[0], $0, bytes.count, ends[1], 100) } ?? 0
      }
      #expect(sent == Int64(frame.count))
      close(ends[1])
      let server = WorkerServer(socket: pair[1]) { _ in WorkerCode(run: { UInt64($0) }) }
      #expect(!server.serve())
      // The end of the pipe comes when nobody has its other end: for a moment, a process that another test
      // starts may have it.
      var byte: UInt8 = 0
      #expect(eventually { read(ends[0], &byte, 1) == 0 })
    }

    /// Whatever is cut off, or of the wrong kind, ends it at once.
    @Test func aWorkerBelievesNothing() throws {
      let whole = work() + bytes(FrameHeader(.task, value: 7))
      for cut in 0..<whole.count { _ = try answers(Array(whole.prefix(cut))) }
      for kind in FrameKind.allCases where ![.work, .quit, .task].contains(kind) {
        let length = kind.lengths(message: 0).lowerBound
        let frame = bytes(FrameHeader(kind, length: length, value: 1))
        let found = try answers(
          work() + frame + [UInt8](repeating: 0, count: Int(length)))
        let last = found.dropFirst(2 * FrameHeader.bytes)
        let told = try header(Array(last.prefix(FrameHeader.bytes)))
        #expect(told.kind == .failed, "\(kind)")
        #expect(last.count == FrameHeader.bytes + Int(told.length), "\(kind)")
      }
    }
  #endif
}
