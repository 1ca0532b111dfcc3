import CPerfGateSystem

/// The steps of one self-test, and their findings.
struct SelfTestRun {
  let machine: Machine
  var report = SelfTest.Report()

  /// Large enough to show interleaving, small enough for an emulated machine.
  private let bufferBytes = 4 << 20

  init(machine: Machine) { self.machine = machine }

  mutating func all() {
    let nodes = machine.topology.nodes
    report.notes = [
      "cpus \(machine.topology.online), allowed \(machine.allowed.cpus), \(machine.allowed.cores) cores",
      "\(nodes.count) nodes, memory on \(machine.topology.memoryNodes), allowed \(machine.allowed.memoryNodes)",
      "libnuma: \(machine.numa), policy calls: "
        + (NumaState.policyError.map { "\(NumaState.blocked(errorNumber: $0))" } ?? "allowed"),
    ]
    pins()
    firstTouches()
    bindings()
    interleaving()
    libnuma()
    plantedFaults()
  }

  /// Runs one worker on its own pinned thread, observed as in a measurement.
  private func worker(_ number: Int, on cpu: Int, buffer: NodeBuffer? = nil) -> Result<
    PlacementObservation, PinningError
  > {
    let ran = onNewThread { () -> Result<PlacementObservation, PinningError> in
      do throws(PinningError) {
        try ThreadPinning.pin(to: cpu)
      } catch {
        return .failure(error)
      }
      var observation = PlacementObservation.begin(worker: number)
      buffer?.firstTouch()
      observation.end(buffer: buffer)
      return .success(observation)
    }
    return ran ?? .failure(.unreadable(errorNumber: ErrorNumber.noMemory))
  }

  private func plan(cpus: [Int], memory: MemoryTarget) -> PlacementPlan {
    PlacementPlan(
      slots: cpus.enumerated().map {
        WorkerSlot(
          worker: $0.offset, cpu: $0.element, node: machine.topology.cpu($0.element)?.node)
      },
      memory: cpus.map { _ in memory }, places: .cores, bind: .cpus(cpus), memoryPolicy: .local)
  }

  /// Runs worker 0 on this CPU with a buffer, and checks it against its plan.
  private mutating func check(_ what: String, cpu: Int, target: MemoryTarget) {
    do throws(MemoryError) {
      let buffer = try NodeBuffer(byteCount: bufferBytes, target: target)
      switch worker(0, on: cpu, buffer: buffer) {
      case .failure(let error): report.failures.append("\(what): \(error)")
      case .success(let observation):
        let verification = PlacementVerification.check(
          plan(cpus: [cpu], memory: target), [observation])
        report.failures += verification.findings.map { "\(what): \($0)" }
        if let residency = observation.residency, residency.method != .unknown,
          residency.pages < buffer.pages
        {
          report.failures.append("\(what): \(residency), expected \(buffer.pages) pages")
        }
      }
    } catch {
      report.failures.append("\(what): \(error)")
    }
  }

  private mutating func pins() {
    let cpus = machine.allowed.cpus.union(machine.allowed.isolated)
    for cpu in cpus {
      switch worker(0, on: cpu) {
      case .failure(let error): report.failures.append(error.description)
      case .success(let observation):
        let verification = PlacementVerification.check(
          plan(cpus: [cpu], memory: .firstTouch), [observation])
        report.failures += verification.findings.map { "pinning: \($0)" }
      }
      let node = onNewThread { () -> Int? in
        try? ThreadPinning.pin(to: cpu)
        return ThreadPinning.currentNode()
      }
      let ours = machine.topology.cpu(cpu)?.node
      if let node = node ?? nil, node != ours ?? 0, machine.topology.nodes.count > 1 {
        report.failures.append("cpu \(cpu) is on node \(ours ?? 0), the kernel says \(node)")
      }
    }
    report.notes.append("pinned to each of the cpus \(cpus)")
  }

  /// A CPU of each node touches an unbound buffer: its pages must be on that node or the nearest.
  private mutating func firstTouches() {
    for node in machine.topology.nodes {
      guard let cpu = node.cpus.intersection(machine.allowed.cpus).first,
        let expected = machine.topology.nearestMemoryNode(
          to: node.number, among: machine.allowed.memoryNodes)
      else { continue }
      do throws(MemoryError) {
        let buffer = try NodeBuffer(byteCount: bufferBytes, target: .firstTouch)
        guard case .success(let observation) = worker(0, on: cpu, buffer: buffer),
          let residency = observation.residency
        else {
          report.failures.append("first touch on cpu \(cpu): the worker cannot be pinned")
          continue
        }
        if residency.method == .unknown {
          report.notes.append("first touch on node \(node.number): pages by node not reported")
          continue
        }
        let elsewhere = residency.pagesByNode.filter {
          machine.topology.distance(from: node.number, to: $0.key)
            > machine.topology.distance(from: node.number, to: expected)
        }
        if !elsewhere.isEmpty || residency.pages < buffer.pages {
          report.failures.append(
            "first touch on cpu \(cpu) of node \(node.number): \(residency), expected node \(expected)"
          )
        }
        report.notes.append("first touch on node \(node.number): \(residency)")
      } catch {
        report.failures.append(error.description)
      }
    }
  }

