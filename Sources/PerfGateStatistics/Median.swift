/// The median of `values`: the middle one, or the mean of the two in the middle.
///
/// - Parameter values: any order, at least one; not a number is not expected.
/// - Returns: `nil` for no values.
public func median(_ values: [Double]) -> Double? {
  guard !values.isEmpty else { return nil }
  let sorted = values.sorted()
  let middle = sorted.count / 2
  return sorted.count.isMultiple(of: 2)
    ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
}
