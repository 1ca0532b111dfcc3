import Foundation
import PerfGate
import PerfGateTestSupport
import PerfGateTesting
import Synchronization
import Testing

@testable import PerfGateTesting

/// What can be claimed of closures that throw, that are faster, and that change an input of their own.
@Suite(.uninstrumented, .serialized) struct ClosureFormTests {
  private let temporary: TemporaryFolder

  init() throws { temporary = try TemporaryFolder() }

  private func judge(_ claim: TestClaim, budget: Double = 1) -> (Judgement, TestVerdict) {
    var settings = Settings()
    settings.budget = budget
    return ClaimJudge(
      settings: .success(settings), lockPath: "\(temporary.root)/lock",
      timeouts: ClaimJudge.Timeouts(lock: 0, waitsForIdleCPUs: false),
      built: { .madeUp(files: [#filePath]) }, report: { _ in }
    ).judge(claim, test: "A.b", place: Place(file: #filePath, line: 1))
  }

  private func failure(_ claim: TestClaim) throws -> String {
    let (_, finding) = judge(claim)
    guard case .failed(let text) = finding else {
      throw Unexpected(finding: finding)
    }
    return text
  }

  private struct Unexpected: Error { var finding: TestVerdict }

  private enum Broken: Error { case atLast(String) }

  /// Counts calls on any thread.
  private final class Calls: Sendable {
    let count = Atomic<Int>(0)
    func next() -> Int { count.add(1, ordering: .relaxed).newValue }
    var all: Int { count.load(ordering: .relaxed) }
  }

  @Sendable private static func work(_ steps: Int) -> Int {
    var value = opaque(1)
    for step in 0..<opaque(steps) { value = (value ^ step) &* 0x100_0000_01b3 }
    return value
  }

  // MARK: - Errors

  /// On the first call, and on one of many thousands.
  @Test(arguments: [1, 1000, 20_000]) func aThrownErrorFailsTheClaim(call: Int) throws {
    let calls = Calls()
    let text = try failure(
      .ratio(
        atMost: 1.05,
        of: {
          if calls.next() == call { throw Broken.atLast("the 1000th page") }
          return Self.work(100)
        }, to: { Self.work(100) }))
    #expect(text.contains("threw"))
    #expect(text.contains(#"atLast("the 1000th page")"#))
    #expect(text.contains("of"))
  }

  @Test func anErrorOfTheReferenceIsToldAsWell() throws {
    let reference = try failure(
      .faster(atLeast: 2, { Self.work(100) }, than: { throw Broken.atLast("old") as any Error }))
    #expect(reference.contains("than") && reference.contains(#"atLast("old")"#))
    let nothing = try failure(
      .ratio(atMost: 1.05, of: { throw Broken.atLast("void") }, to: { blackHole(Self.work(100)) }))
    #expect(nothing.contains(#"atLast("void")"#))
  }

  @Test func anErrorOfAnyTaskIsTold() throws {
    guard try MeasurementEnvironment().machine.allowed.workers >= 2 else {
      try Test.cancel("two workers need two cores")
    }
    let task = try failure(
      .efficiency(atLeast: 0.5, upTo: 2) { task in
        if task == 3 { throw Broken.atLast("task") }
        return Self.work(1000)
      })
    #expect(task.contains("in call 4") && task.contains(#"atLast("task")"#))
  }

  @Test func anErrorOfSetUpIsToldAsWell() throws {
    let text = try failure(
      .ratio(
        atMost: 1.05, setUp: { () -> [Int] in throw Broken.atLast("set up") }, of: { $0.sort() },
        to: { $0.sort() }))
    #expect(text.contains("the `setUp:` closure threw in call 1: "))
    #expect(text.contains(#"atLast("set up")"#))
  }

  /// An error of one run of the test is not that of the next.
  @Test func anErrorIsForgottenOnceItIsTold() throws {
    let calls = Calls()
    let claim = TestClaim.ratio(
      atMost: 1.05,
      of: {
        if calls.next() == 1 { throw Broken.atLast("once") }
        return Self.work(100_000)
      }, to: { Self.work(100_000) })
    #expect(try failure(claim).contains("once"))
    if case .failed(let text) = judge(claim).1 { Issue.record("\(text)") }
  }

  // MARK: - Long calls

  @Test func aCallThatIsLongerThanTheBudgetAllowsIsToldWithItsNumbers() throws {
    let begin = ContinuousClock.now
    let (judgement, finding) = judge(
      .faster(
        atLeast: 10, { Self.work(1000) },
        than: {
          blackHole(Self.work(300_000_000))
          return Self.work(1000)
        }))
    guard case .skipped(let text) = finding else { throw Unexpected(finding: finding) }
    #expect(text.contains("a call is too long: one of the first closure takes"))
    #expect(text.contains("one of the `than:` closure takes"))
    #expect(text.contains("rounds of one call each, 16 are needed"))
    #expect(judgement.record?.series.isEmpty == true)
    #expect(ContinuousClock.now - begin < .seconds(60))
  }

  // MARK: - Inputs

  /// State that is no `Sendable`, and counts how many of it there are.
  private final class Tape {
    static let live = Atomic<Int>(0)
    static let most = Atomic<Int>(0)
    static let bytes = 1 << 20
    let memory: UnsafeMutableRawPointer
    var position = 0

    init() {
      memory = .allocate(byteCount: Self.bytes, alignment: 16)
      memory.initializeMemory(as: UInt8.self, repeating: 1, count: Self.bytes)
      let now = Self.live.add(1, ordering: .relaxed).newValue
      Self.most.max(now, ordering: .relaxed)
    }

    deinit {
      memory.deallocate()
      Self.live.subtract(1, ordering: .relaxed)
    }
  }

  /// However short a call is, no more inputs are there at once than fit; and all of them go.
  @Test func inputsAreBoundedAndGo() throws {
    do {
      let (judgement, finding) = judge(
        .ratio(
          atMost: 1.05, setUp: { Tape() },
          of: { tape in
            tape.position += 1
            return tape.position &+ Self.work(50_000)
          },
          to: { tape in
            tape.position += 1
            return tape.position &+ Self.work(50_000)
          }))
      if case .failed(let text) = finding { Issue.record("\(text)") }
      #expect(judgement.record != nil)
    }
    let most = Tape.most.load(ordering: .relaxed)
    #expect((2...256).contains(most))
    #expect(Tape.live.load(ordering: .relaxed) == 0)
  }

  /// Why a claim with inputs of a size is skipped.
  private func skipped(inputBytes: Int) throws -> String {
    let (_, finding) = judge(
      .ratio(
        atMost: 1.05, setUp: { [UInt8](repeating: 1, count: inputBytes) },
        of: { bytes in Int(bytes[7]) &+ Self.work(1000) },
        to: { bytes in Int(bytes[7]) &+ Self.work(1000) }))
    guard case .skipped(let text) = finding else { throw Unexpected(finding: finding) }
    return text
  }

  // What an input takes is seen in the whole process, so it is one of its own.

  @Test func inputsThatDoNotFitAreToldWithTheirNumbers() async {
    await #expect(processExitsWith: .success) {
      let text = try ClosureFormTests().skipped(inputBytes: 96 << 20)
      // What else the process takes meanwhile is counted in.
      let size = try #require(
        text.firstMatch(of: /an input of setUp takes ([0-9.]+) MiB, the inputs/))
      #expect((90...150).contains(try #require(Double(size.1))))
      #expect(text.contains("make the input smaller"))
    }
  }

  @Test func inputsOfWhichTooFewFitForTheTimeAreToldWithTheirNumbers() async {
    await #expect(processExitsWith: .success) {
      let text = try ClosureFormTests().skipped(inputBytes: 8 << 20)
      #expect(
        text.contains(
          /an input of setUp takes 8\.[0-9] MiB.*calls of the `of:` closure last 0\.[0-9]+ ms, 30\.0 ms are needed/
        ))
    }
  }

  /// What closures that return nothing leave in their inputs is compared.
  @Test func whatIsLeftInAnInputIsCompared() throws {
    let numbers = (0..<2000).map { $0 &* 7919 % 2003 }
    let text = try failure(
      .ratio(atMost: 1.05, setUp: { numbers }, of: { $0.sort() }, to: { $0.sort(by: >) }))
    #expect(text.contains("not proven") || text.contains("different results"))
    let (judgement, _) = judge(
      .ratio(atMost: 1.5, setUp: { numbers }, of: { $0.sort() }, to: { $0.sort(by: <) }))
    #expect(judgement.record?.unproven.isEmpty == true)
    #expect(judgement.record?.notes.contains { $0.code == CallLimits.copies } == false)
  }

  /// A type of one's own that shares its storage.
  private struct Table: Hashable {
    var rows: [Int]
  }

  private static let table = Table(rows: (0..<20_000).map { $0 &* 7919 % 20_011 })

  /// The planted fault: the first change in each call copies what is shared with `table`.
  @Test func aCopyInTheTimeIsTold() async {
    await #expect(processExitsWith: .success) {
      let (judgement, _) = try ClosureFormTests().judge(
        .ratio(
          atMost: 1.5, setUp: { Self.table }, of: { $0.rows.sort() }, to: { $0.rows.sort(by: <) }))
      let notes = (judgement.record?.notes ?? []).filter { $0.code == CallLimits.copies }
      #expect(notes.count == 1)
      let note = try #require(notes.first)
      #expect(note.text.contains(/an input of setUp takes [0-9]+ bytes of its own/))
      #expect(note.text.contains("a call of the `of:` closure and of the `to:` closure adds 1"))
      #expect(note.text.contains("return an input from setUp that nothing else shares"))
      let result = try #require(judgement.record?.claims.first)
      let record = try #require(judgement.record)
      #expect(TestText.holds(result, record).contains(note.text))
    }
  }

