import Foundation
import PerfGateMachine
import Testing

@Suite struct CPUSetTests {
  @Test(arguments: [
    ("", "", 0), ("\n", "", 0), ("0", "0", 1), ("0-3,8", "0-3,8", 5), ("8,0-3\n", "0-3,8", 5),
    ("1,2,3", "1-3", 3), (" 0-1 , 4 ", "0-1,4", 3), ("63-64", "63-64", 2), ("5-5", "5", 1),
    ("0-2,1-3", "0-3", 4), ("1023-1025,2048", "1023-1025,2048", 4), ("65535", "65535", 1),
  ])
  func parsesAndPrints(text: String, printed: String, count: Int) throws {
    let set = try CPUSet(parsing: text)
    #expect(set.description == printed)
    #expect(set.count == count)
    #expect(try CPUSet(parsing: set.description) == set)
  }

  @Test(arguments: [
    ("x", "'x' in 'x' is not a cpu number or range; expected a list such as 0-3,8"),
    ("0,,1", "'' in '0,,1' is not a cpu number or range; expected a list such as 0-3,8"),
    ("-1", "'-1' in '-1' is not a cpu number or range; expected a list such as 0-3,8"),
    ("1-", "'1-' in '1-' is not a cpu number or range; expected a list such as 0-3,8"),
    ("3-1", "range '3-1' in '3-1' runs backwards; write the smaller number first"),
    ("65536", "'65536' in '65536' is above the largest cpu number, 65535"),
    (
      "0-99999999999999999999",
      "'0-99999999999999999999' in '0-99999999999999999999' is above the largest cpu number, 65535"
    ),
  ])
  func refuses(text: String, error: String) {
    #expect { try CPUSet(parsing: text) } throws: { "\($0)" == error }
  }

  @Test func holdsNumbersBeyondOldMasks() {
    var set = CPUSet([0, 1023, 1024, 5000])
    #expect(set.contains(5000) && !set.contains(4999) && !set.contains(-1))
    #expect(!set.contains(1 << 40))
    #expect(Array(set) == [0, 1023, 1024, 5000])
    #expect(set.first == 0 && set.last == 5000)
    set.remove(5000)
    #expect(set.last == 1024)
    #expect(set == CPUSet([0, 1023, 1024]))
    #expect(set.hashValue == CPUSet([1024, 0, 1023]).hashValue)
    #expect(set.bitWords.count == 17)
  }

  /// Against the standard library's set, on seeded sets of every density.
  @Test func keepsTheLawsOfSets() {
    var random = SplitMix(seed: 7)
    for _ in 0..<300 {
      let bound = 1 + Int(random.next() % 3000)
      func draw() -> Set<Int> {
        Set((0..<Int(random.next() % 60)).map { _ in Int(random.next() % UInt64(bound)) })
      }
      let (a, b) = (draw(), draw())
      let (left, right) = (CPUSet(a), CPUSet(b))
      #expect(Array(left) == a.sorted())
      #expect(Array(left.union(right)) == a.union(b).sorted())
      #expect(Array(left.intersection(right)) == a.intersection(b).sorted())
      #expect(Array(left.subtracting(right)) == a.subtracting(b).sorted())
      #expect(Array(left.symmetricDifference(right)) == a.symmetricDifference(b).sorted())
      #expect(left.isSubset(of: right) == a.isSubset(of: b))
      #expect(left.isDisjoint(with: right) == a.isDisjoint(with: b))
      #expect((left == right) == (a == b))
      #expect(left.count == a.count && left.first == a.min() && left.last == a.max())
      #expect(CPUSet(words: left.bitWords) == left)
    }
  }

  @Test func isWrittenAsItsText() throws {
    let data = try JSONEncoder().encode([try CPUSet(parsing: "0-3,8")])
    #expect(String(decoding: data, as: UTF8.self) == #"["0-3,8"]"#)
    #expect(try JSONDecoder().decode([CPUSet].self, from: data) == [[0, 1, 2, 3, 8]])
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([CPUSet].self, from: Data(#"["8-0"]"#.utf8))
    }
  }
}

/// A small generator with a seed, so that a failing case can be run again.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
