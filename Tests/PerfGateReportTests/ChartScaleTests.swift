import Testing

@testable import PerfGateReport

/// Where values are on a picture, and which numbers its axes have.
@Suite struct ChartScaleTests {
  @Test func ticksAreRoundNumbers() {
    let shares = ChartScale([0.2, 0.9], includesZero: true, (0, 100)).ticks
    #expect(shares.map { TickText.text($0, .number) } == ["0", "0.2", "0.4", "0.6", "0.8", "1"])
    func workers(_ most: Double) -> [Double] {
      ChartScale([1, most], mostTicks: 12, leastStep: 1, isTight: true, (0, 1)).ticks
    }
    #expect(workers(12) == (1...12).map(Double.init) && workers(2) == [1, 2])
    #expect(workers(96) == (1...9).map { Double($0) * 10 })
    #expect(ChartScale([3, 700], isLogarithmic: true, (0, 1)).ticks == [1, 10, 100, 1000])
    let wide = ChartScale([1e-12, 1e6], isLogarithmic: true, mostTicks: 5, (0, 1)).ticks
    #expect(wide.count <= 6 && wide.count >= 3, "\(wide)")
  }

  static let values: [[Double]] = [
    [], [0], [1], [1, 1], [1e-12], [1e6], [1e-12, 1e6], [5, 5, 5], [-3, 7], [-1e6, -1e-12],
    [0, 1e-300], [.leastNonzeroMagnitude],
    [0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude], [.nan, 1], [.infinity, 2, -.infinity],
    [.greatestFiniteMagnitude, 1],
    [1e99, 1e-99], [0.1 + 0.2, 0.3], [1e15, 1e15 + 1],
  ]

  /// Every value has a finite place within the range, and larger values are not before smaller ones.
  @Test(arguments: values, [true, false]) func placesAreFinite(values: [Double], isWide: Bool) {
    for includesZero in [true, false] {
      for isTight in [true, false] {
        let scale = ChartScale(
          values, isLogarithmic: isWide, includesZero: includesZero, isTight: isTight, (10, 110))
        #expect(scale.lower < scale.upper && scale.lower.isFinite && scale.upper.isFinite)
        #expect(scale.ticks.count <= 20 && scale.ticks.allSatisfy(\.isFinite), "\(scale.ticks)")
        #expect(zip(scale.ticks, scale.ticks.dropFirst()).allSatisfy { $0 < $1 })
        let tested = (values + [0, -1, 1e300, .nan, .infinity]).sorted { $0 < $1 || $1.isNaN }
        let places = tested.map(scale.position)
        #expect(places.allSatisfy { (10...110).contains($0) }, "\(places)")
        let known = zip(tested, places).filter { !$0.0.isNaN }.sorted { $0.0 < $1.0 }
        #expect(zip(known, known.dropFirst()).allSatisfy { $0.1 <= $1.1 })
      }
    }
  }

  /// No two ticks of an axis have the same text, however close they are.
  @Test(arguments: [
    [0.9995, 1.0012], [1, 1.00001], [0.1 + 0.2, 0.3003], [100, 100.2], [12_345, 12_346],
    [200e6, 200.001e6], [0.0501, 0.0502], [-3, 7],
  ])
  func ticksDiffer(values: [Double]) {
    for unit in [TickText.Unit.number, .seconds, .bytes, .percent] {
      let scale = ChartScale(values, (0, 100))
      let labels = scale.ticks.map { scale.label($0, unit) }
      #expect(Set(labels).count == labels.count, "\(labels)")
    }
  }

  @Test func aValueIsWhereItBelongs() {
    let linear = ChartScale([0, 10], (0, 100))
    #expect(linear.position(5) == 50 && linear.position(-5) == 0 && linear.position(11) == 100)
    let down = ChartScale([0, 10], (100, 0))
    #expect(down.position(2) == 80)
    let wide = ChartScale([2, 50], isLogarithmic: true, (0, 100))
    #expect(abs(wide.position(10) - 50) < 1e-9)
  }

  @Test(arguments: [
    (0, TickText.Unit.seconds, "0"), (0.05, .seconds, "50 ms"), (2.5e-6, .seconds, "2.5 us"),
    (1e-12, .seconds, "1 ps"), (1e6, .seconds, "1000000 s"), (200e6, .number, "200 M"),
    (1500, .number, "1500"), (0.30000000000000004, .number, "0.3"), (1e-9, .number, "1e-9"),
    (1.05, .number, "1.05"), (12e6, .bytes, "12 MB"), (-20, .percent, "-20 %"),
    (.nan, .number, "–"), (.infinity, .seconds, "–"), (1e300, .number, "1e288 T"),
  ])
  func ticksAreShort(value: Double, unit: TickText.Unit, text: String) {
    #expect(TickText.text(value, unit) == text)
  }

  @Test func placesAreRoundedToTenths() {
    #expect(SVGPicture.number(1) == "1" && SVGPicture.number(1.26) == "1.3")
    #expect(SVGPicture.number(-0.04) == "0" && SVGPicture.number(-2.5) == "-2.5")
    #expect(SVGPicture.number(.nan) == "0" && SVGPicture.number(.infinity) == "0")
  }

  @Test func longNamesAreCut() {
    let long = String(repeating: "name", count: 100)
    let text = SVGPicture.fitted(long, 200)
    #expect(text.hasSuffix("…") && SVGPicture.width(of: text) <= 212)
    #expect(SVGPicture.fitted("short", 200) == "short")
    #expect(SVGPicture.fitted(String(repeating: "漢", count: 100), 200).count < 20)
  }
}
