/// A message between ranks: numbers, and perhaps a text.
package struct RankMessage: Hashable {
  /// The numbers.
  package var words: [UInt64]
  /// The text, of any length.
  package var text: [UInt8]

  package init(_ words: [UInt64], text: [UInt8] = []) {
    self.words = words
    self.text = text
  }

  /// How many numbers, the numbers, and the text, in the byte order of the machine: ranks of a job run one
  /// program.
  package var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 * (words.count + 1) + text.count)
    for word in [UInt64(words.count)] + words { withUnsafeBytes(of: word) { bytes += $0 } }
    return bytes + text
  }

  /// Reads the bytes; `nil`: they are something else.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count >= 8 else { return nil }
    let all = bytes.withUnsafeBytes { buffer in
      (0..<buffer.count / 8).map { buffer.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self) }
    }
    guard all[0] < UInt64(all.count) else { return nil }
    let count = Int(all[0])
    self.init(Array(all[1...].prefix(count)), text: Array(bytes[(8 * (count + 1))...]))
  }
}

/// What a message is about.
enum RankTag: Int32 {
  /// Rank 0 tells another rank what to do.
  case order = 1
  /// The other rank has done it, or says why it cannot.
  case answer
  /// A rank is ready to begin the tasks of a round.
  case arrived
  /// All are: the round begins.
  case go
  /// A rank is alive in the middle of a round.
  case beat
  /// A rank has ended its tasks.
  case done
  /// The results of its tasks.
  case results
  /// A reading of a clock.
  case clock
}

/// What rank 0 tells other ranks to do: the first number of an order.
enum RankOrder: UInt64 {
  /// Leave the job.
  case quit
  /// Get the code of the following rounds ready; its text is a ``WorkText``.
  case work
  /// Run a round: its number, tasks, workers, and whether only tickets are drawn.
  case round
  /// Tell where the thread is, and go on observing that.
  case beginObservation
  /// Tell where the thread was since then.
  case endObservation
  /// Run before all threads of ordinary priority from now on.
  case priority
  /// Answer so many messages with readings of the clock.
  case clock
}

/// The first number of an answer.
enum RankAnswer: UInt64 {
  /// It was done.
  case ready
  /// It cannot be done; the text says why.
  case failed
}
