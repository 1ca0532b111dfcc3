import PerfGate

/// The inputs of an arm's calls, one for each call.
///
/// `@unchecked Sendable` holds: only the worker that runs a task touches its slot, a round that
/// makes, uses or removes inputs ends before the next begins, and `reserve` is called between
/// rounds. So two threads never use an input at once, even if it is not `Sendable`.
@usableFromInline
final class InputStore<Input>: @unchecked Sendable {
  @usableFromInline
  private(set) var slots: UnsafeMutablePointer<Input?>
  private var count = 0

  @usableFromInline
  init() { slots = .allocate(capacity: 1) }

  deinit {
    slots.deinitialize(count: count)
    slots.deallocate()
  }

  /// Makes room for this many inputs, and removes the earlier ones.
  func reserve(_ wanted: Int) {
    slots.deinitialize(count: count)
    slots.deallocate()
    slots = .allocate(capacity: max(1, wanted))
    slots.initialize(repeating: nil, count: wanted)
    count = wanted
  }
}

extension ClosureCalls {
  /// Calls that each get their own input.
  ///
  /// - Parameter take: returns 64 bits for the final contents of an input; `nil` if the calls
  ///   return results.
  init<Input: SendableMetatype>(
    _ store: InputStore<Input>,
    setUp: @escaping @Sendable (_ task: Int) throws -> Input, left take: TaskBody?,
    empty: TaskCode? = nil
  ) {
    let inputs = CallInputs(
      areResults: take != nil, reserve: { store.reserve($0) },
      make: { task in
        do { store.slots[task] = unshared(try setUp(task)) } catch {
          return keepThrown(error, task: task)
        }
        return 0
      }, take: take ?? { _ in 0 })
    self.init(inputs: inputs, empty: empty)
  }
}

// MARK: - Copies that nothing else holds

/// A value with copy-on-write storage: the first change copies it if something else holds it too.
private protocol CopiedOnWrite {
  /// Copies the storage now if it is shared, and the storage of its elements too.
  mutating func unshare()
}

/// The same value with its own storage, so that the first change does not copy it.
///
/// Works for the standard library's collections; other values are returned unchanged.
func unshared<Value>(_ value: Value) -> Value {
  guard var copy = value as? any CopiedOnWrite else { return value }
  copy.unshare()
  return copy as? Value ?? value
}

extension Array: CopiedOnWrite {
  fileprivate mutating func unshare() {
    // Reserving capacity copies shared storage, whatever its capacity.
    reserveCapacity(count)
    guard Element.self is any CopiedOnWrite.Type else { return }
    for index in indices { self[index] = unshared(self[index]) }
  }
}

extension ContiguousArray: CopiedOnWrite {
  fileprivate mutating func unshare() {
    reserveCapacity(count)
    guard Element.self is any CopiedOnWrite.Type else { return }
    for index in indices { self[index] = unshared(self[index]) }
  }
}

extension Set: CopiedOnWrite {
  fileprivate mutating func unshare() { reserveCapacity(count) }
}

extension Dictionary: CopiedOnWrite {
  fileprivate mutating func unshare() {
    reserveCapacity(count)
    guard Value.self is any CopiedOnWrite.Type else { return }
    for key in keys { self[key] = self[key].map { unshared($0) } }
  }
}

extension String: CopiedOnWrite {
  fileprivate mutating func unshare() { reserveCapacity(utf8.count) }
}