  @Test func aCopyBeforeTheTimeIsNotTold() async {
    await #expect(processExitsWith: .success) {
      let (judgement, _) = try ClosureFormTests().judge(
        .ratio(
          atMost: 1.5,
          setUp: {
            var table = Self.table
            table.rows.reserveCapacity(table.rows.count)
            return table
          }, of: { $0.rows.sort() }, to: { $0.rows.sort(by: <) }))
      #expect(judgement.record?.claims.count == 1)
      #expect(judgement.record?.notes.contains { $0.code == CallLimits.copies } == false)
    }
  }

  // MARK: - Copies that nothing else holds

  private static func address(_ numbers: [Int]) -> Int {
    numbers.withUnsafeBufferPointer { Int(bitPattern: $0.baseAddress) }
  }

  @Test func collectionsOfTheStandardLibraryAreUnshared() {
    let numbers = (0..<100).map { $0 }
    #expect(Self.address(Array(numbers)) == Self.address(numbers))
    #expect(Self.address(unshared(numbers)) != Self.address(numbers))
    #expect(unshared(numbers) == numbers)
    let nested = [numbers, numbers]
    let copies = unshared(nested)
    #expect(copies == nested)
    #expect(copies.allSatisfy { Self.address($0) != Self.address(numbers) })
    #expect(Self.address(copies[0]) != Self.address(copies[1]))
    let byName = unshared(["a": numbers])
    #expect(byName == ["a": numbers])
    #expect(byName.values.allSatisfy { Self.address($0) != Self.address(numbers) })
    #expect(unshared(Set(numbers)) == Set(numbers))
    #expect(unshared(ContiguousArray(nested)) == ContiguousArray(nested))
    #expect(unshared(String(repeating: "x", count: 99)) == String(repeating: "x", count: 99))
    #expect(unshared(Self.table) == Self.table)
    #expect(unshared(7) == 7)
  }

  /// Proven by its memory: an input of its own takes as much as the collection.
  @Test func theInputsOfACallAreItsOwn() throws {
    let numbers = (0..<20_000).map { $0 &* 7919 % 20_011 }
    let set = Set(numbers)
    for claim in [
      TestClaim.ratio(
        atMost: 1.5, setUp: { numbers }, of: { $0.reverse() }, to: { $0 = $0.reversed() }),
      TestClaim.ratio(
        atMost: 1.5, setUp: { set }, of: { $0.remove(7) }, to: { $0.remove(7) }),
    ] {
      let (judgement, _) = judge(claim)
      #expect(judgement.record?.notes.contains { $0.code == CallLimits.copies } == false)
    }
  }
}
