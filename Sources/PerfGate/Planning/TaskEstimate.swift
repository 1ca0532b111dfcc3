/// A task that would take too long, extrapolated from smaller sizes.
package struct LongTask: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kernel's name.
  package var kernel: String
  /// The variant's name.
  package var variant: String
  /// The size of the task, in the kernel's units.
  package var size: Int
  /// How long it would take, estimated, in seconds.
  package var seconds: Double
  /// The longest allowed time, in seconds.
  package var mostSeconds: Double

  package init(kernel: String, variant: String, size: Int, seconds: Double, mostSeconds: Double) {
    self.kernel = kernel
    self.variant = variant
    self.size = size
    self.seconds = seconds
    self.mostSeconds = mostSeconds
  }

  /// One line: what failed, what was found, what to do.
  package var description: String {
    "cannot use size \(size): one task of \(kernel)/\(variant) would take about "
      + "\(Self.time(seconds)), the limit is \(Self.time(mostSeconds)); choose a smaller size"
  }

  /// A rounded time, such as `45 s`, `12 min` or `3 h`.
  package static func time(_ seconds: Double) -> String {
    if seconds < 120 { return "\(max(1, Int(seconds.rounded()))) s" }
    if seconds < 7200 { return "\(Int((seconds / 60).rounded())) min" }
    let hours = (seconds / 3600).rounded()
    return hours < 1e6 ? "\(Int(hours)) h" : "a million hours or more"
  }
}

extension Session {
  /// How long one task of the variant will take at a size, extrapolated from smaller ones, in
  /// seconds.
  ///
  /// It raises the size until a task takes a millisecond. Only for kernels whose time grows with
  /// the size.
  ///
  /// - Returns: `nil` if a small size cannot be run; the proof of the work will report why.
  package func expectedSeconds(
    _ kernel: AnyKernel, _ variant: AnyKernel.VariantInfo, size: Int
  ) throws(MeasurementError) -> Double? {
    var arm = Arm(
      kernel: kernel.name, variant: variant.name, workers: 1, tasks: 1, size: min(size, 1000),
      isSpecial: true)
    while true {
      let seconds: Double
      do throws(MeasurementError) {
        seconds = min(try runner.run(arm).seconds, try runner.run(arm).seconds)
      } catch {
        switch error {
        case .wrongResult, .input: return nil
        default: throw error
        }
      }
      if seconds >= 0.001 || arm.size >= size {
        return seconds * Double(size) / Double(max(arm.size, 1))
      }
      arm.size = size / 8 < arm.size ? size : arm.size * 8
    }
  }
}

extension GateOptions {
  /// How many claims can be measured here, and how long their rounds may take in total, in seconds,
  /// without confirmations.
  package func mostSeconds(
    _ claims: [Claim], catalog: Catalog
  ) -> (claims: Int, seconds: Double) {
    let open = claims.filter { $0.refusal(catalog: catalog, options: self) == nil }
    var groups = 0
    for kernel in catalog.kernels {
      let own = open.filter { $0.kernel == kernel.name }
      guard !own.isEmpty else { continue }
      let ofTime = own.filter(\.kind.form.isOfTime)
      groups += own.count - ofTime.count
      if !ofTime.isEmpty { groups += Sizing.isFixed(kernel) ? 1 : Set(ofTime.map(\.tasks)).count }
    }
    if open.contains(where: { $0.kind.form.isScaling }) { groups += 1 }
    return (open.count, Double(groups) * budget)
  }
}
