import CPerfGateSystem
import PerfGate

/// Which claim of which test a process is about, so that the test bundle, started again, finds the
/// same one.
struct ClaimAddress: Hashable, Sendable {
  /// The test framework that runs the test.
  enum Framework: String, Sendable {
    case swiftTesting = "swift-testing"
    case xctest
  }

  /// Where in a test a claim is.
  struct Position: Hashable, Sendable {
    var framework: Framework
    /// The test, as the framework's own filter names it.
    var test: String
    /// The place of the claim's trait among the test's claim traits, from 0; 0 in XCTest.
    var trait = 0
    /// The place of the claim in its trait, or among the assertions that its test reaches; from 0.
    var index: Int
  }

  /// What tells one claim from another at the same position, as after a random branch.
  struct Content: Hashable, Sendable, CustomStringConvertible {
    var place: Place
    /// The claim's name and what it says.
    var text: String

    init(_ claim: Claim, at place: Place) {
      self.place = Place(file: place.file, line: place.line, column: place.column)
      text = "\(claim.id) (\(claim.text))"
    }

    init(place: Place, text: String) { (self.place, self.text) = (place, text) }

    /// With the column, because that alone may differ.
    var description: String { "\(text) at \(place):\(place.column)" }
  }

  var position: Position
  var content: Content

  init(_ position: Position, _ content: Content) {
    (self.position, self.content) = (position, content)
  }
}

// MARK: - As text

extension ClaimAddress {
  /// The address as the value of a variable.
  var text: String {
    let place = content.place
    return [
      position.framework.rawValue, "\(position.trait)", "\(position.index)", "\(place.line)",
      "\(place.column)", position.test, place.file, content.text,
    ].map { WireText.escaped($0, spaces: false, limit: .max) }.joined(separator: " ")
  }

  /// Reads an address; `nil` for anything else.
  init?(text: String) {
    let fields = text.split(separator: " ").map { WireText.unescaped($0) }
    guard fields.count == 8, let framework = Framework(rawValue: fields[0]),
      let trait = Int(fields[1]), let index = Int(fields[2]), let line = Int(fields[3]),
      let column = Int(fields[4])
    else { return nil }
    position = Position(framework: framework, test: fields[5], trait: trait, index: index)
    content = Content(
      place: Place(file: fields[6], line: line, column: column), text: fields[7])
  }

  /// The claim that this process was started to serve; `nil`: it is a usual run of the tests.
  static let assigned: ClaimAddress? = pgp_bundle_task().flatMap {
    ClaimAddress(text: String(cString: $0))
  }
}
