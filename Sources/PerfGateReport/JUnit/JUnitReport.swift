import Foundation

/// A JUnit file, which continuous integration systems show, made from suites.
package enum JUnitReport {
  /// The outcome of a test case.
  package enum Outcome: Hashable, Sendable {
    /// The test passed.
    case passed
    /// The test found a fault. The message is one line, `kind` a word for programs.
    case failed(message: String, kind: String)
    /// The test could not run to its end.
    case error(message: String, kind: String)
    /// The test was not run; the message says why.
    case skipped(message: String)
  }

  /// One test case.
  package struct Case: Hashable, Sendable {
    /// The case's name: a claim's id.
    package var name: String
    /// What the case belongs to, with dots between the levels, as in `perfgate.run`.
    package var classname: String
    /// How long it took.
    package var seconds: Double
    /// The outcome.
    package var outcome: Outcome
    /// Further output, any number of lines; may be empty. The output of a passed case is shown
    /// among the lines of its suite.
    package var output: String

    /// A test case.
    package init(
      name: String, classname: String, seconds: Double = 0, outcome: Outcome, output: String = ""
    ) {
      self.name = name
      self.classname = classname
      self.seconds = seconds
      self.outcome = outcome
      self.output = output
    }
  }

  /// A property of a whole suite, such as the machine.
  package struct Property: Hashable, Sendable {
    /// The property's name, for programs.
    package var name: String
    /// The value: any text.
    package var value: String

    /// A property with a name and a value.
    package init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// Test cases that were run together.
  package struct Suite: Hashable, Sendable {
    /// The suite's name.
    package var name: String
    /// When it began, ISO 8601, shown in UTC; `nil`: unknown, shown as the beginning of 1970.
    package var timestamp: String?
    /// How long it took.
    package var seconds: Double
    /// The properties of all its cases.
    package var properties: [Property]
    /// The cases, in the order in which they are shown.
    package var cases: [Case]
    /// Further output of the suite, any number of lines; may be empty.
    package var output: String

    /// A suite.
    package init(
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

  /// The text of the file, in UTF-8. Names and messages may contain any text: characters that XML
  /// does not allow are spelled out.
  ///
  /// Valid for Ant's JUnit schema, the strictest one: no attributes of `testsuites`, no output of a
  /// single case, every part of a suite present. The output of a case is in its failure, or among
  /// the lines of its suite.
  package static func xml(suites: [Suite]) -> String {
    var lines = ["<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<testsuites>"]
    for (id, suite) in suites.enumerated() { lines += self.lines(suite, id).map { "  " + $0 } }
    return (lines + ["</testsuites>"]).joined(separator: "\n") + "\n"
  }
}

extension JUnitReport {
  private static func lines(_ suite: Suite, _ id: Int) -> [String] {
    var lines = [
      "<testsuite name=\"\(named(suite.name, "perfgate"))\" package=\"perfgate\" id=\"\(id)\""
        + " hostname=\"localhost\" timestamp=\"\(timestamp(suite.timestamp))\""
        + counts(suite.cases) + " time=\"\(time(suite.seconds))\">"
    ]
    lines += suite.properties.isEmpty ? ["  <properties/>"] : ["  <properties>"]
    for one in suite.properties {
      lines.append(
        "    <property name=\"\(named(one.name, "property"))\""
          + " value=\"\(XMLText.attribute(one.value))\"/>")
    }
    if !suite.properties.isEmpty { lines.append("  </properties>") }
    for one in suite.cases { lines += self.lines(one).map { "  " + $0 } }
    lines.append("  " + element("system-out", "", output(suite)))
    return lines + ["  <system-err/>", "</testsuite>"]
  }

  /// The output of the suite, and then that of each passed case.
  private static func output(_ suite: Suite) -> String {
    let cases = suite.cases.filter { $0.outcome == .passed && !$0.output.isEmpty }
    let lines = cases.map { "\($0.name): \($0.output)" }
    return ((suite.output.isEmpty ? [] : [suite.output]) + lines).joined(separator: "\n")
  }

  private static func lines(_ one: Case) -> [String] {
    let head =
      "<testcase name=\"\(XMLText.attribute(one.name))\""
      + " classname=\"\(XMLText.attribute(one.classname))\" time=\"\(time(one.seconds))\""
    let inside: String
    switch one.outcome {
    case .passed: return [head + "/>"]
    case .failed(let message, let kind):
      inside = element("failure", attributes(message, kind), one.output)
    case .error(let message, let kind):
      inside = element("error", attributes(message, kind), one.output)
    case .skipped(let message):
      inside = element("skipped", " message=\"\(XMLText.attribute(message))\"", one.output)
    }
    return [head + ">", "  " + inside, "</testcase>"]
  }

  private static func attributes(_ message: String, _ kind: String) -> String {
    " message=\"\(XMLText.attribute(message))\" type=\"\(XMLText.attribute(kind))\""
  }

  /// An element on one line, so that its text gets no further white space.
  private static func element(_ tag: String, _ attributes: String, _ text: String) -> String {
    text.isEmpty
      ? "<\(tag)\(attributes)/>" : "<\(tag)\(attributes)>\(XMLText.content(text))</\(tag)>"
  }

  /// A name that contains more than spaces.
  private static func named(_ name: String, _ other: String) -> String {
    let text = XMLText.attribute(name)
    return name.allSatisfy(\.isWhitespace) || text.isEmpty ? other : text
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

  /// A number that readers accept: not negative, without an exponent.
  private static func time(_ seconds: Double) -> String {
    Format.shown(seconds.isFinite ? min(max(seconds, 0), 1e9) : 0, 6)
  }

  /// A date and time that readers accept: in UTC, without a zone. An unknown one is the beginning
  /// of 1970.
  private static func timestamp(_ text: String?) -> String {
    let unknown = Date(timeIntervalSince1970: 0)
    let date = text.flatMap { try? Date($0, strategy: .iso8601) } ?? unknown
    let time = date.formatted(.iso8601)
    return String((time.count == 20 ? time : unknown.formatted(.iso8601)).dropLast())
  }
}
