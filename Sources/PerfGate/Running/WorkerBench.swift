import CPerfGateSystem
import PerfGateWorkers

extension TaskMessage {
  /// A message with the encoded input of a task.
  init(_ input: EncodedInput) {
    self.init(Way(input.way), count: input.count, withBytes: input.withBytes)
  }
}

extension TaskMessage.Way {
  init(_ way: MessageWay) {
    switch way {
    case .serialized: self = .serialized
    case .shared: self = .shared
    }
  }
}

/// Finds the code of tasks in a worker process, and makes their inputs.
package final class WorkerBench {
  private let catalog: Catalog
  private var inputs: [Key: (bodies: [String: TaskCode], bytes: Int)] = [:]

  /// When all inputs would take more bytes than this, earlier ones are freed.
  private static let mostBytes = 1 << 30

  private struct Key: Hashable {
    var kernel: String
    var size: Int
    var seed: UInt64
  }

  /// Finds code in a catalog.
  package init(_ catalog: Catalog) { self.catalog = catalog }

  /// The code of a task, with its input.
  package func code(_ origin: TaskOrigin) throws(MeasurementError) -> WorkerCode {
    guard let kernel = catalog.measurable(origin.kernel) else {
      throw .unknownKernel(origin.kernel, known: catalog.kernels.map(\.name))
    }
    if let user = kernel.messageUses[origin.variant] {
      // What is freed serves the next message.
      if user.use.way == .serialized { pgp_keep_freed_memory() }
      let bytes = user.bytes(origin.size)
      let available = Int(clamping: pgp_available_bytes())
      guard available == 0 || bytes <= available else {
        throw .input(
          kernel: kernel.name, size: origin.size,
          reason:
            "a message takes \(bytes) bytes, \(available) are available; choose a smaller size")
      }
      return WorkerCode(receiver: MessageReceiver(user.use), mostBytes: bytes)
    }
    let code = try bodies(of: kernel, origin)[origin.variant]
    if let groups = origin.groups {
      guard let batch = code?.batch, groups.most <= batch.most else {
        throw .input(
          kernel: kernel.name, size: origin.size,
          reason: "\(origin.variant) does not do \(groups.most) tasks at a time")
      }
      return WorkerCode(run: groups.body(batch.run))
    }
    guard let run = code?.run else {
      throw .unknownVariant(
        origin.variant, kernel: kernel.name, known: kernel.supportedVariants.map(\.name))
    }
    return WorkerCode(run: run)
  }

  private func bodies(
    of kernel: AnyKernel, _ origin: TaskOrigin
  ) throws(MeasurementError) -> [String: TaskCode] {
    let key = Key(kernel: kernel.name, size: origin.size, seed: origin.seed)
    if let known = inputs[key] { return known.bodies }
    let bytes = kernel.inputBytes(origin.size)
    if bytes + inputs.values.reduce(0, { $0 + $1.bytes }) > Self.mostBytes { inputs = [:] }
    do {
      let bodies = try kernel.bodies(origin.size, origin.seed)
      inputs[key] = (bodies, bytes)
      return bodies
    } catch {
      throw .input(kernel: kernel.name, size: origin.size, reason: "\(error)")
    }
  }
}

extension MessageReceiver {
  fileprivate init(_ use: MessageUse) {
    switch use {
    case .serialized(let make): self = .serialized(make)
    case .shared(let look): self = .shared(look)
    }
  }
}
