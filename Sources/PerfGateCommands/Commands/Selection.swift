import PerfGate
import PerfGateMachine

extension MeasuringCommand {
  static func selectedKernels(
    _ invocation: Invocation, _ catalog: Catalog
  ) throws(CommandError) -> [AnyKernel] {
    let options = invocation.options
    var kernels = catalog.kernels
    for pattern in options.kernels where !kernels.contains(where: { matchesGlob(pattern, $0.name) })
    {
      let known = catalog.kernels.map(\.name)
      throw .usage(
        "unknown kernel \(pattern)"
          + Suggestion.text(
            pattern, among: known, else: "expected \(known.joined(separator: ", "))"))
    }
    if !options.kernels.isEmpty {
      kernels = kernels.filter { kernel in
        options.kernels.contains { matchesGlob($0, kernel.name) }
      }
    }
    kernels = invocation.command.kernels(among: kernels, named: !options.kernels.isEmpty)
    guard !kernels.isEmpty else {
      let command = invocation.command.rawValue
      throw .usage(
        options.kernels.isEmpty
          ? "\(command) measures none of this program's kernels"
          : "\(command) measures none of the kernels given by --kernel")
    }
    for pattern in options.variants {
      let found = kernels.flatMap { kernel in
        variants(of: kernel, pattern).map { (name: "\(kernel.name)/\($0.name)", variant: $0) }
      }
      if found.isEmpty {
        var known: [String] = []
        for name in kernels.flatMap({ $0.variants.map(\.name) }) where !known.contains(name) {
          known.append(name)
        }
        throw .usage(
          "unknown variant \(pattern)"
            + Suggestion.text(
              pattern, among: known, else: "expected \(known.joined(separator: ", "))"))
      }
      // Another one in its place would be measured in silence.
      if found.allSatisfy({ !$0.variant.isSupported }) { throw unsupported(found.map(\.name)) }
    }
    let supported = kernels.filter { !selectedVariants($0, options).isEmpty }
    guard !supported.isEmpty else {
      throw unsupported(
        kernels.flatMap { kernel in
          namedVariants(kernel, options).map { "\(kernel.name)/\($0.name)" }
        })
    }
    return supported
  }

  private static func unsupported(_ names: [String]) -> CommandError {
    .usage("this CPU does not support \(names.joined(separator: ", ")); choose other variants")
  }

  /// The claims about the requested kernels and variants; for `compare` only ratios.
  static func selectedClaims(
    _ invocation: Invocation, _ claims: [Claim], _ kernels: [AnyKernel], _ catalog: Catalog
  ) throws(CommandError) -> [Claim] {
    let options = invocation.options
    let selected = claims.filter { claim in
      // A claim with a misspelled name is kept: it is reported as not checkable.
      if let known = catalog.kernel(claim.kernel) {
        guard let kernel = kernels.first(where: { $0.name == known.name }) else { return false }
        // Claims about variants that this CPU cannot run are reported as not checkable.
        let named = namedVariants(kernel, options)
        let names = Set(named.map(\.name)).union(named.compactMap(\.limit))
        guard claim.variants.allSatisfy({ names.contains($0) || kernel.variant($0) == nil }) else {
          return false
        }
      }
      // Other languages run in `peers` only, and only claims about them are judged there.
      let languages = PeerRuntime.named(by: claim, catalog)
      guard languages.isEmpty != (invocation.command == .peers),
        languages.isSubset(of: options.runtimes ?? PeerRuntime.allCases)
      else { return false }
      switch invocation.command {
      case .run, .peers: return true
      case .compare: return claim.kind.form.comparesVariants
      case .baseline: return options.action == .update || claim.kind.isBaseline
      case .scale, .handoff, .machine, .judge, .report, .merge, .completion, .arm, .worker:
        return false
      }
    }
    try checkRequired(selected, options)
    return selected
  }

  /// Refuses a required claim about a kernel that was not requested: it must not be ignored silently.
  static func checkRequired(_ selected: [Claim], _ options: Options) throws(CommandError) {
    for pattern in options.require where !selected.contains(where: { matchesGlob(pattern, $0.id) })
    {
      let known = selected.map(\.id)
      throw .usage(
        "--require \(pattern) matches no claim of this run"
          + Suggestion.text(
            pattern, among: known,
            else: known.isEmpty
              ? "there is none" : "expected one of \(known.joined(separator: ", "))"))
    }
  }

