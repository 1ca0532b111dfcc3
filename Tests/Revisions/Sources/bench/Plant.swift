/// How much more work the kernels do than in the first revision, in percent. A study changes these lines,
/// commits, and compares.
enum Plant {
  static let viete = 0
  static let sort = 0
  static let classify = 0
}
