/// One mounted hierarchy of control groups.
struct CgroupMount {
  /// The part of the hierarchy that is mounted; nil where it is unknown.
  var top: String?
  /// The folder that it is mounted on.
  var point: String
  /// The kind of file system: `cgroup2`, `cgroup`, or `cpuset` on very old kernels.
  var kind: String
  /// The options of the file system, which include the controllers of version 1.
  var options: [Substring]

  /// How much a mount shows of the group that the process is in.
  enum View: Equatable {
    /// The folders from the process's own group, or the nearest group above it that has a known
    /// path, up to the mount point: all of them limit the process.
    case above([String])
    /// Another part of the hierarchy; its own folder may or may not limit the process.
    case elsewhere(String)
  }

  /// How much this mount shows of the group with this path, as `/proc/self/cgroup` names it.
  ///
  /// Both paths may begin with `..`: they are relative to the group that the container sees as the
  /// top, and lead out of it.
  func view(of path: String) -> View {
    let point = self.point == "/" ? "" : self.point
    let group = path.split(separator: "/")
    guard let top else { return .above(Self.folders(point, group)) }
    let shown = top.split(separator: "/")
    if group.starts(with: shown) {
      let rest = group.dropFirst(shown.count)
      if !rest.contains("..") { return .above(Self.folders(point, rest)) }
    }
    // The mount begins further up than the group's path reaches: only its own folder is known to be
    // above the group.
    let stepsUp = group.prefix { $0 == ".." }.count
    if shown.allSatisfy({ $0 == ".." }), shown.count > stepsUp { return .above([point]) }
    return .elsewhere(point)
  }

  private static func folders(_ point: String, _ rest: some Collection<Substring>) -> [String] {
    (0...rest.count).reversed().map { count in
      ([Substring(point)] + rest.prefix(count)).joined(separator: "/")
    }
  }
}

extension CgroupMount {
  /// The mounts of control groups, from `/proc/self/mountinfo` or a file that says less.
  static func all(_ facts: FactReader) -> [CgroupMount] {
    let path = "/proc/self/mountinfo"
    if let text = facts.text(path, .cgroup, mayBeEmpty: true) {
      return text.split(separator: "\n").compactMap(CgroupMount.init(infoLine:))
    }
    for path in ["/proc/self/mounts", "/proc/mounts"] {
      guard let text = facts.text(path, .cgroup, mayBeEmpty: true) else { continue }
      return text.split(separator: "\n").compactMap(CgroupMount.init(mountsLine:))
    }
    return []
  }

  /// Reads `31 23 0:28 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu`, with any number of fields
  /// before the lone dash; nil for lines of another shape, which belong to other file systems.
  init?(infoLine line: Substring) {
    let fields = line.split(separator: " ")
    guard let dash = fields.firstIndex(of: "-"), dash >= 5, dash + 3 < fields.count else {
      return nil
    }
    self.init(
      top: Self.decoded(fields[3]), point: Self.decoded(fields[4]),
      kind: String(fields[dash + 1]), options: fields[dash + 3].split(separator: ","))
  }

  /// Reads `none /dev/cpuset cgroup rw,relatime,cpuset,noprefix 0 0`.
  init?(mountsLine line: Substring) {
    let fields = line.split(separator: " ")
    guard fields.count >= 4 else { return nil }
    self.init(
      top: nil, point: Self.decoded(fields[1]), kind: String(fields[2]),
      options: fields[3].split(separator: ","))
  }

  /// Whether this is a hierarchy of version 1 with this controller.
  func controls(_ controller: Substring) -> Bool {
    kind == "cgroup" && options.contains(controller) || kind == controller
  }

  /// Decodes blanks, tabs, line ends and backslashes, which are written as three octal digits.
  private static func decoded(_ field: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Array(field.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "\\"), rest.count >= 3,
        let code = UInt8(String(decoding: rest.prefix(3), as: UTF8.self), radix: 8)
      {
        bytes.append(code)
        rest = rest.dropFirst(3)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
