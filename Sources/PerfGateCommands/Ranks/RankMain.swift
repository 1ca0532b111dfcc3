#if MPI
  import Foundation
  import PerfGate
  import PerfGateWorkers

  #if canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #elseif canImport(Darwin)
    import Darwin
  #endif

  /// What a program does that a launcher has started as one of many ranks.
  enum RankMain {
    /// Joins the job of ranks, if there is one. Only rank 0 returns; the others do what it tells them until
    /// it lets them go.
    ///
    /// Where the ranks are to be started several times, rank 0 alone goes on and does that.
    static func join(_ catalog: Catalog, _ arguments: [String]) {
      guard let rank = MPIJob.rank(ProcessInfo.processInfo.environment) else { return }
      if OptionRule.startRanks(arguments) {
        guard rank == 0 else { _exit(ExitCode.success.rawValue) }
        return
      }
      if rank == 0, arguments.contains(OptionRule.oneOfStarts) { StartGuard.begin() }
      do throws(WorkerError) { try MPIJob.join() } catch {
        complain("\(error)")
        var code = ExitCode.software
        if case .interrupted(let signal) = error { code = ExitCode(signal: signal) }
        MPIJob.current?.endAll(code.rawValue)
        _exit(code.rawValue)
      }
      guard let job = MPIJob.current, job.rank > 0 else { return }
      // Only rank 0 prints; what a kernel prints is no result.
      dup2(STDERR_FILENO, STDOUT_FILENO)
      let bench = WorkerBench(catalog)
      let problem = RankServer(job) { try bench.code($0) }.serve()
      guard let problem else { job.end(ExitCode.success.rawValue) }
      complain("\(job.own.name): \(problem)")
      job.end(ExitCode.software.rawValue)
    }

    /// Ends the job, if there is one, and this process.
    static func end(_ status: Int32) {
      guard let job = MPIJob.current else { return }
      // The launcher asks all others to stop when a rank has died.
      guard status > 128, let name = job.endedRank else { job.end(status) }
      complain("\(name) has ended, so the job ends")
      job.endAll(ExitCode.software.rawValue)
    }

    private static func complain(_ text: String) {
      FileHandle.standardError.write(Data("perfgate: \(text)\n".utf8))
    }
  }
#endif
