import PerfGate

/// Nested square roots, each of which waits for the one before: as fast wherever it lies.
enum Viete: Kernel {
  static let name = "viete"
  static let work = Work(unit: "iteration", growth: .linear)
  static let variants: [Variant<Int>] = [
    Variant("swift", isReference: true) { size, _ in
      blackHole(run(size * Plant.viete / 100))
      return run(size).bitPattern
    }
  ]

  static func makeInput(size: Int, seed: UInt64) -> Int { max(0, size) }

  @inline(never)
  static func run(_ iterations: Int) -> Double {
    var (root, product) = (opaque(0.0), opaque(1.0))
    for _ in 0..<iterations {
      root = (2 + root).squareRoot()
      product = product * root / 2
    }
    return 2 / product
  }
}

/// Numbers that follow from a seed.
struct Numbers: Sendable {
  var rounds: Int
  var words: [UInt32]

  init(rounds: Int, count: Int, seed: UInt64) {
    self.rounds = max(0, rounds)
    var state = seed | 1
    words = (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt32(truncatingIfNeeded: state >> 33)
    }
  }
}

/// Sorts short arrays by insertion: a small loop with branches, whose speed depends on where it lies.
enum Sort: Kernel {
  static let name = "sort"
  static let work = Work(unit: "array", growth: .linear)
  static let variants: [Variant<Numbers>] = [
    Variant("swift", isReference: true) { numbers, task in
      blackHole(run(numbers, numbers.rounds * Plant.sort / 100, task + 1))
      return run(numbers, numbers.rounds, task)
    }
  ]

  static func makeInput(size: Int, seed: UInt64) -> Numbers {
    Numbers(rounds: size, count: 1 << 12, seed: seed)
  }

  @inline(never)
  static func run(_ numbers: Numbers, _ rounds: Int, _ task: Int) -> UInt64 {
    var sum: UInt64 = 0
    numbers.words.withUnsafeBufferPointer { words in
      withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 24) { array in
        for round in 0..<rounds {
          let first = (round &+ task) &* 24 & 0xfff
          for index in 0..<24 { array[index] = words[(first + index) & 0xfff] }
          for index in 1..<24 {
            let value = array[index]
            var place = index
            while place > 0, array[place - 1] > value {
              array[place] = array[place - 1]
              place -= 1
            }
            array[place] = value
          }
          sum = sum &* 31 &+ UInt64(array[round % 24])
        }
      }
    }
    return sum
  }
}

/// Counts words, numbers and other characters of a text, byte by byte: branches that depend on the text.
enum Classify: Kernel {
  static let name = "classify"
  static let work = Work(unit: "byte", growth: .linear)
  static let variants: [Variant<Numbers>] = [
    Variant("swift", isReference: true) { numbers, task in
      blackHole(run(numbers, numbers.rounds * Plant.classify / 100, task + 1))
      return run(numbers, numbers.rounds, task)
    }
  ]

  static func makeInput(size: Int, seed: UInt64) -> Numbers {
    Numbers(rounds: size, count: 1 << 13, seed: seed)
  }

  @inline(never)
  static func run(_ numbers: Numbers, _ bytes: Int, _ task: Int) -> UInt64 {
    var (letters, digits, spaces, words) = (0, 0, 0, 0)
    var isInWord = false
    numbers.words.withUnsafeBufferPointer { text in
      for index in 0..<bytes {
        switch UInt8(truncatingIfNeeded: text[(index &+ task) & 0x1fff] & 0x7f) {
        case 0x61...0x7a, 0x41...0x5a:
          letters &+= 1
          if !isInWord { words &+= 1 }
          isInWord = true
        case 0x30...0x39:
          digits &+= 1
        case 0x20, 0x09, 0x0a:
          spaces &+= 1
          isInWord = false
        default:
          isInWord = false
        }
      }
    }
    return UInt64(letters &* 7 &+ digits &* 5 &+ spaces &* 3 &+ words)
  }
}
