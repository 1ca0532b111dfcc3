import PerfGateModel

/// A page under construction: lines of markup, and pictures with numbers of their own.
struct HTMLPage {
  private var lines: [String] = []
  private var pictures = 0

  /// Adds markup as it is.
  mutating func add(_ markup: String) { lines.append(markup) }

  /// Adds an element with escaped text.
  mutating func add(_ element: String, _ text: String, class classes: String? = nil) {
    let attribute = classes.map { " class=\"\($0)\"" } ?? ""
    lines.append("<\(element)\(attribute)>\(HTMLText.content(text))</\(element)>")
  }

  mutating func add(_ picture: SVGPicture) {
    pictures += 1
    lines.append(picture.markup(id: pictures))
  }

  /// Adds a chart with its title, its legend, and what it leaves out.
  mutating func add(_ figure: Figure) {
    add("<figure\(figure.isWide ? " class=\"wide\"" : "")>")
    add("<figcaption>")
    add("p", figure.title, class: "title")
    if !figure.note.isEmpty { add("p", figure.note, class: "note") }
    if !figure.legend.isEmpty {
      add("<ul class=\"legend\">")
      for line in figure.legend { add("<li>\(line.markup)</li>") }
      add("</ul>")
    }
    add("</figcaption>")
    add(figure.picture)
    if !figure.rest.isEmpty { add("p", figure.rest, class: "note") }
    add("</figure>")
  }

  mutating func add(_ figures: [Figure], title: String) {
    guard !figures.isEmpty else { return }
    let name = title.lowercased().replacing(" ", with: "-")
    add("<section class=\"charts \(name)\">")
    add("h3", title)
    add("<div class=\"grid\">")
    for figure in figures { add(figure) }
    add("</div></section>")
  }

  mutating func add(_ table: TextTable, caption: String? = nil) {
    add("<div class=\"scroll\" tabindex=\"0\"><table>")
    if let caption { add("caption", caption) }
    func row(_ cells: [String], _ element: String) -> String {
      let cells = zip(cells, table.alignments).map { cell, alignment in
        let scope = element == "th" ? " scope=\"col\"" : ""
        let side = alignment == .right ? " class=\"number\"" : ""
        return "<\(element)\(scope)\(side)>\(HTMLText.content(cell))</\(element)>"
      }
      return "<tr>\(cells.joined())</tr>"
    }
    add("<thead>\(row(table.header, "th"))</thead>")
    add("<tbody>")
    for cells in table.rows { add(row(cells, "td")) }
    add("</tbody></table></div>")
  }

  mutating func add(list texts: [String], class classes: String) {
    guard !texts.isEmpty else { return }
    add("<ul class=\"\(classes)\">")
    for text in texts { add("li", text) }
    add("</ul>")
  }

  /// The whole document. It runs nothing and asks nobody for anything, and tells the browser so.
  func document(title: String) -> String {
    let head = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(HTMLText.content(title))</title>
      <link rel="icon" href="data:,">
      <style>
      \(HTMLStyle.sheet)
      </style>
      </head>
      <body>
      """
    return ([head] + lines + ["</body>", "</html>", ""]).joined(separator: "\n")
  }
}

/// A chart with the words around it.
struct Figure {
  var title: String
  var note = ""
  var legend: [LegendItem] = []
  var picture: SVGPicture
  /// What was left out.
  var rest = ""
  var isWide = false

  /// The sentence about what is left out of a chart; empty if nothing is.
  static func leftOut(_ count: Int, _ what: String, of all: Int) -> String {
    count <= 0 ? "" : "\(count) of \(all) \(what) are left out."
  }

  /// The figures, the last of which says what all of them leave out.
  static func leavingOut(
    _ count: Int, _ what: String, of all: Int, _ figures: [Figure]
  ) -> [Figure] {
    guard count > 0, let last = figures.last else { return figures }
    var figures = figures
    figures[figures.count - 1].rest =
      [last.rest, leftOut(count, what, of: all)].filter { !$0.isEmpty }.joined(separator: " ")
    return figures
  }
}

/// A line of a legend: a sample and a name.
struct LegendItem {
  var label: String
  /// The classes of the sample's line; `nil`: only a mark.
  var line: String?
  /// The classes of the sample's mark; `nil`: only a line.
  var mark: String?
  var shape = MarkShape.circle

  var markup: String {
    var sample = "<svg viewBox=\"0 0 26 12\" width=\"26\" height=\"12\" aria-hidden=\"true\">"
    if let line { sample += "<path class=\"\(line)\" d=\"M1 6L25 6\"/>" }
    if let mark { sample += "<path class=\"\(mark)\" d=\"\(shape.outline(13, 6, 3.6))\"/>" }
    return sample + "</svg>" + HTMLText.content(label)
  }

  /// The sample of a line in a chart.
  init(_ line: LineChart.Line) {
    label = line.label
    self.line = "line \(line.stroke.rawValue) \(line.classes)"
    mark = line.hasMarks ? "mark \(line.classes)" : nil
    shape = .ofIndex(line.index)
  }

  init(_ label: String, line: String? = nil, mark: String? = nil, shape: MarkShape = .circle) {
    self.label = label
    self.line = line
    self.mark = mark
    self.shape = shape
  }
}
