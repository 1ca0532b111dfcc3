extension Record {
  /// Reads a record from a file.
  ///
  /// - Throws: ``RecordError`` when the file cannot be read, is not JSON, has another format, lacks
  ///   a key, or contains an impossible number.
  public static func read(path: String) throws(RecordError) -> Record {
    do throws(RecordError) {
      return try decode(JSONFile.data(path: path, maximumBytes: maximumBytes))
    } catch {
      throw RecordError(
        description: "cannot read record \(path): \(error.description)", signal: error.signal)
    }
  }

  /// Reads a record from an open descriptor to its end; see ``read(path:)``.
  package static func read(descriptor: Int32, name: String) throws(RecordError) -> Record {
    do throws(RecordError) {
      return try decode(JSONFile.data(descriptor: descriptor, maximumBytes: maximumBytes))
    } catch {
      throw RecordError(
        description: "cannot read record \(name): \(error.description)", signal: error.signal)
    }
  }
}
