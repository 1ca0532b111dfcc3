extension Record {
  /// Reads a record from a file.
  ///
  /// - Throws: ``RecordError`` when the file cannot be read, is not JSON, has another format, lacks
  ///   a key, or contains an impossible number.
  public static func read(path: String) throws(RecordError) -> Record {
    try read(path: path, content: .everything)
  }

  /// Reads a record, or what of it is needed; see ``read(path:)``.
  package static func read(path: String, content: Content) throws(RecordError) -> Record {
    do throws(RecordError) {
      return try decode(JSONFile.data(path: path, maximumBytes: maximumBytes), content: content)
    } catch {
      throw RecordError(
        description: "cannot read record \(path): \(error.description)", signal: error.signal)
    }
  }

  /// Reads a record from an open descriptor to its end; see ``read(path:)``.
  package static func read(
    descriptor: Int32, name: String, content: Content = .everything
  ) throws(RecordError) -> Record {
    do throws(RecordError) {
      return try decode(
        JSONFile.data(descriptor: descriptor, maximumBytes: maximumBytes), content: content)
    } catch {
      throw RecordError(
        description: "cannot read record \(name): \(error.description)", signal: error.signal)
    }
  }
}
