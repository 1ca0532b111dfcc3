import Foundation

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// An element of an XML document as a parser that is not ours reads it.
package final class XMLElementRead {
  package let name: String
  package let attributes: [String: String]
  package fileprivate(set) var text = ""
  package fileprivate(set) var children: [XMLElementRead] = []

  fileprivate init(name: String, attributes: [String: String]) {
    self.name = name
    self.attributes = attributes
  }

  /// The children of that name.
  package func all(_ name: String) -> [XMLElementRead] { children.filter { $0.name == name } }

  /// The document's root.
  package static func parse(_ xml: String) throws -> XMLElementRead {
    let parser = XMLParser(data: Data(xml.utf8))
    let reader = Reader()
    parser.delegate = reader
    guard parser.parse(), let root = reader.root.children.first else {
      throw NotXML(text: "\(parser.parserError as Any), line \(parser.lineNumber)")
    }
    return root
  }

  package struct NotXML: Error { package var text: String }

  private final class Reader: NSObject, XMLParserDelegate {
    let root = XMLElementRead(name: "", attributes: [:])
    private var open: [XMLElementRead] = []

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String]
    ) {
      let element = XMLElementRead(name: name, attributes: attributes)
      (open.last ?? root).children.append(element)
      open.append(element)
    }

    func parser(
      _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
    ) { open.removeLast() }

    func parser(_ parser: XMLParser, foundCharacters string: String) { open.last?.text += string }
  }
}
