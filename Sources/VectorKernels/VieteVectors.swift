import CPerfGateKernels

#if arch(x86_64)
  /// The inner loops of Viète's series for vectors of chains, one chain in each lane.
  package enum VieteVectors {
    /// How many chains a vector holds: 2, 4 or 8.
    package static var lanes: Int { Doubles.scalarCount }

    /// Makes `steps` times a = √(2 + a), p = p · a / 2 in every lane of 1 to 4 vectors.
    ///
    /// Shape: `a` and `p` have `vectors` · `lanes` numbers each, at any alignment; `steps` ≥ 0.
    /// Work: steps · vectors square roots of a vector. A root of one vector waits for the one
    /// before; those of several vectors overlap, and with 4 the unit for roots is always busy.
    @inline(never)
    package static func advance(
      _ a: UnsafeMutablePointer<Double>, _ p: UnsafeMutablePointer<Double>, vectors: Int,
      steps: Int
    ) {
      switch vectors {
      case 1: advance1(a, p, steps)
      case 2: advance2(a, p, steps)
      case 3: advance3(a, p, steps)
      default: advance4(a, p, steps)
      }
    }

    // A loop for each number of vectors: the vectors of a loop over an array would not stay in
    // registers. Vectors that do not start together stay out of step (see ck_wait_for_loads).

    @inline(__always)
    private static func advance1(
      _ a: UnsafeMutablePointer<Double>, _ p: UnsafeMutablePointer<Double>, _ steps: Int
    ) {
      var v0 = Chains(a, p, 0)
      for _ in 0..<steps {
        v0.step()
      }
      v0.store(a, p, 0)
    }

    @inline(__always)
    private static func advance2(
      _ a: UnsafeMutablePointer<Double>, _ p: UnsafeMutablePointer<Double>, _ steps: Int
    ) {
      var v0 = Chains(a, p, 0)
      var v1 = Chains(a, p, 1)
      ck_wait_for_loads()
      for _ in 0..<steps {
        v0.step()
        v1.step()
      }
      v0.store(a, p, 0)
      v1.store(a, p, 1)
    }

    @inline(__always)
    private static func advance3(
      _ a: UnsafeMutablePointer<Double>, _ p: UnsafeMutablePointer<Double>, _ steps: Int
    ) {
      var v0 = Chains(a, p, 0)
      var v1 = Chains(a, p, 1)
      var v2 = Chains(a, p, 2)
      ck_wait_for_loads()
      for _ in 0..<steps {
        v0.step()
        v1.step()
        v2.step()
      }
      v0.store(a, p, 0)
      v1.store(a, p, 1)
      v2.store(a, p, 2)
    }

    @inline(__always)
    private static func advance4(
      _ a: UnsafeMutablePointer<Double>, _ p: UnsafeMutablePointer<Double>, _ steps: Int
    ) {
      var v0 = Chains(a, p, 0)
      var v1 = Chains(a, p, 1)
      var v2 = Chains(a, p, 2)
      var v3 = Chains(a, p, 3)
      ck_wait_for_loads()
      for _ in 0..<steps {
        v0.step()
        v1.step()
        v2.step()
        v3.step()
      }
      v0.store(a, p, 0)
      v1.store(a, p, 1)
      v2.store(a, p, 2)
      v3.store(a, p, 3)
    }
  }

  /// As many chains as a vector has lanes.
  private struct Chains {
    var a: Doubles
    var p: Doubles

    /// Reads the vector with number `index` of `a` and of `p`.
    @inline(__always)
    init(_ a: UnsafeMutablePointer<Double>, _ p: UnsafeMutablePointer<Double>, _ index: Int) {
      let offset = index * MemoryLayout<Doubles>.size
      self.a = UnsafeRawPointer(a).loadUnaligned(fromByteOffset: offset, as: Doubles.self)
      self.p = UnsafeRawPointer(p).loadUnaligned(fromByteOffset: offset, as: Doubles.self)
    }

    @inline(__always)
    func store(
      _ a: UnsafeMutablePointer<Double>, _ p: UnsafeMutablePointer<Double>, _ index: Int
    ) {
      let offset = index * MemoryLayout<Doubles>.size
      UnsafeMutableRawPointer(a).storeBytes(of: self.a, toByteOffset: offset, as: Doubles.self)
      UnsafeMutableRawPointer(p).storeBytes(of: self.p, toByteOffset: offset, as: Doubles.self)
    }

    @inline(__always)
    mutating func step() {
      a = roots(Doubles(repeating: 2) + a)
      // Half of a product is exact, so this rounds as a division by 2 does.
      p = p * a * Doubles(repeating: 0.5)
    }
  }

  /// The square root of every lane, as one instruction: `squareRoot()` of a vector is a loop.
  @inline(__always)
  private func roots(_ x: Doubles) -> Doubles {
    #if AVX512
      Doubles(
        x[0].squareRoot(), x[1].squareRoot(), x[2].squareRoot(), x[3].squareRoot(),
        x[4].squareRoot(), x[5].squareRoot(), x[6].squareRoot(), x[7].squareRoot())
    #elseif AVX2
      Doubles(x[0].squareRoot(), x[1].squareRoot(), x[2].squareRoot(), x[3].squareRoot())
    #else
      Doubles(x[0].squareRoot(), x[1].squareRoot())
    #endif
  }
#endif
