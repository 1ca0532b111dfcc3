import Foundation
import PerfGate

/// Finds the programs of other languages: on the path, in a virtual environment, or beside the
/// Python that was named.
struct PeerSearch {
  /// A runtime that is installed.
  struct Found: Hashable {
    var runtime: PeerRuntime
    /// The program that runs or builds it.
    var program: String
    /// Its version; empty where only its own program tells it.
    var version = ""
    /// Why it is of no use; `nil`: nothing is known against it.
    var problem: String?
  }

  private let python: String?
  private let folders: [String]
  private let environment: [String: String]

  /// How long a program may take to tell its version, in seconds.
  private static let versionSeconds = 30.0

  /// - Parameter python: the interpreter given by `--python`, or a virtual environment.
  init(python: String?, environment: [String: String]) throws(CommandError) {
    self.environment = environment
    var folders: [String] = []
    var interpreter: String?
    if let python {
      let path = URL(fileURLWithPath: python).path
      let inside = OutsideProgram.find("python3", in: ["\(path)/bin"])
      var isFolder: ObjCBool = false
      let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      guard
        let found = inside
          ?? (exists && !isFolder.boolValue && FileManager.default.isExecutableFile(atPath: path)
            ? path : nil)
      else {
        throw .usage(
          "cannot use --python \(python): found \(exists ? "no program" : "nothing") there; "
            + "expected an interpreter such as /usr/bin/python3, or a virtual environment")
      }
      interpreter = found
      folders.append(URL(fileURLWithPath: found).deletingLastPathComponent().path)
    }
    if let venv = environment["VIRTUAL_ENV"], !venv.isEmpty { folders.append("\(venv)/bin") }
    folders += (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":").map(String.init)
    self.folders = folders
    self.python = interpreter
  }

  /// The runtime if it is installed. Blocks for the time that it takes to tell its version.
  func find(_ runtime: PeerRuntime) throws(CommandError) -> Found? {
    let usesPython = runtime == .python || runtime.package != nil
    let candidates = runtime.programs.compactMap { OutsideProgram.find($0, in: folders) }
    guard let program = (usesPython ? python : nil) ?? candidates.first else { return nil }
    guard let asked = question(runtime) else {
      return Found(runtime: runtime, program: program)
    }
    let outcome = OutsideProgram.run(program, asked, environment, atMost: Self.versionSeconds)
    if let signal = outcome.interrupted {
      throw CommandError(
        ExitCode(signal: signal), "interrupted while looking for \(runtime.rawValue)")
    }
    guard outcome.failure == nil, let line = outcome.lines.last else {
      // A Python without the package.
      guard runtime.package == nil else { return nil }
      let end = outcome.failure ?? "wrote nothing"
      let last = outcome.lines.suffix(2).joined(separator: "; ")
      return Found(
        runtime: runtime, program: program,
        problem: "\(program) does not tell its version: it \(end)"
          + (last.isEmpty ? "" : ": \(last)"))
    }
    let words = line.split(separator: " ").map(String.init)
    let word = words.first { $0.contains(where: \.isNumber) && $0.contains(".") } ?? line
    return Found(
      runtime: runtime, program: program, version: word.trimmingPrefix("go").description)
  }

  /// The arguments that make a program tell the version that a build depends on.
  private func question(_ runtime: PeerRuntime) -> [String]? {
    switch runtime {
    case .go: ["version"]
    case .mojo: ["--version"]
    case .numba, .nuitka, .taichi:
      ["-c", "from importlib.metadata import version; print(version('\(runtime.rawValue)'))"]
    case .python, .pypy: ["-c", "import platform; print(platform.python_version())"]
    }
  }
}
