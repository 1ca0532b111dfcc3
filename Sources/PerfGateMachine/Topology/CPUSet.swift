/// A set of CPU numbers (or memory node numbers) of any size, written as `0-3,8`.
package struct CPUSet: Sendable {
  /// The largest number a set can hold: far above what Linux can be built for (8,192), and small
  /// enough that a damaged file cannot make a set take gigabytes.
  package static let maximum = 65_535

  /// 64 numbers per word, no zero word at the end, so that equal sets are equal values.
  var words: [UInt64]

  /// The empty set.
  package init() { words = [] }

  /// The set of these numbers, each 0 to `maximum`.
  package init(_ numbers: some Sequence<Int>) {
    words = []
    for number in numbers { insert(number) }
  }

  /// A set from the kernel's own form: bit b of word w stands for number 64 w + b.
  package init(words: [UInt64]) {
    self.words = Array(words.prefix((Self.maximum + 1) / 64))
    trim()
  }

  /// The set in the kernel's form, at least one word long.
  package var bitWords: [UInt64] { words.isEmpty ? [0] : words }

  /// How many numbers the set holds.
  package var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

  /// Whether the set holds nothing.
  package var isEmpty: Bool { words.isEmpty }

  /// The smallest number; nil for the empty set.
  package var first: Int? {
    words.firstIndex { $0 != 0 }.map { $0 * 64 + words[$0].trailingZeroBitCount }
  }

  /// The largest number; nil for the empty set.
  package var last: Int? {
    words.last.map { (words.count - 1) * 64 + 63 - $0.leadingZeroBitCount }
  }

  /// Whether the number is in the set; numbers outside 0 to `maximum` never are.
  package func contains(_ number: Int) -> Bool {
    guard number >= 0, number / 64 < words.count else { return false }
    return words[number / 64] & (1 << UInt64(number % 64)) != 0
  }

  private mutating func trim() {
    while words.last == 0 { words.removeLast() }
  }

  private func combined(_ other: CPUSet, _ operation: (UInt64, UInt64) -> UInt64) -> CPUSet {
    let length = Swift.max(words.count, other.words.count)
    return CPUSet(
      words: (0..<length).map { index in
        operation(
          index < words.count ? words[index] : 0,
          index < other.words.count ? other.words[index] : 0)
      })
  }
}

extension CPUSet: SetAlgebra {
  /// Adds a number, 0 to `maximum`.
  @discardableResult
  package mutating func insert(_ number: Int) -> (inserted: Bool, memberAfterInsert: Int) {
    precondition((0...Self.maximum).contains(number), "a CPU number is 0 to \(Self.maximum)")
    let found = contains(number)
    while words.count <= number / 64 { words.append(0) }
    words[number / 64] |= 1 << UInt64(number % 64)
    return (!found, number)
  }

  /// Adds a number, 0 to `maximum`, and returns it if it was there before.
  @discardableResult
  package mutating func update(with number: Int) -> Int? {
    insert(number).inserted ? nil : number
  }

  /// Removes a number and returns it if it was there.
  @discardableResult
  package mutating func remove(_ number: Int) -> Int? {
    guard contains(number) else { return nil }
    words[number / 64] &= ~(1 << UInt64(number % 64))
    trim()
    return number
  }

  /// The numbers in either set.
  package func union(_ other: CPUSet) -> CPUSet { combined(other, |) }

  /// The numbers in both sets.
  package func intersection(_ other: CPUSet) -> CPUSet { combined(other, &) }

  /// The numbers in exactly one of the sets.
  package func symmetricDifference(_ other: CPUSet) -> CPUSet { combined(other, ^) }

  /// The numbers of this set that the other does not hold.
  package func subtracting(_ other: CPUSet) -> CPUSet { combined(other) { $0 & ~$1 } }

  /// Whether no number is in both sets.
  package func isDisjoint(with other: CPUSet) -> Bool {
    zip(words, other.words).allSatisfy { $0 & $1 == 0 }
  }

  /// Whether the other set holds every number of this one.
  package func isSubset(of other: CPUSet) -> Bool {
    words.count <= other.words.count && zip(words, other.words).allSatisfy { $0 & ~$1 == 0 }
  }

  /// Adds the numbers of the other set.
  package mutating func formUnion(_ other: CPUSet) { self = union(other) }

  /// Keeps only the numbers that the other set also holds.
  package mutating func formIntersection(_ other: CPUSet) { self = intersection(other) }

  /// Keeps the numbers that exactly one of the sets holds.
  package mutating func formSymmetricDifference(_ other: CPUSet) {
    self = symmetricDifference(other)
  }
}

extension CPUSet: Sequence {
  /// Yields the numbers in ascending order.
  package struct Iterator: IteratorProtocol {
    private let words: [UInt64]
    private var index = 0
    private var rest: UInt64

    fileprivate init(_ words: [UInt64]) {
      self.words = words
      rest = words.first ?? 0
    }

    /// The next larger number; nil at the end.
    package mutating func next() -> Int? {
      while rest == 0 {
        index += 1
        guard index < words.count else { return nil }
        rest = words[index]
      }
      defer { rest &= rest - 1 }
      return index * 64 + rest.trailingZeroBitCount
    }
  }

  /// The numbers in ascending order.
  package func makeIterator() -> Iterator { Iterator(words) }
}

extension CPUSet: Hashable {}