  private mutating func bindings() {
    guard let cpu = machine.allowed.cpus.first else { return }
    guard NumaState.policyError == nil else {
      // Blocked: only the worker's first touch can place pages on its own node.
      if let node = machine.topology.cpu(cpu)?.node.flatMap({
        machine.topology.nearestMemoryNode(to: $0, among: machine.allowed.memoryNodes)
      }) {
        check("pinned first touch instead of mbind", cpu: cpu, target: .node(node))
        // A required node must be refused instead.
        do throws(MemoryError) {
          _ = try NodeBuffer(byteCount: 1, target: .node(node), required: true)
          report.failures.append("a required node was accepted although policy calls are blocked")
        } catch {
          report.notes.append("refused: \(error)")
        }
      }
      return
    }
    for node in machine.allowed.memoryNodes {
      check("binding to node \(node)", cpu: cpu, target: .node(node))
    }
    report.notes.append("bound to each of the nodes \(machine.allowed.memoryNodes)")
  }

  private mutating func interleaving() {
    guard NumaState.policyError == nil, let cpu = machine.allowed.cpus.first else { return }
    check("interleaving", cpu: cpu, target: .interleaved(machine.allowed.memoryNodes))
    report.notes.append("interleaved over the nodes \(machine.allowed.memoryNodes)")
  }

  private mutating func libnuma() {
    guard let differences = SelfTest.differencesFromLibnuma(machine.topology) else {
      report.notes.append("not compared with libnuma's reading: \(machine.numa)")
      return
    }
    report.failures += differences
    report.notes.append("libnuma's reading of the machine is the same")
  }

  /// Plants faults on this machine, which verification must find.
  private mutating func plantedFaults() {
    let cpus = Array(machine.allowed.cpus)
    guard let cpu = cpus.first else { return }
    let twice = [0, 1].compactMap { try? worker($0, on: cpu).get() }
    expectFinding(
      "one cpu given to two workers", plan(cpus: [cpu, cpu], memory: .firstTouch), twice)

    if cpus.count > 1, let observation = intersected(cpus: [cpus[0], cpus[1]]) {
      expectFinding(
        "a mask wider than the pin", plan(cpus: [cpu], memory: .firstTouch), [observation])
    }
    let beyond = (machine.topology.online.union(machine.topology.offline).last ?? 0) + 1
    if beyond <= CPUSet.maximum, case .success = worker(0, on: beyond) {
      report.failures.append(
        "planted fault not found: pinned to cpu \(beyond), which does not exist")
    }
    mainThread(cpu)
    let nodes = Array(machine.allowed.memoryNodes)
    guard nodes.count > 1, NumaState.policyError == nil,
      let buffer = try? NodeBuffer(byteCount: bufferBytes, target: .node(nodes[1])),
      case .success(let observation) = worker(0, on: cpu, buffer: buffer)
    else {
      report.notes.append(
        "a buffer on the wrong node: needs 2 memory nodes, \(nodes.count) allowed")
      return
    }
    expectFinding(
      "a buffer on the wrong node", plan(cpus: [cpu], memory: .node(nodes[0])), [observation])
  }

  /// Checks that the main thread cannot be pinned; does nothing on other threads.
  private mutating func mainThread(_ cpu: Int) {
    guard ThreadPinning.currentThreadID() == Int(pgp_process_id()) else { return }
    let before = try? ThreadPinning.currentMask()
    do throws(PinningError) {
      try ThreadPinning.pin(to: cpu)
      report.failures.append("planted fault not found: the main thread can be pinned")
    } catch {
      report.notes.append("found planted fault: \(error)")
    }
    if (try? ThreadPinning.currentMask()) != before {
      report.failures.append("the main thread's mask was changed")
    }
  }

  /// A thread that asked for two allowed CPUs and one that does not exist: the kernel accepts the
  /// call and drops the third.
  private func intersected(cpus: [Int]) -> PlacementObservation? {
    let request = CPUSet(cpus).union([CPUSet.maximum])
    let ran = onNewThread { () -> PlacementObservation? in
      guard pgp_set_own_affinity(request.words, request.words.count) == 0 else { return nil }
      var observation = PlacementObservation.begin(worker: 0)
      observation.end()
      return observation
    }
    return ran ?? nil
  }

  private mutating func expectFinding(
    _ fault: String, _ plan: PlacementPlan, _ observations: [PlacementObservation]
  ) {
    let verification = PlacementVerification.check(plan, observations)
    if observations.count != plan.slots.count {
      report.failures.append("cannot plant \(fault): \(observations.count) workers ran")
    } else if verification.isVerified {
      report.failures.append("planted fault not found: \(fault)")
    } else {
      report.notes.append("found planted fault: \(verification.findings[0])")
    }
  }
}
