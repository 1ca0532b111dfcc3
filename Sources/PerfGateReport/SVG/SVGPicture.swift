import PerfGateModel

/// A picture under construction. Colors come from the classes of the page around it.
///
/// All texts are escaped here, and all places are rounded to tenths, so that no value can break the
/// markup.
struct SVGPicture {
  /// Which end of a text its place is.
  enum Anchor: String { case start, middle, end }

  /// The size in pixels at which fonts have their nominal size.
  let width: Double
  let height: Double
  /// What the picture is, for people who cannot see it.
  let title: String
  /// What it shows, in one or two sentences.
  let summary: String
  private var parts: [String] = []

  init(width: Double, height: Double, title: String, summary: String) {
    (self.width, self.height) = (width, height)
    (self.title, self.summary) = (title, summary)
  }

  /// The markup.
  ///
  /// - Parameter id: a number that no other picture of the page has.
  func markup(id: Int) -> String {
    let (width, height) = (Self.number(width), Self.number(height))
    var lines = [
      "<svg viewBox=\"0 0 \(width) \(height)\" width=\"\(width)\" height=\"\(height)\" role=\"img\" "
        + "aria-labelledby=\"t\(id) d\(id)\">",
      "<title id=\"t\(id)\">\(HTMLText.content(title))</title>",
      "<desc id=\"d\(id)\">\(HTMLText.content(summary))</desc>",
    ]
    lines += parts
    lines.append("</svg>")
    return lines.joined(separator: "\n")
  }

  // MARK: - Shapes

  mutating func line(
    _ from: (x: Double, y: Double), _ to: (x: Double, y: Double), _ classes: String
  ) {
    let (x, y) = (Self.number(from.x), Self.number(from.y))
    parts.append(
      "<line class=\"\(classes)\" x1=\"\(x)\" y1=\"\(y)\" x2=\"\(Self.number(to.x))\" "
        + "y2=\"\(Self.number(to.y))\"/>")
  }

  mutating func path(_ points: [(x: Double, y: Double)], _ classes: String) {
    guard points.count > 1 else { return }
    let places = points.map { "\(Self.number($0.x)) \(Self.number($0.y))" }
    parts.append("<path class=\"\(classes)\" d=\"M\(places.joined(separator: "L"))\"/>")
  }

  /// - Parameter hover: what a pointer over it tells.
  mutating func rectangle(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ classes: String,
    radius: Double = 0, hover: String? = nil
  ) {
    let round = radius > 0 ? " rx=\"\(Self.number(radius))\"" : ""
    parts.append(
      "<rect class=\"\(classes)\" x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" "
        + "width=\"\(Self.number(max(0, width)))\" height=\"\(Self.number(max(0, height)))\"\(round)"
        + Self.end("rect", hover))
  }

  mutating func text(
    _ text: String, _ x: Double, _ y: Double, _ classes: String, anchor: Anchor = .start
  ) {
    let end = anchor == .start ? "" : " text-anchor=\"\(anchor.rawValue)\""
    parts.append(
      "<text class=\"\(classes)\" x=\"\(Self.number(x))\" y=\"\(Self.number(y))\"\(end)>"
        + "\(HTMLText.content(text))</text>")
  }

  mutating func mark(
    _ shape: MarkShape, _ x: Double, _ y: Double, size: Double = 4, _ classes: String,
    hover: String? = nil
  ) {
    parts.append(
      "<path class=\"\(classes)\" d=\"\(shape.outline(x, y, size))\"" + Self.end("path", hover))
  }

  private static func end(_ element: String, _ hover: String?) -> String {
    hover.map { "><title>\(HTMLText.content($0))</title></\(element)>" } ?? "/>"
  }

  // MARK: - Texts

  /// About how wide a text is, in pixels: a little more than most fonts need.
  static func width(of text: String, size: Double = 12) -> Double {
    var units = 0.0
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x20, 0x2C, 0x2E, 0x2F, 0x3A, 0x69, 0x6A, 0x6C, 0x7C: units += 0.34
      case 0x4D, 0x57, 0x6D, 0x77: units += 0.9
      case 0x1100...: units += 1.1
      default: units += 0.6
      }
    }
    return units * size
  }

  /// The text, with an ellipsis where it would be wider than this.
  static func fitted(_ text: String, _ width: Double, size: Double = 12) -> String {
    let text = VisibleText.line(text)
    if Self.width(of: text, size: size) <= width { return text }
    var kept = ""
    var used = size
    for character in text {
      used += Self.width(of: String(character), size: size)
      if used > width { break }
      kept.append(character)
    }
    return kept + "…"
  }

  /// A number of pixels, to a tenth.
  static func number(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e6 else { return "0" }
    let tenths = Int((abs(value) * 10).rounded())
    let sign = value < 0 && tenths > 0 ? "-" : ""
    return tenths % 10 == 0 ? "\(sign)\(tenths / 10)" : "\(sign)\(tenths / 10).\(tenths % 10)"
  }
}

/// The shape of a mark: no two of a chart differ by color alone.
enum MarkShape: Int, CaseIterable {
  case circle, square, diamond, triangle, cross, nabla, hexagon, plus

  /// The shape of the n-th line or verdict.
  static func ofIndex(_ index: Int) -> MarkShape { allCases[index % allCases.count] }

  /// The outline around a place, with about the same area for each shape.
  func outline(_ x: Double, _ y: Double, _ size: Double) -> String {
    func polygon(_ corners: [(Double, Double)]) -> String {
      let places = corners.map {
        "\(SVGPicture.number(x + $0.0 * size)) \(SVGPicture.number(y + $0.1 * size))"
      }
      return "M\(places.joined(separator: "L"))Z"
    }
    switch self {
    case .circle:
      let (left, middle, radius) = (
        SVGPicture.number(x - size), SVGPicture.number(y), SVGPicture.number(size)
      )
      let across = SVGPicture.number(2 * size)
      return "M\(left) \(middle)a\(radius) \(radius) 0 1 0 \(across) 0"
        + "a\(radius) \(radius) 0 1 0 -\(across) 0Z"
    case .square: return polygon([(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)])
    case .diamond: return polygon([(0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0)])
    case .triangle: return polygon([(0, -1.2), (1.15, 0.85), (-1.15, 0.85)])
    case .nabla: return polygon([(0, 1.2), (1.15, -0.85), (-1.15, -0.85)])
    case .hexagon:
      return polygon([
        (-1.1, 0), (-0.55, -0.95), (0.55, -0.95), (1.1, 0), (0.55, 0.95), (-0.55, 0.95),
      ])
    case .plus:
      return polygon([
        (-0.4, -1.2), (0.4, -1.2), (0.4, -0.4), (1.2, -0.4), (1.2, 0.4), (0.4, 0.4), (0.4, 1.2),
        (-0.4, 1.2), (-0.4, 0.4), (-1.2, 0.4), (-1.2, -0.4), (-0.4, -0.4),
      ])
    case .cross:
      return polygon([
        (-1.1, -0.55), (-0.55, -1.1), (0, -0.55), (0.55, -1.1), (1.1, -0.55), (0.55, 0),
        (1.1, 0.55), (0.55, 1.1), (0, 0.55), (-0.55, 1.1), (-1.1, 0.55), (-0.55, 0),
      ])
    }
  }
}
