/// The text of a frame that tells a worker which code its tasks run.
struct WorkText: Hashable {
  /// Where the code comes from.
  var origin: TaskOrigin
  /// The label of the round, for the line that tells a crash.
  var label: String

  /// The bytes of the text: fields that end with a zero byte. `nil`: it is too long.
  var bytes: [UInt8]? {
    let fields = [
      origin.kernel, origin.variant, "\(origin.size)", "\(origin.seed)",
      "\(origin.groups?.tasks ?? 0)", "\(origin.groups?.count ?? 0)",
      String(decoding: label.utf8.prefix(Self.mostLabel), as: UTF8.self),
    ]
    guard !fields.contains(where: { $0.utf8.contains(0) }) else { return nil }
    var bytes: [UInt8] = []
    for field in fields { bytes += Array(field.utf8) + [0] }
    return bytes.count <= FrameKind.mostText ? bytes : nil
  }

  private static let mostLabel = 1000

  init(_ origin: TaskOrigin, label: String) {
    self.origin = origin
    self.label = label
  }

  /// Reads the bytes; anything else is refused.
  init(_ bytes: UnsafeRawBufferPointer) throws(FrameError) {
    let fields = bytes.split(separator: 0, omittingEmptySubsequences: false).map {
      String(validating: $0, as: UTF8.self)
    }
    guard fields.count == 8, fields[7] == "", let kernel = fields[0], let variant = fields[1],
      let size = fields[2].flatMap({ Int($0) }), size >= 0,
      let seed = fields[3].flatMap({ UInt64($0) }),
      let tasks = fields[4].flatMap({ Int($0) }), let groups = fields[5].flatMap({ Int($0) }),
      let label = fields[6]
    else { throw .text }
    var origin = TaskOrigin(kernel: kernel, variant: variant, size: size, seed: seed)
    if tasks != 0 || groups != 0 {
      guard 1...Executors.maximumTasks ~= tasks, 1...tasks ~= groups else { throw .text }
      origin.groups = TaskGroups(tasks: tasks, count: groups)
    }
    self.init(origin, label: label)
  }
}
