import PerfGateStatistics
import Testing

@Suite struct StudentTTests {
  /// The quantiles for 1 … 20 degrees of freedom, to nine digits (scipy 1.17.1; the printed tables
  /// have three or four of them).
  static let published: [(probability: Double, quantiles: [Double])] = [
    (
      0.95,
      [
        6.313751515, 2.91998558, 2.353363435, 2.131846786, 2.015048373, 1.943180281, 1.894578605,
        1.859548038, 1.833112933, 1.812461123, 1.795884819, 1.782287556, 1.770933396, 1.761310136,
        1.753050356, 1.745883676, 1.739606726, 1.734063607, 1.729132812, 1.724718243,
      ]
    ),
    (
      0.99,
      [
        31.820515954, 6.964556734, 4.540702859, 3.746947388, 3.364929999, 3.142668403,
        2.997951567, 2.896459448, 2.821437925, 2.763769458, 2.718079184, 2.680997993, 2.650308838,
        2.624494068, 2.602480295, 2.583487185, 2.566933984, 2.55237963, 2.539483191, 2.527977003,
      ]
    ),
  ]

  @Test(arguments: published) func quantilesAsPublished(_ row: (Double, [Double])) throws {
    for (index, expected) in row.1.enumerated() {
      let quantile = try #require(studentTQuantile(row.0, degreesOfFreedom: index + 1))
      #expect(abs(quantile - expected) < 1e-8)
      let mirrored = try #require(studentTQuantile(1 - row.0, degreesOfFreedom: index + 1))
      #expect(abs(mirrored + expected) < 1e-6)
    }
  }

  @Test(arguments: [
    (0.75, 1, 1.0), (0.975, 30, 2.0422724563012378), (0.999, 4, 7.173182219782307),
    (0.995, 120, 2.6174211451068654), (0.9999, 3, 22.203742273205),
    (0.0001, 7, -7.063432828157514), (0.5, 6, 0),
  ])
  func quantilesElsewhere(probability: Double, freedom: Int, expected: Double) throws {
    let quantile = try #require(studentTQuantile(probability, degreesOfFreedom: freedom))
    #expect(abs(quantile - expected) < 1e-6)
  }

  @Test func probabilityAndQuantileAreInverse() throws {
    for freedom in [1, 2, 3, 4, 9, 19, 20, 200] {
      for t in [-3.5, -1, -0.01, 0, 0.4, 2, 6] {
        let probability = try #require(studentTProbability(t, degreesOfFreedom: freedom))
        let back = try #require(studentTQuantile(probability, degreesOfFreedom: freedom))
        #expect(abs(back - t) < 1e-6)
      }
    }
  }

  @Test func outOfRange() {
    for probability in [0, 1, -0.1, 1.1, .nan] {
      #expect(studentTQuantile(probability, degreesOfFreedom: 5) == nil)
    }
    #expect(studentTQuantile(0.9, degreesOfFreedom: 0) == nil)
    #expect(studentTProbability(1, degreesOfFreedom: 0) == nil)
    #expect(studentTProbability(.nan, degreesOfFreedom: 3) == nil)
    #expect(studentTProbability(.infinity, degreesOfFreedom: 3) == 1)
    #expect(studentTProbability(-1e200, degreesOfFreedom: 3) == 0)
    #expect(studentTQuantile(1 - 1e-16, degreesOfFreedom: 1) != nil)
  }
}
