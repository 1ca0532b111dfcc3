/// The CPUs and memory nodes that the kernel lets this process use, by its own word.
///
/// Of this machine the kernel is asked; of another one's tree the answer that was recorded in
/// `proc/self/status` stands in.
struct ProcessMask {
  /// The main thread's CPUs; nil where nobody tells. Of another machine's tree this may name CPUs
  /// that are not there: the kernel lists every possible one for a process that nobody restricted.
  private(set) var cpus: CPUSet?
  /// The nodes that memory may come from; nil where nobody tells.
  private(set) var memoryNodes: CPUSet?

  init(facts: FactReader) {
    let path = "/proc/self/status"
    for line in (facts.text(path, .affinity) ?? "").split(separator: "\n") {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let value = line[line.index(after: colon)...]
      do throws(CPUListError) {
        switch line[..<colon] {
        case "Cpus_allowed_list": cpus = try CPUSet(parsing: value)
        case "Mems_allowed_list": memoryNodes = try CPUSet(parsing: value)
        default: break
        }
      } catch {
        facts.ignore(
          path, .affinity, found: error.description, expected: "a list such as 0-3,8")
      }
    }
    if cpus?.isEmpty == true { cpus = nil }
    guard facts.tree.isThisMachine else { return }
    #if os(Linux)
      do throws(MachineError) { cpus = try ThreadPinning.mainThreadMask() } catch {
        facts.note(.affinity, "\(error.fact); taken from \(path)")
      }
    #endif
    if let asked = NumaState.allowedMemoryNodes() { memoryNodes = asked }
  }
}
