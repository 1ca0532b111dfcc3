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

  /// Why they cannot be workers: what to do instead; `nil`: they can.
  package static var refusal: String? {
    #if MPI
      MPIJob.current == nil
        ? "no launcher has started this program; start it as mpirun -n N or srun -n N" : nil
    #else
      "this program was built without MPI; build it with swift build --traits MPI, where "
        + "libopenmpi-dev and pkg-config are installed"
    #endif
  }
}
