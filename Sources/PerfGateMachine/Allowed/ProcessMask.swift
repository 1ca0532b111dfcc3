/// The CPUs and memory nodes that the kernel lets this process use.
///
/// On this machine, the kernel answers. For another machine's tree, the answer is the one recorded
/// in its `proc/self/status`.
struct ProcessMask {
  /// The main thread's CPUs; nil where they are unknown. For another machine's tree this may name
  /// CPUs that do not exist: for an unrestricted process the kernel lists every possible one.
  private(set) var cpus: CPUSet?
  /// The nodes that memory may come from; nil where they are unknown.
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
        facts.note(.affinity, "\(error.fact); using \(path) instead")
      }
    #endif
    if let asked = NumaState.allowedMemoryNodes() { memoryNodes = asked }
  }
}
