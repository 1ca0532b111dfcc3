/// Finds the word that the user may have meant.
enum Suggestion {
  /// `: did you mean scale?` if one of the words is similar, otherwise what is expected.
  ///
  /// - Parameters:
  ///   - word: the word as given. A pattern with `*`, `?` or `[` is similar to none.
  ///   - expected: the text if no word is similar.
  static func text(_ word: String, among words: [String], else expected: String) -> String {
    nearest(to: word, among: words).map { ": did you mean \($0)?" } ?? ": \(expected)"
  }

  /// The nearest word: at most one edit for each three letters, or the only one with this prefix.
  static func nearest(to word: String, among words: [String]) -> String? {
    guard word.count >= 2, !word.contains(where: { "*?[".contains($0) }) else { return nil }
    let most = max(1, word.count / 3)
    let near = words.map { (word: $0, slips: slips(word, $0)) }
      .filter { $0.slips <= most && $0.slips < $0.word.count }
    if let best = near.min(by: { $0.slips < $1.slips }) { return best.word }
    let longer = words.filter { $0.hasPrefix(word) }
    return word.drop { $0 == "-" }.count >= 3 && longer.count == 1 ? longer[0] : nil
  }

  /// The number of edits between two words: letters inserted, deleted, replaced, or swapped with
  /// their neighbor.
  static func slips(_ one: String, _ other: String) -> Int {
    let (a, b) = (Array(one), Array(other))
    var older: [Int] = []
    var last = Array(0...b.count)
    for i in 1..<(a.count + 1) {
      var row = [i]
      for j in 1..<(b.count + 1) {
        let isSame = a[i - 1] == b[j - 1]
        var least = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (isSame ? 0 : 1))
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
          least = min(least, older[j - 2] + 1)
        }
        row.append(least)
      }
      (older, last) = (last, row)
    }
    return last[b.count]
  }
}
