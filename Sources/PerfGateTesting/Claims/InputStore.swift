import PerfGate

/// The inputs of an arm's calls, one for each.
///
/// `@unchecked Sendable` holds: a slot is only touched by the worker that runs its task, and one round of
/// the engine, in which an input is made, used or taken away, ends before the next begins; `reserve`
/// is called between rounds. So an input that is no `Sendable` is never with two threads at once.
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

  /// Makes room for so many inputs; those before are gone.
  func reserve(_ wanted: Int) {
    slots.deinitialize(count: count)
    slots.deallocate()
    slots = .allocate(capacity: max(1, wanted))
    slots.initialize(repeating: nil, count: wanted)
    count = wanted
  }
}

extension ClosureCalls {
  /// Calls that each get an input of their own.
  ///
  /// - Parameter take: what stands for what is left in an input; `nil` where results are returned.
  init<Input: SendableMetatype>(
    _ store: InputStore<Input>,
    setUp: @escaping @Sendable (_ task: Int) throws -> Input, left take: TaskBody?
  ) {
    let inputs = CallInputs(
      areResults: take != nil, reserve: { store.reserve($0) },
      make: { task in
        do { store.slots[task] = unshared(try setUp(task)) } catch {
          return keepThrown(error, task: task)
        }
        return 0
      }, take: take ?? { _ in 0 })
    self.init(inputs: inputs)
  }
}

// MARK: - Copies that nothing else holds

/// A value whose storage is copied by the first change while something else holds it as well.
private protocol CopiedOnWrite {
  /// Makes the copy now, where it is shared; what it contains as well.
  mutating func unshare()
}

/// The same value in storage of its own, so that the first change does not copy it.
///
/// Knows the standard library's collections; everything else stays as it is.
func unshared<Value>(_ value: Value) -> Value {
  guard var copy = value as? any CopiedOnWrite else { return value }
  copy.unshare()
  return copy as? Value ?? value
}

extension Array: CopiedOnWrite {
  fileprivate mutating func unshare() {
    // Storage that is shared is copied, whatever capacity it has.
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
