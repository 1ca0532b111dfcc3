/// Works on numbers, one after the other.
@inline(never)
public func plainSum(_ numbers: [UInt64]) -> UInt64 {
  var sum: UInt64 = 1
  for number in numbers { sum = (sum ^ number) &* 0x100_0000_01b3 }
  return sum
}
