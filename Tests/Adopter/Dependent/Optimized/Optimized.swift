/// Works on numbers, one after the other.
@inline(never)
public func optimizedSum(_ numbers: [UInt64]) -> UInt64 {
  var sum: UInt64 = 1
  for number in numbers { sum = (sum ^ number) &* 0x100_0000_01b3 }
  return sum
}

/// Goes on for three times as long, and returns the same.
@inline(never)
public func tripleSum(_ numbers: [UInt64]) -> UInt64 {
  var sum: UInt64 = 1
  var first: UInt64 = 0
  for turn in 0..<3 {
    for number in numbers { sum = (sum ^ number) &* 0x100_0000_01b3 }
    if turn == 0 { first = sum }
  }
  // Nobody knows that it is never 0.
  return sum == 0 ? 0 : first
}

/// What is worked on.
public let numbers: [UInt64] = (0..<20_000).map { $0 &* 0x9e37_79b9_7f4a_7c15 }
