/// Reads facts about a machine: one that cannot be read or understood counts as missing and leaves
/// a note.
///
/// Kernels, containers and firmware differ in what they provide, so no single file may end a run.
/// Each reading of a machine uses its own reader, on one thread.
final class FactReader {
  let tree: SystemTree
  private var lines: [(note: MachineNote, kind: String, more: Int)] = []

  init(tree: SystemTree) { self.tree = tree }

  /// All notes, in the order of reading; files of one kind share a note.
  var notes: [MachineNote] {
    lines.map { line in
      guard line.more > 0 else { return line.note }
      let files = line.more == 1 ? "1 more such file" : "\(line.more) more such files"
      return MachineNote(line.note.code, "\(line.note.text); and \(files)")
    }
  }

  /// Adds a note unless it already exists.
  func note(_ code: MachineNote.Code, _ text: String) {
    let note = MachineNote(code, text)
    if !lines.contains(where: { $0.note == note }) { lines.append((note, text, 0)) }
  }

  /// Notes a file that cannot be used; files whose paths differ only in numbers share a note.
  func ignore(_ path: String, _ code: MachineNote.Code, _ error: MachineError) {
    let kind = path.filter { !$0.isNumber }
    if let index = lines.firstIndex(where: { $0.kind == kind }) {
      lines[index].more += 1
    } else {
      lines.append((MachineNote(code, "\(error.fact); ignored"), kind, 0))
    }
  }

  /// Notes a file with impossible content.
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

  /// The file's text; nil where it is missing, cannot be read, or is empty unless it may be.
  func text(_ path: String, _ code: MachineNote.Code, mayBeEmpty: Bool = false) -> String? {
    fact(path, code) { () throws(MachineError) in try tree.text(path, mayBeEmpty: mayBeEmpty) }
  }

  /// The file's only value, without surrounding blanks.
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

  /// The list in the first of these files that has one.
  func firstList(_ paths: [String], _ code: MachineNote.Code) -> CPUSet? {
    for path in paths {
      if let list = list(path, code) { return list }
    }
    return nil
  }

  /// The numbers N of the entries `prefixN` in a folder; empty where there is no such folder.
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
