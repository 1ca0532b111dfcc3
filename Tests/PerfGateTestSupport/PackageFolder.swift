import Foundation

/// The folder of this package, which holds the manifest and the stored baselines.
package let packageFolder = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