  static func workerCounts(
    _ invocation: Invocation, _ kernels: [AnyKernel], _ environment: MeasurementEnvironment
  ) -> [Int] {
    switch invocation.command {
    case .compare:
      // Two workers if the table measures an executor's own cost.
      let costs = kernels.contains(where: \.isExecutorCost)
      let most = costs ? min(2, max(1, environment.allowedWorkers(invocation.options))) : 1
      return invocation.options.workers ?? Array(1...most)
    case .handoff: return environment.workerCounts(invocation.options, oversubscribed: 1...50)
    case .peers: return environment.workerCounts(invocation.options, oversubscribed: 1...12)
    case .baseline: return [1]
    case .run, .scale, .machine, .judge, .report, .merge, .completion, .arm, .worker:
      return environment.workerCounts(invocation.options, oversubscribed: 1...12)
    }
  }

  /// The requested variants that this CPU can run.
  static func selectedVariants(
    _ kernel: AnyKernel, _ options: Options
  ) -> [AnyKernel.VariantInfo] { namedVariants(kernel, options).filter(\.isSupported) }

  /// The same for tables of tasks that get their number only; those that are sent messages are in the
  /// tables of handing over.
  static func tableVariants(
    _ kernel: AnyKernel, _ options: Options, _ part: TablePart = .all
  ) -> [AnyKernel.VariantInfo] {
    let selected = selectedVariants(kernel, options).filter { $0.messageWay == nil }
    switch part {
    case .curve:
      // Tasks that are done many at a time are soon too few for more workers: only if asked for.
      return options.variants.isEmpty
        ? selected.filter(\.isOrdinary) : selected
    case .batches:
      return selected.contains { $0.batch != nil } ? withLimits(of: selected, kernel) : []
    case .all: return withLimits(of: selected, kernel)
    }
  }

  /// These variants, their limits and what proves those, and for batches the reference, in the kernel's
  /// order.
  private static func withLimits(
    of variants: [AnyKernel.VariantInfo], _ kernel: AnyKernel
  ) -> [AnyKernel.VariantInfo] {
    var names = Set(variants.map(\.name))
    names.formUnion(variants.compactMap(\.limit))
    if variants.contains(where: { $0.batch != nil }), let reference = kernel.reference {
      names.insert(reference.name)
    }
    return kernel.supportedVariants.filter { names.contains($0.name) }
  }

  /// The variants given by `--variant`, or all.
  static func namedVariants(
    _ kernel: AnyKernel, _ options: Options
  ) -> [AnyKernel.VariantInfo] {
    guard !options.variants.isEmpty else { return kernel.variants }
    let named = options.variants.flatMap { variants(of: kernel, $0) }
    return kernel.variants.filter(named.contains)
  }

  /// The variants that a name stands for: those of that name or pattern, or if there is none, those whose
  /// names go on after it: `swift.batch` for `swift.batch.avx2`.
  private static func variants(
    of kernel: AnyKernel, _ pattern: String
  ) -> [AnyKernel.VariantInfo] {
    let exact = kernel.variants.filter { matchesGlob(pattern, $0.name) }
    return exact.isEmpty ? kernel.variants.filter { $0.name.hasPrefix("\(pattern).") } : exact
  }

  /// Refuses a size whose input does not fit into the available memory.
  static func checkMemory(
    for kernel: AnyKernel, _ options: Options
  ) throws(CommandError) {
    guard let size = options.size ?? kernel.work.defaultSize else { return }
    let needed = kernel.inputBytes(size)
    guard let available = AvailableMemory.bytes(), needed > available else { return }
    throw .usage(
      "cannot use --size \(size): \(kernel.name) needs \(needed >> 20) MiB, "
        + "\(available >> 20) MiB of memory are available; choose a smaller size")
  }
}

extension Command {
  /// What the command is about, unless kernels were named.
  func kernels(among kernels: [AnyKernel], named: Bool) -> [AnyKernel] {
    switch self {
    case .run, .compare, .baseline, .machine, .judge, .report, .merge, .completion, .arm, .worker:
      return kernels
    case .scale:
      let linear = kernels.filter { $0.work.growth == .linear }
      let compute = linear.filter { $0.work.bytesPerUnit == 0 }
      return named ? kernels : compute.isEmpty ? linear : compute
    case .peers:
      return kernels.filter { $0.variants.contains { $0.peer != nil } }
    case .handoff:
      return kernels.filter { $0.work.growth == .constant && ($0.work.defaultSize ?? 1) > 1 }
    }
  }
}
