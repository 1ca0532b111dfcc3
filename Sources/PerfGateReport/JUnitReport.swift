/// A JUnit file, which continuous integration systems show: a function of suites.
public enum JUnitReport {
  /// What became of a test case.
  public enum Outcome: Hashable, Sendable {
    /// Nothing is wrong.
    case passed
    /// The test found what it looks for. The message is one line, `kind` a word for programs.
    case failed(message: String, kind: String)
    /// The test could not do its work.
    case error(message: String, kind: String)
    /// The test was not run, and why.
    case skipped(message: String)
  }

  /// One test case.
  public struct Case: Hashable, Sendable {
    /// The case's name: a claim's id.
    public var name: String
    /// What it belongs to; dots divide, as in `perfgate.run`.
    public var classname: String
    /// How long it took.
    public var seconds: Double
    /// What became of it.
    public var outcome: Outcome
    /// What it has to say besides, any number of lines; empty: nothing.
    public var output: String

    /// A test case.
    public init(
      name: String, classname: String, seconds: Double = 0, outcome: Outcome, output: String = ""
    ) {
      self.name = name
      self.classname = classname
      self.seconds = seconds
      self.outcome = outcome
      self.output = output
    }
  }

  /// Something that holds for a whole suite: the machine.
  public struct Property: Hashable, Sendable {
    /// A word for programs.
    public var name: String
    /// Any text.
    public var value: String

    /// A property.
    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// Test cases that were run together.
  public struct Suite: Hashable, Sendable {
    /// The suite's name.
    public var name: String
    /// When it began, ISO 8601; `nil`: not known.
    public var timestamp: String?
    /// How long it took.
    public var seconds: Double
    /// What holds for all of its cases.
    public var properties: [Property]
    /// The cases, in the order in which they are shown.
    public var cases: [Case]
    /// What the suite has to say besides, any number of lines; empty: nothing.
    public var output: String

    /// A suite.
    public init(
      name: String, timestamp: String? = nil, seconds: Double = 0, properties: [Property] = [],
      cases: [Case], output: String = ""
    ) {
      self.name = name
      self.timestamp = timestamp
      self.seconds = seconds
      self.properties = properties
      self.cases = cases
      self.output = output
    }
  }

  /// The text of a file, in UTF-8. Any text may be in names and messages: what XML cannot hold is
  /// left out.
  public static func xml(suites: [Suite]) -> String {
    var lines = ["<?xml version=\"1.0\" encoding=\"UTF-8\"?>"]
    let cases = suites.flatMap(\.cases)
    let seconds = suites.reduce(0) { $0 + $1.seconds }
    lines.append(
      "<testsuites name=\"perfgate\"\(counts(cases)) time=\"\(time(seconds))\">")
    for suite in suites { lines += self.lines(suite).map { "  " + $0 } }
    return (lines + ["</testsuites>"]).joined(separator: "\n") + "\n"
  }
}

extension JUnitReport {
  private static func lines(_ suite: Suite) -> [String] {
    var head = "<testsuite name=\"\(XMLText.attribute(suite.name))\"\(counts(suite.cases))"
    head += " time=\"\(time(suite.seconds))\""
    if let timestamp = suite.timestamp {
      head += " timestamp=\"\(XMLText.attribute(timestamp))\""
    }
    var lines = [head + ">"]
    if !suite.properties.isEmpty {
      lines.append("  <properties>")
      for one in suite.properties {
        lines.append(
          "    <property name=\"\(XMLText.attribute(one.name))\""
            + " value=\"\(XMLText.attribute(one.value))\"/>")
      }
      lines.append("  </properties>")
    }
    for one in suite.cases { lines += self.lines(one).map { "  " + $0 } }
    if !suite.output.isEmpty { lines.append("  " + element("system-out", suite.output)) }
    return lines + ["</testsuite>"]
  }

  private static func lines(_ one: Case) -> [String] {
    let head =
      "<testcase name=\"\(XMLText.attribute(one.name))\""
      + " classname=\"\(XMLText.attribute(one.classname))\" time=\"\(time(one.seconds))\""
    var inside: [String] = []
    switch one.outcome {
    case .passed: break
    case .failed(let message, let kind): inside.append(problem("failure", message, kind))
    case .error(let message, let kind): inside.append(problem("error", message, kind))
    case .skipped(let message):
      inside.append("  <skipped message=\"\(XMLText.attribute(message))\"/>")
    }
    if !one.output.isEmpty { inside.append("  " + element("system-out", one.output)) }
    return inside.isEmpty ? [head + "/>"] : [head + ">"] + inside + ["</testcase>"]
  }

  private static func problem(_ tag: String, _ message: String, _ kind: String) -> String {
    "  <\(tag) message=\"\(XMLText.attribute(message))\" type=\"\(XMLText.attribute(kind))\"/>"
  }

  /// On one line, so that nothing is added to the text.
  private static func element(_ tag: String, _ text: String) -> String {
    "<\(tag)>\(XMLText.content(text))</\(tag)>"
  }

  private static func counts(_ cases: [Case]) -> String {
    let (failures, errors, skipped) = cases.reduce(into: (0, 0, 0)) { counts, one in
      switch one.outcome {
      case .passed: break
      case .failed: counts.0 += 1
      case .error: counts.1 += 1
      case .skipped: counts.2 += 1
      }
    }
    return " tests=\"\(cases.count)\" failures=\"\(failures)\" errors=\"\(errors)\""
      + " skipped=\"\(skipped)\""
  }

  /// Readers expect a number that is not negative, without an exponent.
  private static func time(_ seconds: Double) -> String {
    Format.fixed(seconds.isFinite ? min(max(seconds, 0), 1e9) : 0, 6)
  }
}
