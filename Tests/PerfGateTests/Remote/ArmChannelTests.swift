import Foundation
import PerfGate
import PerfGateStatistics
import PerfGateWorkers
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The server behind a socket, and what it makes of bytes that are no requests.
@Suite struct ArmChannelTests {
  private func server() throws -> ArmServer {
    ArmServer(catalog: try Catalog([AnyKernel(Served.self)]), version: "1")
  }

  /// Sends bytes, ends the input, and returns the lines of all answers.
  private func answers(_ bytes: [UInt8], piece: Int = .max) throws -> [String] {
    var ends: [Int32] = [-1, -1]
    #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    let (own, other) = (ends[0], ends[1])
    // Small buffers, so that answers are written in pieces.
    var size: Int32 = 4096
    setsockopt(other, SOL_SOCKET, SO_SNDBUF, &size, 4)
    let catalog = try Catalog([AnyKernel(Served.self)])
    let thread = Thread {
      ArmServer(catalog: catalog, version: "1").serve(input: other, output: other)
      close(other)
    }
    thread.start()
    let writer = Thread {
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = rest.prefix(piece).withUnsafeBytes { write(own, $0.baseAddress, $0.count) }
        if count <= 0 { break }
        rest = rest.dropFirst(count)
      }
      shutdown(own, Int32(SHUT_WR))
    }
    writer.start()
    var read: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1000)
    while true {
      let count = recv(own, &buffer, buffer.count, 0)
      if count <= 0 { break }
      read += buffer.prefix(count)
    }
    close(own)
    let text = String(decoding: read, as: UTF8.self)
    #expect(text.isEmpty || text.hasSuffix("\n"))
    return text.split(separator: "\n").map(String.init)
  }

  private func answers(_ text: String, piece: Int = .max) throws -> [String] {
    try answers(Array(text.utf8), piece: piece)
  }

  @Test(arguments: [1, 7, 100_000]) func requestsMayComeInAnyPieces(piece: Int) throws {
    let long = String(repeating: "x", count: 5000)
    let longest = "watch none " + String(repeating: "x", count: 4096 - 11)
    let lines = try answers(
      "hello perfgate.arm/1\n\(long)\n\(longest)\n\(longest)x\ncatalog\r\ncaf\u{E9}\n\n"
        + "prepare made-up.served 7 42\nrun made-up.served c.a pool 1 1000 7 42\nresults 0 200\n",
      piece: piece)
    #expect(lines[0] == "hello perfgate.arm/1 perfgate 1")
    #expect(lines[1] == "error a request has at most 4096 bytes")
    #expect(lines[2] == "watching")
    #expect(lines[3] == lines[1])
    #expect(lines[4] == "error the request has bytes that are not printable ASCII")
    #expect(lines[5] == lines[4])
    #expect(lines[6].hasPrefix("error the request has an empty field"))
    #expect(lines[7].hasPrefix("ready ") && lines[8].hasPrefix("ran "))
    #expect(lines.count == 10 + 200)
  }

  /// A request that is cut off is none, and nothing after `quit` is answered.
  @Test func theEndIsTheEndOfTheInputOrQuit() throws {
    #expect(try answers("").isEmpty)
    #expect(try answers("hello perfgate.arm/1").isEmpty)
    #expect(try answers("hello perfgate.arm/1\nquit\ncatalog\n").count == 1)
    // Kernels that are no program's own cannot run in processes of it.
    let last = Executors.all.last { $0.placement != .processes }?.name ?? ""
    #expect(
      try answers("hello perfgate.arm/1\ncatalog\nresul").last == "made-up.served/c.a/\(last)")
  }

  /// When nobody reads the answers, the server ends, without a signal.
  @Test func nobodyReads() throws {
    var ends: [Int32] = [-1, -1]
    #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    let requests = Array(String(repeating: "hello perfgate.arm/1\n", count: 10).utf8)
    #expect(write(ends[0], requests, requests.count) == requests.count)
    close(ends[0])
    try server().serve(input: ends[1], output: ends[1])
    close(ends[1])
  }

  /// Whatever comes in, each line gets one answer of as many lines as it says, in printable ASCII.
  @Test func noBytesDoHarm() throws {
    var random = SplitMix64(seed: 1)
    let server = try server()
    let words = [
      "hello", "perfgate.arm/1", "catalog", "place", "prepare", "keep", "run", "results", "watch",
      "sample", "memory", "observe", "made-up.served", "c.a", "swift.a", "pool", "sp", "tickets",
      "0", "1", "2", "3", "7", "199", "200", "201", "1000", "10000001", "1024", "1025",
      "9223372036854775807", "9223372036854775808", "18446744073709551615", "-1", "1e3", "none",
      "none*2", "local", "0-1", "node:0", "interleave", "local/interleave!", "1/2", "%", "", "*",
      "/",
      "!", ",", "\u{E9}", "\n",
    ]
    var done = 0
    for round in 0..<20_000 {
      var line: String
      if round % 4 == 0 {
        let count = random.nextIndex(below: 40)
        let bytes = (0..<count).map { _ in UInt8(random.nextIndex(below: 256)) }
        line = String(decoding: bytes, as: UTF8.self)
      } else {
        line = (0...random.nextIndex(below: 9)).map { _ in
          words[random.nextIndex(below: words.count)]
        }
        .joined(separator: random.nextIndex(below: 20) == 0 ? "" : " ")
      }
      // Requests that can be answered, among the others.
      switch random.nextIndex(below: 12) {
      case 0: line = "hello perfgate.arm/1"
      case 1: line = "keep made-up.served \(random.nextIndex(below: 3)) 7"
      case 2: line = "run made-up.served c.a pool 1 \(1 + random.nextIndex(below: 99)) 1 7"
      case 3: line = "results \(random.nextIndex(below: 99)) \(random.nextIndex(below: 40))"
      default: break
      }
      let answer = server.answer(line)
      guard let first = answer.first else {
        Issue.record("no answer to \(line)")
        continue
      }
      if !first.hasPrefix("error ") { done += 1 }
      #expect(answer.count == 1 + ArmProtocol.linesFollowing(first), "\(line): \(answer)")
      #expect(
        answer.allSatisfy { text in
          text.utf8.count < ArmProtocol.longestLine
            && text.utf8.allSatisfy { (0x20...0x7e).contains($0) }
        }, "\(line): \(answer)")
    }
    #expect(done > 2000 && done < 10_000)
  }
}
