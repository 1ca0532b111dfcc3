import Foundation
import Testing

import PerfGateMachine

@Suite struct MachineKeyTests {
  @Test(arguments: [
    ("AMD EPYC 9R14 96-Core Processor", "amd-epyc-9r14-2c-1n"),
    ("AMD EPYC (family 25 model 17)", "amd-epyc-family-25-model-17-2c-1n"),
    ("Intel(R) Xeon(R) Platinum 8375C CPU @ 2.90GHz", "intel-xeon-platinum-8375c-2c-1n"),
    ("Intel(R) Xeon(R) CPU E5-2680 v4 @ 2.40GHz", "intel-xeon-e5-2680-v4-2c-1n"),
    ("12th Gen Intel(R) Core(TM) i9-12900K", "12th-gen-intel-i9-12900k-2c-1n"),
    ("AMD Ryzen 7 5800U with Radeon Graphics", "amd-ryzen-7-5800u-2c-1n"),
    ("AMD Ryzen 9 7950X 16-Core Processor", "amd-ryzen-9-7950x-2c-1n"),
    ("Common KVM processor 2600MHz", "common-kvm-2c-1n"),
    ("Arm Neoverse-N1", "arm-neoverse-n1-2c-1n"),
    ("POWER9, altivec supported", "power9-altivec-supported-2c-1n"),
    ("???", "unknown-cpu-2c-1n"),
  ])
  func namesTheModel(model: String, key: String) throws {
    let topology = try MadeUpMachine.regular(cores: 2).with { $0.model = model }.read()
    #expect(
      MachineKey(topology: topology, allowed: .init(topology: topology, cpus: [0, 1])).text == key)
  }

  @Test func namesWhatIsAllowed() throws {
    let topology = try MadeUpMachine.regular(packages: 2, cores: 4, threads: 2).read()
    func key(_ cpus: CPUSet) -> String {
      MachineKey(topology: topology, allowed: .init(topology: topology, cpus: cpus)).text
    }
    #expect(key(topology.online) == "made-up-9000-8c-16t-2n")
    #expect(key([0, 1, 2, 3]) == "made-up-9000-4c-1n")
    #expect(key([0, 8]) == "made-up-9000-1c-2t-1n")
    #expect(key([0, 1, 2, 4]) == "made-up-9000-4c-2n-3-1")
    #expect(key([0, 1, 4, 5]) == "made-up-9000-4c-2n")
  }

  /// Clock rates, memory sizes and the caches of the day are not in it.
  @Test func isStable() throws {
    let one = try MadeUpMachine.regular(packages: 2, cores: 2).with {
      $0.model = "Some Chip 7 @ 2.60GHz"
    }.read()
    let other = try MadeUpMachine.regular(packages: 2, cores: 2).with {
      $0.model = "Some Chip 7 @ 3.10GHz"
      $0.nodeMegabytes = [0: 999, 1: 4096]
      $0.offline = [7]
    }.read()
    let keys = [one, other].map {
      MachineKey(topology: $0, allowed: .init(topology: $0, cpus: $0.online))
    }
    #expect(keys[0] == keys[1])
    #expect(keys[0].text == "some-chip-7-4c-2n")
  }

  /// Big cores alone are another machine than small cores alone, and both know their former key.
  @Test func classesWithoutAnAllowedCoreAreCounted() throws {
    var made = MadeUpMachine.regular(cores: 8)
    for index in made.cpus.indices { made.cpus[index].capacity = index < 4 ? 300 : 1024 }
    let tree = try made.tree()
    func machine(_ cpus: String) throws -> Machine {
      try tree.write("/proc/self/status", "Cpus_allowed_list:\t\(cpus)\n")
      return try Machine.current(root: tree.root)
    }
    #expect(try machine("0-7").key.text == "made-up-9000-4c-4c-1n")
    #expect(try machine("0-7").formerKeys == [])
    #expect(try machine("0-3").key.text == "made-up-9000-0c-4c-1n")
    #expect(try machine("4-7").key.text == "made-up-9000-4c-0c-1n")
    #expect(try machine("4-7").formerKeys == ["made-up-9000-4c-1n"])
  }

  @Test func theFamilyBehindAClockIsKept() {
    let topology = "Intel(R) Xeon(R) CPU @ 2.20GHz (family 6 model 79)"
    #expect(MachineKey.slug(topology) == "intel-xeon-family-6-model-79")
  }

  /// The machine that this package's own baselines are of keeps its name.
  @Test func theStoredBaselinesKeepTheirMachine() throws {
    let tree = try MadeUpMachine.regular(cores: 2).tree()
    try tree.write(
      "/proc/cpuinfo",
      (0..<2).map {
        "processor\t: \($0)\nvendor_id\t: AuthenticAMD\ncpu family\t: 26\nmodel\t\t: 2\n"
          + "model name\t: AMD EPYC\nstepping\t: 1\n"
      }.joined(separator: "\n"))
    let key = try Machine.current(root: tree.root).key.text
    #expect(key == "amd-epyc-family-26-model-2-2c-1n")
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    #expect(
      FileManager.default.fileExists(atPath: package.path + "/baselines/\(key).json"))
  }
}
