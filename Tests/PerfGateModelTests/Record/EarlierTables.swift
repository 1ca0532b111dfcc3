extension EarlierRecordTests {
  /// What tables of an earlier version have no more, and the figures that they now have instead.
  struct Changed {
    var gone: Set<String> = []
    var figures: [String: Double?] = [:]
  }

  static let changed: [String: Changed] = [
    "quiet": Changed(figures: [
      "viete/swift.scalar/pool/1 over viete/c.scalar/pool/1 coverage": 0.95,
      "viete/swift.scalar/pool/2 over viete/c.scalar/pool/2 coverage": 0.95,
      "text.scan/swift.simd/pool/1 over text.scan/c.strlen/pool/1 coverage": 0.95,
      "text.scalars/swift.simd/pool/1 over text.scalars/c.simd/pool/1 coverage": 0.95,
    ]),
    "confirmed": Changed(gone: [confirmation], figures: ofFirstStages),
    "interrupted": Changed(gone: [confirmation], figures: ofFirstStages),
    "busy": Changed(
      gone: ["text.scan/swift.simd/pool/1#confirmation over text.scan/c.strlen/pool/1"],
      // A test ended these 16 rounds. [1.1299, 1.2051] was made as if their number had been fixed.
      figures: [
        "text.scan/swift.simd/pool/1 over text.scan/c.strlen/pool/1 coverage": 0.95,
        "text.scan/swift.simd/pool/1 over text.scan/c.strlen/pool/1 interval 0": 1.1251171084581968,
        "text.scan/swift.simd/pool/1 over text.scan/c.strlen/pool/1 interval 1": 1.2098376322910838,
      ]),
  ]

  private static let confirmation = "mix/more/pool/1#confirmation over mix/plain/pool/1"
  /// After 8 rounds both intervals reach from the least ratio to the greatest: they differ in what is
  /// promised of them.
  private static let ofFirstStages: [String: Double?] = [
    "mix/again/pool/1 over mix/plain/pool/1 coverage": 0.95,
    "mix/more/pool/1 over mix/plain/pool/1 coverage": 0.95,
  ]
}
