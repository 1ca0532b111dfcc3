import PerfGateModel

/// How a verdict looks: a color, and always a shape and a word too.
enum VerdictMark {
  case holds, violated, inconclusive, notCheckable

  init(_ word: Verdict.Word) {
    self =
      switch word {
      case .holds: .holds
      case .violated: .violated
      case .inconclusive: .inconclusive
      case .notCheckable: .notCheckable
      }
  }

  /// The class in the style sheet.
  var name: String {
    switch self {
    case .holds: "good"
    case .violated: "bad"
    case .inconclusive: "open"
    case .notCheckable: "skip"
    }
  }

  /// The shape in charts.
  var shape: MarkShape {
    switch self {
    case .holds: .circle
    case .violated: .cross
    case .inconclusive: .diamond
    case .notCheckable: .square
    }
  }

  /// A small picture for beside the word. Purely decorative: the word says the same.
  var icon: String {
    let sign =
      switch self {
      case .holds: "M4 8.5l2.8 2.8L12 5.5"
      case .violated: "M5 5l6 6M11 5l-6 6"
      case .inconclusive: "M4.4 8.8C5.6 6.6 7 6.8 8 8S10.4 9.4 11.6 7.2"
      case .notCheckable: "M4.5 8h7"
      }
    return "<svg class=\"icon \(name)\" viewBox=\"0 0 16 16\" width=\"16\" height=\"16\" "
      + "aria-hidden=\"true\"><path class=\"disc\" d=\"\(outline)\"/>"
      + "<path class=\"sign\" d=\"\(sign)\"/></svg>"
  }

  private var outline: String {
    switch self {
    case .holds: "M1 8a7 7 0 1 0 14 0a7 7 0 1 0-14 0Z"
    case .violated: "M5 1h6l4 4v6l-4 4h-6l-4-4v-6Z"
    case .inconclusive: "M8 .5L15.5 8L8 15.5L.5 8Z"
    case .notCheckable: "M2 2h12v12h-12Z"
    }
  }
}
