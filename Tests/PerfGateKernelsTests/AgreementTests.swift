import PerfGate
import PerfGateKernels
import Testing

@Suite struct AgreementTests {
  @Test func everyVariantAgreesWithTheReference() throws {
    for kernel in shippedKernels {
      let found = try disagreements(of: kernel, sizes: borderSizes)
      #expect(found.isEmpty, "\(kernel.name): \(found)")
    }
  }

  @Test func everyKernelHasOneReferenceAndTwinsThatExist() {
    #expect(Set(shippedKernels.map { $0.name }).count == shippedKernels.count)
    for kernel in shippedKernels { checkVariants(of: kernel) }
  }

  private func checkVariants<K: Kernel>(of kernel: K.Type) {
    let names = K.variants.map(\.name)
    #expect(Set(names).count == names.count, "\(K.name)")
    #expect(K.variants.count { $0.isReference } == 1, "\(K.name)")
    for variant in K.variants {
      let language = variant.name.prefix { $0 != "." }
      #expect(language == "swift" || language == "c", "\(K.name) \(variant.name)")
      if let twin = variant.twin {
        #expect(names.contains(twin) && twin.hasPrefix("c."), "\(K.name) \(variant.name)")
      } else {
        #expect(language == "c", "\(K.name) \(variant.name) has no C twin")
      }
    }
  }

  @Test func everyVariantIsOptimized() {
    for kernel in shippedKernels { checkOptimization(of: kernel) }
  }

  private func checkOptimization<K: Kernel>(of kernel: K.Type) {
    for variant in K.variants { #expect(variant.isOptimized, "\(K.name) \(variant.name)") }
  }
}

/// Wrong variants: the comparison is worth something only if it finds each of them, by name.
@Suite struct WrongVariantTests {
  enum LastBit: Kernel {
    static let name = "viete"
    static let work = Viete.work
    static let variants =
      Viete.variants + [
        Variant("swift.last-bit") { iterations, _ in
          Viete.run(iterations: iterations).bitPattern ^ 1
        },
        Variant("swift.late") { iterations, task in
          Viete.run(iterations: iterations).bitPattern ^ (task == 49 ? 1 : 0)
        },
      ]
    static func makeInput(size: Int, seed: UInt64) throws -> Int { size }
  }

  @Test func aWrongLastBitIsFound() throws {
    let found = try disagreements(of: LastBit.self, sizes: [28], seeds: [1])
    #expect(
      found.map(\.variant) == ["swift.last-bit", "swift.last-bit", "swift.last-bit", "swift.late"])
    #expect(found.allSatisfy { $0.found ^ $0.expected == 1 })
    #expect(found.last?.task == 49)
  }

  enum SloppyScan: Kernel {
    static let name = "text.scan"
    static let work = TextScan.work
    static let variants =
      TextScan.variants + [
        // Takes 0x81 and above for a zero: the classic test without its `& ~word`.
        Variant("swift.sloppy") { input, _ in
          UInt64(
            input.buffer.bytes.firstIndex { ($0 &- 1) & 0x80 != 0 } ?? input.buffer.bytes.count)
        },
        // Does not look at the text.
        Variant("swift.fixed") { _, _ in 1000 },
      ]
    static func makeInput(size: Int, seed: UInt64) throws -> TextScan.Input {
      try TextScan.makeInput(size: size, seed: seed)
    }
  }

  @Test func aSloppyZeroTestIsFound() throws {
    let found = try disagreements(of: SloppyScan.self, sizes: [1000], tasks: [0])
    #expect(Set(found.map(\.variant)) == ["swift.sloppy"])
    let other = try disagreements(of: SloppyScan.self, sizes: [1001], tasks: [0])
    #expect(Set(other.map(\.variant)) == ["swift.sloppy", "swift.fixed"])
  }

  enum CountedBytes: Kernel {
    static let name = "text.scalars"
    static let work = TextScalars.work
    static let variants =
      TextScalars.variants + [
        Variant("swift.bytes") { input, _ in UInt64(input.string.utf8.count) }
      ]
    static func makeInput(size: Int, seed: UInt64) throws -> TextScalars.Input {
      try TextScalars.makeInput(size: size, seed: seed)
    }
  }

  @Test func countedBytesAreFound() throws {
    for size in [4, 100, 4096, 100_003] {
      let found = try disagreements(of: CountedBytes.self, sizes: [size], tasks: [0])
      #expect(Set(found.map(\.variant)) == ["swift.bytes"], "size \(size)")
    }
  }
}
