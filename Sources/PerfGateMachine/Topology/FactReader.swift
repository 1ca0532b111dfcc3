/// Reads facts that a machine may leave out: whatever cannot be read or understood is noted and
/// counts as missing.
///
/// Kernels, containers and firmware differ in all of them, so no single file may end a run. One
/// reader serves one reading of a machine, on one thread.
final class FactReader {
  let tree: SystemTree
  private var lines: [(note: MachineNote, kind: String, more: Int)] = []

  init(tree: SystemTree) { self.tree = tree }

  /// Everything that was noted, in the order of reading; files of one kind share a note.
  var notes: [MachineNote] {
    lines.map { line in
      guard line.more > 0 else { return line.note }
      let files = line.more == 1 ? "1 more such file" : "\(line.more) more such files"
      return MachineNote(line.note.code, "\(line.note.text); and \(files)")
    }
  }

  /// Notes a line, once.
  func note(_ code: MachineNote.Code, _ text: String) {
    let note = MachineNote(code, text)
    if !lines.contains(where: { $0.note == note }) { lines.append((note, text, 0)) }
  }

  /// Notes a file that cannot be used; those whose paths differ in numbers only are one kind.
  func ignore(_ path: String, _ code: MachineNote.Code, _ error: MachineError) {
    let kind = path.filter { !$0.isNumber }
    if let index = lines.firstIndex(where: { $0.kind == kind }) {
      lines[index].more += 1
    } else {
      lines.append((MachineNote(code, "\(error.fact); left out"), kind, 0))
    }
  }

  /// Notes a file that says what cannot be.
  func ignore(_ path: String, _ code: MachineNote.Code, found: String, expected: String) {
    ignore(path, code, .damaged(path: tree.full(path), found: found, expected: expected))
  }

  private func fact<Value>(
    _ path: String, _ code: MachineNote.Code, _ read: () throws(MachineError) -> Value?
  ) -> Value? {
    do throws(MachineError) { return try read() } catch {
      ignore(path, code, error)
      return nil
    }
  }

  /// The file's text.
  func text(_ path: String, _ code: MachineNote.Code, mayBeEmpty: Bool = false) -> String? {
    fact(path, code) { () throws(MachineError) in try tree.text(path, mayBeEmpty: mayBeEmpty) }
  }

  /// The file's only value, without blanks around it.
  func word(_ path: String, _ code: MachineNote.Code) -> String? {
    fact(path, code) { () throws(MachineError) in try tree.word(path) }
  }

  /// The file's whole number, which may be negative.
  func number(_ path: String, _ code: MachineNote.Code) -> Int? {
    fact(path, code) { () throws(MachineError) in try tree.number(path) }
  }

  /// The file's list of CPUs or nodes.
  func list(_ path: String, _ code: MachineNote.Code) -> CPUSet? {
    fact(path, code) { () throws(MachineError) in try tree.list(path) }
  }

  /// The file's mask of CPUs, in the kernel's groups of hexadecimal digits.
  func mask(_ path: String, _ code: MachineNote.Code) -> CPUSet? {
    fact(path, code) { () throws(MachineError) in try tree.mask(path) }
  }

  /// The list in the first of these files that tells one.
  func firstList(_ paths: [String], _ code: MachineNote.Code) -> CPUSet? {
    for path in paths {
      if let list = list(path, code) { return list }
    }
    return nil
  }

  /// The numbers N of the entries `prefixN` of a folder; empty where there is no such folder.
  func numbered(_ prefix: String, in folder: String, _ code: MachineNote.Code) -> CPUSet {
    do throws(MachineError) {
      let (numbers, beyond) = try tree.numbered(prefix, in: folder)
      if let beyond {
        ignore(
          folder, code, found: "'\(abbreviated(beyond))'",
          expected: "numbers up to \(CPUSet.maximum)")
      }
      return numbers
    } catch {
      ignore(folder, code, error)
      return CPUSet()
    }
  }
}
