/// One numbered step of a schema, as the text of a file.
public struct Migration: Sendable {
    /// `0001-customers`; steps are applied in the order of their names.
    public var name: String
    public var text: String

    public init(name: String, text: String) {
        self.name = name
        self.text = text
    }

    /// From a file embedded in the program.
    public init(name: String, bytes: [UInt8]) {
        self.init(name: name, text: String(decoding: bytes, as: UTF8.self))
    }

    /// From statements made by the program.
    public init(name: String, statements: [String]) {
        self.init(name: name, text: statements.joined(separator: "\n;;\n"))
    }
}
