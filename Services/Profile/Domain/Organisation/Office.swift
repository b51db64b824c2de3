/// Where an office stands: "/head/branch/outlet/". A customer without an office has "/".
///
/// The path is what scope is decided by (a person sees what starts with the own path), so its form is strict.
public struct Office: Sendable, Hashable {
    public let path: String

    public static let none = Office(unchecked: "/")

    /// Empty text is the path of no office.
    public init(_ text: String) throws(FieldProblem) {
        guard text.isEmpty || Self.isWellFormed(text) else {
            throw FieldProblem(
                field: "office_path", code: "office_path",
                reason: "Write the office as a path such as /head/branch/: lower case letters, digits, - and _.")
        }
        path = text.isEmpty ? "/" : text
    }

    private init(unchecked: String) { path = unchecked }

    private static func isWellFormed(_ text: String) -> Bool {
        guard text.utf8.count <= 200, text.utf8.first == UInt8(ascii: "/"), text.utf8.last == UInt8(ascii: "/") else {
            return false
        }
        if text == "/" { return true }
        return text.dropFirst().dropLast().split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty
                && part.utf8.allSatisfy { byte in
                    (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2D || byte == 0x5F
                }
        }
    }
}
