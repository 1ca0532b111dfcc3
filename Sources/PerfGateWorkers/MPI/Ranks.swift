#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The ranks of the job that this program belongs to, as far as other code must know about them.
package enum Ranks {
  /// How many there are; `nil`: no launcher has started any.
  package static var count: Int? {
    #if MPI
      MPIJob.current?.members.count
    #else
      nil
    #endif
  }

  /// Whether this program was built with MPI.
  package static var areBuilt: Bool {
    #if MPI
      true
    #else
      false
    #endif
  }

  /// Whether a launcher of ranks has started the process with this environment.
  package static func isStarted(_ environment: [String: String]) -> Bool {
    #if MPI
      MPIJob.rank(environment) != nil
    #else
      false
    #endif
  }

  /// What Slurm tells this process.
  private static var slurmEnvironment: [String: String] {
    ["SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "SLURM_NTASKS"].reduce(into: [:]) { all, name in
      all[name] = getenv(name).map { String(cString: $0) }
    }
  }

  /// What to do if Slurm has started the process with this environment, one of several, but without telling it
  /// its rank; `nil`: it has not.
  package static func slurmRefusal(_ environment: [String: String]) -> String? {
    let tasks = environment["SLURM_STEP_NUM_TASKS"] ?? environment["SLURM_NTASKS"]
    guard environment["SLURM_PROCID"] != nil, let tasks = tasks.flatMap({ Int($0) }), tasks > 1
    else { return nil }
    return "Slurm has started this program without PMIx; use srun --mpi=pmix -n \(tasks)"
  }

  /// Why they cannot be workers: what to do instead; `nil`: they can.
  package static var refusal: String? {
    #if MPI
      MPIJob.current == nil
        ? slurmRefusal(slurmEnvironment)
          ?? "no launcher has started this program; start it as mpirun -n N or srun -n N" : nil
    #else
      "this program was built without MPI; build it with swift build --traits MPI, where "
        + "libopenmpi-dev and pkg-config are installed"
    #endif
  }
}
