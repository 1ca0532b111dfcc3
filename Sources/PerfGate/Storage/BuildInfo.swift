import CPerfGateSystem

extension Record.Tool {
  /// PerfGate's version.
  package static let perfGateVersion = "0.1.0"

  /// How this library was built.
  package static var current: Record.Tool {
    Record.Tool(
      version: perfGateVersion, swift: swiftVersion, clang: String(cString: pgp_clang_version()),
      configuration: configuration, flags: flags)
  }

  private static var configuration: String {
    #if DEBUG
      "debug"
    #else
      "release"
    #endif
  }

  /// The manifest's compiler flags for measured targets in this configuration.
  private static var flags: [String] {
    #if DEBUG
      ["-O", "-Xcc -O3"]
    #else
      ["-O -whole-module-optimization", "-Xcc -O3"]
    #endif
  }

  /// The version of the compiler, as precisely as `#if compiler` can find it.
  private static var swiftVersion: String {
    #if compiler(>=6.5)
      "6.5 or later"
    #elseif compiler(>=6.4)
      "6.4"
    #elseif compiler(>=6.3.3)
      "6.3.3"
    #elseif compiler(>=6.3.2)
      "6.3.2"
    #elseif compiler(>=6.3.1)
      "6.3.1"
    #elseif compiler(>=6.3)
      "6.3"
    #else
      "6.2"
    #endif
  }
}
