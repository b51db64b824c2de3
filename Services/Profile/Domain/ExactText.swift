/// A text that equals another only where both have the same bytes, as in the database.
///
/// Swift's own texts are equal as soon as they mean the same letters: K and the Kelvin sign, or a letter with its accent
/// and the two apart. As an identity or the id of an event that would be another one.
public struct ExactText: Sendable, Hashable {
    public let text: String

    public init(_ text: String) { self.text = text }

    public static func == (one: ExactText, other: ExactText) -> Bool {
        one.text.utf8.elementsEqual(other.text.utf8)
    }
}
