extension Record {
  /// Reads a record.
  ///
  /// - Throws: ``RecordError`` when the file cannot be read, is not JSON, is of another format, lacks
  ///   a key, or holds a number that no measurement gives.
  public static func read(path: String) throws(RecordError) -> Record {
    do throws(RecordError) {
      return try decode(JSONFile.data(path: path, maximumBytes: maximumBytes))
    } catch {
      throw RecordError(
        description: "cannot read record \(path): \(error.description)", signal: error.signal)
    }
  }

  /// Reads a record from a descriptor that is open, to its end; see ``read(path:)``.
  package static func read(descriptor: Int32, name: String) throws(RecordError) -> Record {
    do throws(RecordError) {
      return try decode(JSONFile.data(descriptor: descriptor, maximumBytes: maximumBytes))
    } catch {
      throw RecordError(
        description: "cannot read record \(name): \(error.description)", signal: error.signal)
    }
  }
}
